"""Handing over: the message to the colleague who is asked, and the modals around it."""

from bot.blocks.card import grave, title
from bot.blocks.modals import Meta, View, modal, person_input, text_input
from bot.blocks.post import post_blocks
from bot.blocks.sheet import note_blocks
from bot.blocks.text import Block, actions, button, clock_time, context, escape_but_people, person, section
from bot.case_view import CaseView
from models.handover import ASKED, OVERTAKEN, TAKEN, TAKEN_BACK, TURNED_DOWN, Handover

POSTS = 3
SAID = {
    TAKEN: "You took it over. It is yours.",
    TURNED_DOWN: "You said that you can't take it.",
    TAKEN_BACK: "Its owner keeps it after all.",
    OVERTAKEN: "It has moved on meanwhile.",
}


def handover_message(view: CaseView, offer: Handover) -> tuple[str, list[Block]]:
    """What the colleague needs for a yes or a no: the newest posts, what comes next, what was promised."""
    case, key = view.case, f"handover:{offer.id}"
    whose = "" if offer.asked_by == offer.owner else f", which {person(offer.owner)} has"
    asks = f"{person(offer.asked_by)} asks you to take over case {case.id}"
    head = f"*{asks}*{whose}\n{title(view)}{grave(view)}"
    if offer.note:
        head += "\n" + "\n".join(f">{line}" for line in escape_but_people(offer.note).split("\n"))
    blocks: list[Block] = [section(f"{key}|head", head)]
    if offer.state != ASKED:
        blocks.append(context(f"{key}|said", SAID.get(offer.state, offer.state)))
        return f"Case {case.id}", blocks
    for mention in view.mentions[-POSTS:]:
        blocks += post_blocks(mention, key, view.zone)
    blocks += note_blocks(view, key)
    step = view.checklist.next
    following = [f"Next: {step.label}" if step else "Everything required is done"]
    if case.promised_for:
        following.append(f"promised: {clock_time(case.promised_for, view.zone, view.now)}")
    blocks.append(context(f"{key}|next", " · ".join(following)))
    blocks.append(
        actions(
            f"{key}|do",
            button("handover_yes", "Yes, I take it", offer.id, style="primary"),
            button("handover_no", "No…", offer.id),
        )
    )
    stays = f"Until you say yes it stays with {person(offer.owner)}. `/case {case.id}` shows all of it."
    blocks.append(context(f"{key}|by", stays))
    return asks, blocks


def handover_modal(number: int, answer: Meta) -> View:
    blocks = [
        section("handover|why", "They are asked by a direct message. Until they say yes the case stays put."),
        person_input("to", "Who is to take it over?"),
        text_input("note", "What do they need to know?", optional=True, limit=1000),
    ]
    meta = {"case": number, "answer": answer}
    return modal("handover", f"Hand over · case {number}", blocks, submit="Ask them", meta=meta)


def turn_down_modal(offer: int, answer: Meta) -> View:
    blocks = [text_input("why", "Why not? Its owner reads it.", optional=True, limit=1000)]
    meta = {"offer": offer, "answer": answer}
    return modal("turn_down", "No, I can't", blocks, submit="Send", meta=meta)
