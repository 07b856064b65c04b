"""The card: a case in its queue's channel, always its current state."""

from bot.blocks.learned import learned_blocks
from bot.blocks.post import post_blocks
from bot.blocks.story_line import like_block, story_blocks
from bot.blocks.text import (
    Block,
    actions,
    button,
    clock_time,
    context,
    handle,
    language_name,
    person,
    section,
    shorten,
    source_name,
)
from bot.blocks.ways import card_menu
from bot.case_view import CaseView
from models.alike import STORY
from models.escalation import WAITS
from models.moves import CLAIMED, DISMISSALS, ESCALATED, RESOLVED, WAITING
from models.presence import LOOKING, WRITING

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
    blocks += learned_blocks(newest, key)
    blocks += [*story_blocks(view, key), *like_block(view, key)]
    blocks.append(context(f"{key}|state", f"{_state(view)} · thread: internal, never seen by customers"))
    blocks += here_blocks(view, key)
    blocks += _buttons(view, key)
    return _notification(view), blocks


def title(view: CaseView) -> str:
    """`Complaint about leaks · English · X`."""
    case = view.case
    topic = f" about {view.playbook.topic_label(case.topic).lower()}" if case.topic else ""
    kind, language = KINDS.get(case.kind, case.kind), language_name(case.language)
    return f"{kind}{topic} · {language} · {source_name(case.source)}"


def here_blocks(view: CaseView, key: str) -> list[Block]:
    """Who is writing a reply or looking just now; nothing when nobody is."""
    names = {
        doing: [person(one.member) for one in view.here if one.doing == doing] for doing in (WRITING, LOOKING)
    }
    said = [
        f"{sign} {_some(names[doing])} {'is' if len(names[doing]) == 1 else 'are'} {words}"
        for doing, sign, words in (
            (WRITING, ":pencil2:", "writing a reply"),
            (LOOKING, ":eyes:", "looking"),
        )
        if names[doing]
    ]
    return [context(f"{key}|here", " · ".join(said))] if said else []


def _some(names: list[str], most: int = 3) -> str:
    """`Ana, Bo and 2 more`."""
    if len(names) > most:
        names = [*names[:most], f"{len(names) - most} more"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


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
        if case.paused_at:
            waiting = clock_time(case.paused_at, view.zone, now)
            answered += f" · waiting for the customer since {waiting}"
        offered = f" · waiting for {person(case.offered_to)}'s yes" if case.offered_to else ""
        return f":large_green_circle: {person(case.owner)} has it since {since}{answered}{offered}"
    if case.stage == ESCALATED:
        return f":large_orange_circle: Escalated · {_asked(view)}"
    if case.stage == RESOLVED:
        return f":white_check_mark: Resolved by {person(case.owner)}"
    if case.closed_because == STORY:
        return f":white_check_mark: Answered with case {case.like_id}"
    why = DISMISSALS.get(case.closed_because or "", "dismissed")
    who = next((e.actor for e in reversed(view.events) if e.what == "dismiss"), None)
    return f":heavy_minus_sign: No reply needed: {why} · {person(who)}"


def _asked(view: CaseView) -> str:
    """Who is asked, or from when on, or what they want to know first."""
    pending = view.pending
    if pending is not None and pending.state == WAITS and pending.ask_at is not None:
        at = clock_time(pending.ask_at, view.zone, view.now)
        return f"nobody is at work, {person(pending.specialist)} is asked at {at}"
    question = pending.open_question if pending is not None else None
    if question is not None:
        return f"{person(question.by)} asked {person(question.to)} something first"
    return f"{person(view.asked)} is asked"


def _buttons(view: CaseView, key: str) -> list[Block]:
    """A block of its own, apart from the post: X asks for that."""
    case = view.case
    claim = button("claim", "Claim", case.id, style="primary")
    work = [
        button("reply", "Reply…", case.id, style="primary"),
        button("checklist", "Checklist", case.id),
        button("resolve", "Resolve", case.id),
    ]
    ways: dict[str, list[dict[str, object]]] = {WAITING: [claim], CLAIMED: work}
    return [actions(f"{key}|do", *ways.get(case.stage, []), card_menu(view))]


def _notification(view: CaseView) -> str:
    return shorten(f"Case {view.case.id}: {title(view)} from {handle(view.case.author, 60)}", 150)
