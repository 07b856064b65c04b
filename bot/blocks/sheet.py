"""The sheet: what the person who has a case works from, shown to them alone."""

from bot.blocks.card import grave, here_blocks, title
from bot.blocks.event_words import event_line
from bot.blocks.learned import learned_blocks
from bot.blocks.post import post_blocks
from bot.blocks.story_line import like_block, story_blocks
from bot.blocks.text import (
    TEXT_LIMIT,
    Block,
    actions,
    button,
    clock_time,
    context,
    escape_but_people,
    option,
    person,
    section,
    select,
    shorten,
)
from bot.blocks.ways import all_ways, sheet_menu
from bot.case_view import CaseView
from models.case import NOTE_LIMIT
from models.checklist import StepLike
from models.moves import CLAIMED

STAGES = {"public": "In public", "private": "In private", "close": "To close"}
POSTS_ON_SHEET = 6
EVENTS_ON_SHEET = 8
NOTES_SHOWN = 5
EVENT_WORDS = {
    "open": "opened it",
    "join": "the customer wrote again",
    "claim": "claimed it",
    "release": "released it",
    "hand_over": "handed it over",
    "offer": "offered it",
    "take_over": "took it over",
    "turn_down": "can't take it",
    "keep": "keeps it with its owner",
    "tick": "ticked",
    "untick": "took back",
    "promise": "promised an answer by",
    "reply": "replied",
    "invite": "invited to private",
    "private_reply": "wrote to them in private",
    "escalate": "escalated it",
    "ask": "asked",
    "accept": "accepted it",
    "send_back": "sent it back",
    "resolve": "resolved it",
    "dismiss": "dismissed it",
    "reopen": "reopened it",
    "return_to_owner": "gave it back to its owner",
    "target_missed": "answer overdue",
    "wait": "waits for the customer",
    "go_on": "went on",
    "promise_kept": "kept the promise",
    "promise_broken": "promise not kept:",
    "pass_on": "passed it on",
    "allow": "allowed",
    "ask_colleague": "asked a colleague",
    "note": "noted",
    "ask_overrule": "asked to post against the check",
    "overrule": "overruled the check",
    "ask_back": "asked back",
    "answer_back": "answered",
    "still_on_it": "is still on it until",
    "correct": "said what it is",
    "withdrawn": "took a post out",
    "edited": "shows a post anew",
    "alike": "found it",
    "answer_with": "closed it as answered with",
}


def checklist_sheet(view: CaseView, said: str | None = None) -> tuple[str, list[Block]]:
    """The steps with who ticked them, what comes next, and the ways on."""
    case, key = view.case, f"sheet:{view.case.id}"
    step = view.checklist.next
    if case.stage != CLAIMED:
        following = f"Case {case.id} is {case.stage}."
    elif step is None:
        following = "Everything required is done. *Resolve* closes it."
    else:
        following = f"*Next:* {step.label}"
    head = f"*Case {case.id}*{grave(view)} · {title(view)}\n{said + chr(10) if said else ''}{following}"
    blocks: list[Block] = [section(f"{key}|head", head, **_done(view)), *note_blocks(view, key)]
    for stage, name in STAGES.items():
        lines = [step_line(view, s) for s in view.checklist.shown if s.stage == stage]
        if lines:
            blocks.append(section(f"{key}|{stage}", "\n".join([f"*{name}*", *lines])))
    times = " · ".join(time_words(view))
    if case.paused_at is not None:
        blocks.append(section(f"{key}|promise", times, accessory=button("word_continue", "Go on", case.id)))
    elif times:
        blocks.append(context(f"{key}|promise", times))
    blocks += offer_blocks(view, key)
    if case.stage == CLAIMED:
        # The menu has a row of its own: as wide as its longest step, it would push the buttons about.
        blocks.append(actions(f"{key}|do", *_ways_on(view)))
        others = _other_steps(view)
        if others:
            blocks.append(actions(f"{key}|other", *others))
    return f"Case {case.id}: your checklist", blocks


def case_sheet(view: CaseView) -> tuple[str, list[Block]]:
    """A case in full for `/case N`: posts, state, timeline."""
    case, key = view.case, f"show:{view.case.id}"
    owner = f" · {person(case.owner)}" if case.owner else ""
    blocks: list[Block] = [
        section(f"{key}|head", f"*Case {case.id}*{grave(view)} · {title(view)}\n{case.stage}{owner}")
    ]
    for mention in view.mentions[-POSTS_ON_SHEET:]:
        blocks += post_blocks(mention, key, view.zone)
    blocks += learned_blocks(view.mentions[-POSTS_ON_SHEET:], key)
    blocks += [*story_blocks(view, key), *like_block(view, key)]
    blocks += here_blocks(view, key)
    blocks += note_blocks(view, key)
    blocks += offer_blocks(view, key)
    blocks.append(section(f"{key}|line", timeline(view)))
    blocks += all_ways(view, key)
    return f"Case {case.id}", blocks


def stands(view: CaseView) -> str:
    """How the case stands, in one sentence."""
    case = view.case
    who = f" and {person(case.owner)} has it" if case.owner and case.stage == CLAIMED else ""
    return f"Case {case.id} is {case.stage}{who}."


def offer_blocks(view: CaseView, key: str) -> list[Block]:
    """Who is asked to take the case over, while they have not answered, and the way back."""
    case = view.case
    if case.offered_to is None:
        return []
    words = f":handshake: Waiting for {person(case.offered_to)}'s yes; until then it stays with its owner."
    return [section(f"{key}|offer", words, accessory=button("word_keep", "Keep it", case.id))]


def time_words(view: CaseView) -> list[str]:
    """What was promised, since when it waits for the customer, or by when it should be solved."""
    case, said = view.case, []
    if case.promised_for:
        by = clock_time(case.promised_for, view.zone, view.now)
        late = case.promised_for <= view.now
        said.append(f":alarm_clock: Promised: {by}, not kept" if late else f"Promised: {by}")
    if case.paused_at:
        since = clock_time(case.paused_at, view.zone, view.now)
        said.append(f":hourglass: Waiting for the customer since {since}, the clock stands still")
    elif case.stage == CLAIMED:
        said.append(f"Solved by {clock_time(case.resolve_by, view.zone, view.now)}")
    return said


def note_blocks(view: CaseView, key: str) -> list[Block]:
    """The newest notes in full, newest last; the timeline has only their beginnings."""
    notes = [event for event in view.events if event.what == "note"][-NOTES_SHOWN:]
    return [
        section(
            f"{key}|note{event.id}",
            f":memo: *Note* · {person(event.actor)} · {clock_time(event.at, view.zone, view.now)}\n"
            + "\n".join(
                f">{line}" for line in escape_but_people(shorten(event.why or "", NOTE_LIMIT)).split("\n")
            ),
        )
        for event in notes
    ]


def timeline(view: CaseView, most: int = EVENTS_ON_SHEET) -> str:
    """Who, when, what, why: the last moves, newest last; of many the oldest are left out."""
    lines = [
        event_line(event, EVENT_WORDS.get(event.what, event.what), view, 160) for event in view.events[-most:]
    ]
    while sum(len(line) + 1 for line in lines) > TEXT_LIMIT - 100:
        lines.pop(0)
    return "\n".join(lines) or "Nothing has happened yet."


def step_line(view: CaseView, step: StepLike) -> str:
    tick = next((t for t in view.case.ticks if t.step == step.key), None)
    if tick is not None:
        return (
            f":white_check_mark: {step.label}  _{person(tick.by)} {clock_time(tick.at, view.zone, view.now)}_"
        )
    return f":white_large_square: {step.label}" + (
        "" if view.checklist.required(step) else "  _(if it fits)_"
    )


def _done(view: CaseView) -> dict[str, object]:
    """Done, beside the step that comes next: nobody has to guess what it ticks."""
    case, step = view.case, view.checklist.next
    if case.stage != CLAIMED or step is None:
        return {}
    return {"accessory": button("tick", "Done", f"{case.id} {step.key}")}


def _ways_on(view: CaseView) -> list[dict[str, object]]:
    """What one does with a case; what comes next stands out."""
    case, step = view.case, view.checklist.next
    return [
        button("reply", "Reply…", case.id, style="primary" if step else None),
        button("resolve", "Resolve", case.id, style=None if step else "primary"),
        sheet_menu(view),
    ]


def _other_steps(view: CaseView) -> list[dict[str, object]]:
    """The steps that do not come next, to be done or undone."""
    case, step = view.case, view.checklist.next
    # Each says what it means to do, so that a click that arrives twice does it once.
    others = [
        option(f"Undo: {s.label}", f"{case.id} {s.key} undo")
        if s.key in case.ticked
        else option(s.label, f"{case.id} {s.key}")
        for s in view.checklist.shown
        if step is None or s.key != step.key
    ]
    return [select("tick_other", "Another step…", others[:100])] if others else []
