"""The card: a case in its queue's channel, always its current state."""

from bot.blocks.case_view import CaseView
from bot.blocks.post import post_blocks
from bot.blocks.text import (
    Block,
    actions,
    button,
    clock_time,
    context,
    language_name,
    option,
    overflow,
    person,
    section,
    shorten,
    source_name,
)
from models.moves import CLAIMED, DISMISSALS, DISMISSED, ESCALATED, RESOLVED, WAITING

POSTS_ON_CARD = 3
KINDS = {
    "complaint": "Complaint", "question": "Question", "praise": "Praise", "idea": "Idea", "ad": "Ad",
    "other": "Mention",
}  # fmt: skip


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
    blocks.append(context(f"{key}|state", _state(view)))
    blocks += _buttons(view, key)
    return _notification(view), blocks


def title(view: CaseView) -> str:
    """`Complaint about leaks · English · X`."""
    case = view.case
    topic = f" about {view.playbook.topic_label(case.topic).lower()}" if case.topic else ""
    return f"{KINDS.get(case.kind, case.kind)}{topic} · {language_name(case.language)} · {source_name(case.source)}"


def _head(view: CaseView) -> str:
    return f"*Case {view.case.id}* · {title(view)}"


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


def _buttons(view: CaseView, key: str) -> list[Block]:
    case = view.case
    dismissals = [
        option(f"No reply needed: {words}", f"dismiss {case.id} {why}") for why, words in DISMISSALS.items()
    ]
    if case.stage == WAITING:
        more = [option("Escalate…", f"escalate {case.id}"), *dismissals]
        return [
            actions(
                f"{key}|do", button("claim", "Claim", case.id, style="primary"), overflow("case_menu", more)
            )
        ]
    if case.stage == CLAIMED:
        more = [
            option("Escalate…", f"escalate {case.id}"),
            option("Release", f"release {case.id}"),
            *dismissals,
        ]
        return [
            actions(
                f"{key}|do",
                button("reply", "Reply…", case.id, style="primary"),
                button("checklist", "Checklist", case.id),
                button("resolve", "Resolve", case.id),
                overflow("case_menu", more[:5]),
            )
        ]
    if case.stage in (RESOLVED, DISMISSED):
        return [actions(f"{key}|do", overflow("case_menu", [option("Reopen", f"reopen {case.id}")]))]
    return []


def _notification(view: CaseView) -> str:
    return shorten(f"Case {view.case.id}: {title(view)} from {view.case.author}", 150)
