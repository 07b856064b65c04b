"""The request to post a reply that the check stops, for the leads."""

from bot.blocks.card import title
from bot.blocks.modals import quoted_sections
from bot.blocks.post import post_blocks
from bot.blocks.text import Block, actions, button, clock_time, context, escape, person, section
from bot.case_view import CaseView
from models.overrule import ALLOWED, ASKED, Overrule
from models.reply import POSTED, REPLACED, Reply


def overrule_message(view: CaseView, word: Overrule, reply: Reply) -> tuple[str, list[Block]]:
    """The customer's words, the draft, what stops it and why it should go; buttons while it is open."""
    key = f"overrule:{word.id}"
    asks = f"{person(word.asked_by)} asks to post a reply that the check stops"
    blocks: list[Block] = [section(f"{key}|head", f"*{asks}*\nCase {view.case.id} · {title(view)}")]
    blocks += post_blocks(view.to_answer, key, view.zone, limit=500)
    blocks.append(section(f"{key}|draft", "*Their draft*"))
    blocks += quoted_sections(f"{key}|text", reply.text)
    stops = "\n".join(f":no_entry: {escape(stop)}" for stop in word.stops)
    blocks.append(section(f"{key}|why", f"{stops}\n*Because:* {escape(word.why)}"))
    if word.state == ASKED and reply.state == REPLACED:
        blocks.append(context(f"{key}|by", "The draft was changed meanwhile: there is nothing to decide."))
    elif word.state == ASKED:
        blocks.append(
            actions(
                f"{key}|do",
                button("overrule_allow", "Allow this text", word.id, style="primary"),
                button("overrule_decline", "Don't", word.id),
            )
        )
    else:
        did = "allowed it" if word.state == ALLOWED else "would not post it"
        at = clock_time(word.decided_at or view.now, view.zone, view.now)
        posted = " · posted" if reply.state == POSTED else ""
        blocks.append(context(f"{key}|by", f"{person(word.decided_by)} {did} at {at}{posted}"))
    return f"{asks} in case {view.case.id}", blocks
