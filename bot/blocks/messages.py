"""Direct messages and notices: the escalation to a specialist, and short sentences."""

from typing import Any

from bot.blocks.card import title
from bot.blocks.post import post_blocks
from bot.blocks.sheet import note_blocks, timeline
from bot.blocks.text import (
    Block,
    actions,
    button,
    clock_time,
    context,
    escape,
    escape_but_people,
    person,
    section,
    shorten,
)
from bot.case_view import CaseView
from models.escalation import ACCEPTED, ASKED, PASSED_ON, Escalation

POSTS_IN_ESCALATION = 8


def escalation_message(view: CaseView, escalation: Escalation) -> tuple[str, list[Block]]:
    """The whole case for the one asked, with Accept and Send back while an answer is awaited."""
    case, key = view.case, f"escalation:{escalation.id}"
    asker = person(escalation.asked_by)
    by = clock_time(escalation.acknowledge_by, view.zone, view.now)
    head = f"*{asker} asks you to take case {case.id}*\n{title(view)}"
    if escalation.why:
        head += f"\n“{escape(shorten(escalation.why, 1000))}”"
    blocks: list[Block] = [section(f"{key}|head", head)]
    for mention in view.mentions[-POSTS_IN_ESCALATION:]:
        blocks += post_blocks(mention, key, view.zone)
    done = [
        f":white_check_mark: {s.label}" for s in view.playbook.checklist if s.key in view.checklist.ticked
    ]
    blocks.append(section(f"{key}|done", "*Done so far*\n" + ("\n".join(done) or "Nothing yet.")))
    blocks += note_blocks(view, key)
    blocks.append(section(f"{key}|line", "*What happened*\n" + timeline(view)))
    if case.promised_for:
        blocks.append(
            context(f"{key}|promise", f"Promised: {clock_time(case.promised_for, view.zone, view.now)}")
        )
    if escalation.state == ASKED:
        blocks.append(
            actions(
                f"{key}|do",
                button("accept", "Accept", escalation.id, style="primary"),
                button("send_back", "Send back…", escalation.id),
            )
        )
        blocks.append(context(f"{key}|by", f"Please answer by {by}; then the next in line is asked."))
    else:
        said = {
            ACCEPTED: _accepted(view, escalation),
            PASSED_ON: "Nobody answered in time; the next in line was asked.",
        }
        blocks.append(context(f"{key}|by", said.get(escalation.state, "Sent back.")))
    return f"Case {case.id} needs you: {title(view)}", blocks


def _accepted(view: CaseView, escalation: Escalation) -> str:
    """Whose it is now: a lead may have accepted in the specialist's place."""
    by = next(
        (e.actor for e in view.events if e.what == "accept" and e.at == escalation.answered_at),
        escalation.specialist,
    )
    return "You accepted it. It is yours." if by == escalation.specialist else f"{person(by)} accepted it."


def question(key: str, case: int, payload: dict[str, Any]) -> tuple[str, list[Block]]:
    """A question to a colleague, in the thread under the case's card."""
    asks = f"{person(payload['by'])} asks {person(payload['whom'])} about case {case}"
    words = str(payload["question"])
    lines = "\n".join(f">{line}" for line in escape_but_people(words).split("\n"))
    internal = f"Answer in this thread: customers never see it. `/case {case}` shows the case."
    return f"{asks}: {escape_but_people(shorten(words, 200))}", [
        section(f"{key}|text", f"{asks}\n{lines}"),
        context(f"{key}|internal", internal),
    ]


def notice(key: str, text: str) -> tuple[str, list[Block]]:
    """One sentence of ours; customer text in it must be escaped already."""
    return shorten(text, 300), [section(f"{key}|text", text)]
