"""Approved answers within the window of a reply: what may fit, and the choice of any.

In Slack's own windows a choice acts at once; where a window only knows its submit button, the same choice
acts on that.
"""

from collections.abc import Sequence

from bot.answers.suggesting import Suggested
from bot.blocks.answers import used_words
from bot.blocks.modals import Meta, View, meta_of, modal, select_input, text_input, value_of
from bot.blocks.text import (
    Block,
    context,
    customer_section,
    escape,
    language_name,
    option,
    quoted,
    unformatted,
)
from models.approved_answer import ApprovedAnswer

CHOICE = "answer"
"""The block with the choice. Each time one was used it gets another id: what was chosen in it is done."""
CHOSEN = "reply_answer"
MORE = "more"
FIRST_LINES = 220
LISTED = 99


def choice_block_id(turn: int) -> str:
    return f"{CHOICE}|{turn}"


def choice_blocks(suggested: Sequence[Suggested], others: Sequence[ApprovedAnswer], turn: int) -> list[Block]:
    """Those that may fit with their first lines, and a menu of them, of others, and of all."""
    if not suggested and not others:
        return []
    blocks: list[Block] = []
    for one in suggested:
        name = unformatted(escape(one.answer.title))
        used = used_words(one.answer, one.unconfirmed_since)
        may_fit = f":sparkles: An approved answer may fit: *{name}*"
        now = f":rotating_light: There is a crisis about this. What we say now: *{name}*"
        head = f"{now if one.holding else may_fit} · {used}"
        words = f"{head}\n{quoted(' '.join(one.answer.text.split()), FIRST_LINES)}"
        blocks.append(customer_section(f"reply|answer{one.answer.id}", words))
    known = {one.answer.id for one in suggested}
    listed = [one.answer for one in suggested] + [one for one in others if one.id not in known]
    options = [option(one.title, one.id) for one in listed[:LISTED]]
    menu = select_input(
        choice_block_id(turn),
        "Use an approved answer",
        [*options, option("More answers…", MORE)],
        optional=True,
    )
    return [*blocks, acting_at_once(menu)]


def chosen_in(view: View) -> str | None:
    """What was chosen in the window: an answer's number, or MORE."""
    return value_of(view, choice_block_id(int(meta_of(view).get("turn") or 0)))


def pick_modal(answers: Sequence[ApprovedAnswer], total: int, words: str, language: str, meta: Meta) -> View:
    """Any answer, found by words. `meta` is what the window of the reply remembered: it comes back."""
    case = meta["case"]
    if not total:
        said = "Nothing has these words in it." if words else "There is none in this language yet."
    elif total > len(answers):
        said = f"{total} of them; the first {len(answers)} are in the menu."
    else:
        said = f"{total} of them." if total > 1 else "One of them."
    blocks: list[Block] = [context("pick|about", f"Approved answers in {language_name(language)}. {said}")]
    if answers:
        options = [option(one.title, one.id) for one in answers]
        blocks.append(select_input("picked", "Use", options, optional=True))
    hint = "All of them must be there. Leave both empty to go back."
    blocks.append(
        text_input(
            "words", "Find by words", initial=words, hint=hint, multiline=False, limit=200, optional=True
        )
    )
    return modal(
        "answer_pick", f"Answers · case {case}", blocks, submit="Go on", meta={**meta, "words": words}
    )


def acting_at_once(block: Block) -> Block:
    """The choice is told to us when it is made, not only when the window is submitted."""
    element = {**block["element"], "action_id": CHOSEN} if isinstance(block["element"], dict) else {}
    return {**block, "dispatch_action": True, "element": element}
