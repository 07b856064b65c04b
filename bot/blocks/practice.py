"""A practice case as Slack shows it: one message that goes along, and a reply modal that explains."""

from bot.blocks.modals import View, modal, text_input
from bot.blocks.text import (
    Block,
    actions,
    button,
    context,
    customer_section,
    escape,
    header,
    quoted,
    section,
)
from bot.practising import PracticeView, Read
from models.practice import ANSWERED, CLAIMED, RESOLVED, WAITING

STAGES = {"public": "In public", "private": "In private", "close": "To close"}


def practice_message(view: PracticeView) -> tuple[str, list[Block]]:
    """The text for notifications, and the blocks: what a card, a checklist and a chat would show."""
    one, sample, key = view.practice, view.sample, f"practice:{view.practice.id}"
    blocks: list[Block] = [
        header(f"{key}|head", f"Practice: {sample.title}"),
        context(
            f"{key}|note", "Made up from end to end: nothing you do here reaches a customer or the figures."
        ),
        customer_section(f"{key}|post", f"*@{sample.author}*\n{quoted(sample.text, 900)}"),
    ]
    if one.stage != RESOLVED:
        blocks.append(context(f"{key}|hint", f":bulb: {escape(sample.hint)}"))
    if one.stage in (ANSWERED, RESOLVED):
        blocks.append(section(f"{key}|reply", f"*You answered*\n{quoted(one.reply, 1500)}"))
        if sample.writes_back:
            theirs = f":lock: *@{sample.author} in a private message*\n{quoted(sample.writes_back, 900)}"
            blocks.append(customer_section(f"{key}|back", theirs))
    if one.stage in (CLAIMED, ANSWERED):
        blocks += _steps(view, key)
    blocks.append(section(f"{key}|next", _next(view)))
    blocks.append(actions(f"{key}|do", *_ways(view)))
    return f"Practice: {sample.title}", blocks


def practice_modal(view: PracticeView, *, read: Read | None = None) -> View:
    """The customer's words and the draft; after a try, what the check found and why it minds."""
    blocks: list[Block] = [
        customer_section("practice|post", f"*@{view.sample.author}*\n{quoted(view.sample.text, 900)}")
    ]
    if read is not None:
        blocks += _findings(read)
    draft = read.text if read else view.practice.reply
    blocks.append(text_input("draft", "Your public reply", initial=draft))
    return modal(
        "practice_check",
        "Practice: reply",
        blocks,
        submit="Check it",
        meta={"practice": view.practice.id},
    )


def passed_modal(read: Read) -> View:
    """It would be posted now; what could still be better."""
    blocks: list[Block] = [
        section("practice|passed", ":white_check_mark: *Good to go.* In earnest you would post it now."),
        *_findings(read),
        section("practice|on", "Go on in the message: the steps, then *Resolve*."),
    ]
    return modal("said", "Practice: reply", blocks, submit=None, meta={})


def _findings(read: Read) -> list[Block]:
    """Each finding with what could happen and how to say it instead."""
    blocks: list[Block] = []
    for number, problem in enumerate(read.problems[:15]):
        mark = ":no_entry:" if problem.stops else ":bulb:"
        blocks.append(section(f"practice|finding{number}", f"{mark} {escape(problem.sentence)}"))
        if why := read.view.words.explains.get(problem.key):
            blocks.append(context(f"practice|why{number}", escape(why)))
    return blocks


def _steps(view: PracticeView, key: str) -> list[Block]:
    following = view.checklist.next
    blocks: list[Block] = []
    for stage, name in STAGES.items():
        lines = [
            f":white_check_mark: {step.label}"
            if step.key in view.practice.ticks
            else f":white_large_square: {step.label}"
            for step in view.checklist.shown
            if step.stage == stage and view.checklist.required(step)
        ]
        if lines:
            blocks.append(section(f"{key}|{stage}", "\n".join([f"*{name}*", *lines])))
    if view.practice.stage == ANSWERED and following is not None:
        done = button("practice_tick", "Done", f"{view.practice.id} {following.key}")
        blocks.append(section(f"{key}|step", f"*Next:* {following.label}", accessory=done))
    return blocks


def _next(view: PracticeView) -> str:
    one = view.practice
    if one.stage == WAITING:
        return "In a channel, this would be the card. *Claim* makes it yours; nobody else can take it then."
    if one.stage == CLAIMED:
        return "It is yours. *Reply…* opens the modal you would write in; the check reads along and explains."
    if one.stage == ANSWERED:
        if view.checklist.next is None:
            return "Every step that is required is done. *Resolve* closes it."
        return "Tick each step once it is true. *Resolve* tells you if one is missing."
    tries = "at the first try" if one.tries == 1 else f"after {one.tries} tries"
    return (
        f":tada: *Resolved.* Your reply passed {tries}. A colleague might have written:\n"
        f"{quoted(view.sample.example, 900)}"
    )


def _ways(view: PracticeView) -> list[dict[str, object]]:
    number, stage = view.practice.id, view.practice.stage
    if stage == WAITING:
        return [button("practice_claim", "Claim", number, style="primary")]
    if stage == CLAIMED:
        return [button("practice_reply", "Reply…", number, style="primary")]
    if stage == ANSWERED:
        ready = view.checklist.next is None
        return [button("practice_resolve", "Resolve", number, style="primary" if ready else None)]
    return [button("practice", "Another one", view.practice.language), button("training", "Courses", "open")]
