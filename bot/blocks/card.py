"""The card: a case in its queue's channel, always its current state."""

from bot.blocks.post import post_blocks
from bot.blocks.text import (
    Block,
    actions,
    button,
    clock_time,
    context,
    handle,
    language_name,
    option,
    overflow,
    person,
    section,
    shorten,
    source_name,
)
from bot.case_view import CaseView
from models.moves import CLAIMED, DISMISSALS, DISMISSED, ESCALATED, RESOLVED, WAITING

POSTS_ON_CARD = 3
KINDS = {
    "complaint": "Complaint",
    "question": "Question",
    "praise": "Praise",
    "idea": "Idea",
    "ad": "Ad",
    "other": "Mention",
}

GRADES = {3: ":rotating_light: danger", 2: ":warning: severe"}
"""What the card says of a case's severity; a second look (1) only moves it up in the queue."""


def card(view: CaseView) -> tuple[str, list[Block]]:
    """The text for notifications, and the blocks. Block ids begin with the message's key."""
    key = f"card:{view.case.id}"
    blocks: list[Block] = [section(f"{key}|head", _head(view))]
    newest = view.mentions[-POSTS_ON_CARD:]
    if len(view.mentions) > len(newest):
        blocks.append(
            context(f"{key}|more", f"{len(view.mentions) - len(newest)} earlier: `/case {view.case.id}`")
        )
    for mention in newest:
        blocks += post_blocks(mention, key, view.zone)
    blocks.append(context(f"{key}|state", _state(view) + _thread(view)))
    blocks += _buttons(view, key)
    return _notification(view), blocks


def title(view: CaseView) -> str:
    """`Complaint about leaks · English · X`."""
    case = view.case
    topic = f" about {view.playbook.topic_label(case.topic).lower()}" if case.topic else ""
    kind, language = KINDS.get(case.kind, case.kind), language_name(case.language)
    return f"{kind}{topic} · {language} · {source_name(case.source)}"


def _head(view: CaseView) -> str:
    return f"*Case {view.case.id}*{grave(view)} · {title(view)}"


def grave(view: CaseView) -> str:
    """` · :rotating_light: severe`, or nothing for an everyday case."""
    words = GRADES.get(view.case.severity)
    return f" · {words}" if words else ""


def _state(view: CaseView) -> str:
    case, now = view.case, view.now
    if case.stage == WAITING:
        by = clock_time(case.respond_by, view.zone, now)
        if case.first_response_at:
            return ":large_yellow_circle: Waiting · answered before, nobody has it now"
        if case.is_overdue(now):
            return f":red_circle: Waiting · an answer was due at {by}"
        return f":large_blue_circle: Waiting · answer by {by}"
    if case.stage == CLAIMED:
        since = clock_time(case.claimed_at or now, view.zone, now)
        if case.is_overdue(now):
            by = clock_time(case.respond_by, view.zone, now)
            return f":red_circle: {person(case.owner)} has it since {since} · an answer was due at {by}"
        answered = " · answered" if case.first_response_at else ""
        return f":large_green_circle: {person(case.owner)} has it since {since}{answered}"
    if case.stage == ESCALATED:
        return f":large_orange_circle: Escalated · {person(view.asked)} is asked"
    if case.stage == RESOLVED:
        return f":white_check_mark: Resolved by {person(case.owner)}"
    why = DISMISSALS.get(case.closed_because or "", "dismissed")
    who = next((e.actor for e in reversed(view.events) if e.what == "dismiss"), None)
    return f":heavy_minus_sign: No reply needed: {why} · {person(who)}"


def _thread(view: CaseView) -> str:
    """Said only where there is a thread: whose eyes it is for."""
    asked = any(event.what == "ask_colleague" for event in view.events)
    return " · thread: internal, never seen by customers" if asked else ""


def _buttons(view: CaseView, key: str) -> list[Block]:
    """A block of its own, apart from the post: X asks for that."""
    case = view.case
    escalate, release = option("Escalate…", f"escalate {case.id}"), option("Release", f"release {case.id}")
    dismiss, reopen = option("No reply needed…", f"dismiss {case.id}"), option("Reopen", f"reopen {case.id}")
    note = option("Add a note…", f"note {case.id}")
    claim = button("claim", "Claim", case.id, style="primary")
    work = [
        button("reply", "Reply…", case.id, style="primary"),
        button("checklist", "Checklist", case.id),
        button("resolve", "Resolve", case.id),
    ]
    ways: dict[str, list[dict[str, object]]] = {
        WAITING: [claim, overflow("case_menu", [escalate, dismiss, note])],
        CLAIMED: [*work, overflow("case_menu", [escalate, release, dismiss, note])],
        ESCALATED: [overflow("case_menu", [note])],
        RESOLVED: [overflow("case_menu", [reopen, note])],
        DISMISSED: [overflow("case_menu", [reopen, note])],
    }
    return [actions(f"{key}|do", *ways[case.stage])] if case.stage in ways else []


def _notification(view: CaseView) -> str:
    return shorten(f"Case {view.case.id}: {title(view)} from {handle(view.case.author, 60)}", 150)
