"""Approved answers in the window of a reply: what may fit, using one, and finding another."""

from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from slack_sdk import WebClient

from bot.answers.holding import holding_first
from bot.answers.suggesting import Suggested
from bot.answers.using import AnswerUses, Filled
from bot.blocks.answer_choice import MORE, choice_blocks, pick_modal
from bot.blocks.modals import DRAFT_LIMIT
from bot.blocks.text import Block, context
from bot.case_view import CaseView
from bot.reply_news import Seen
from bot.reply_pictures import Opened
from handlers.names import first_name
from handlers.wiring import Asked
from handlers.words import row_id
from models.errors import NotAllowed

Meta = dict[str, Any]
IN_MENU = 20
PICKED = 90


@dataclass(frozen=True)
class Chosen:
    """What became of a choice: a window to show, or the draft with the answer in it and what its window
    remembers."""

    view: dict[str, Any] | None = None
    opened: Opened | None = None
    meta: Meta = field(default_factory=dict)


def answer_blocks(asked: Asked, view: CaseView, meta: Meta) -> list[Block]:
    """For the window of a reply: what may fit, the choice, and why the last one could not be used."""
    suggested: list[Suggested] = []
    if not meta.get("filled"):
        suggested = holding_first(asked.office, view, asked.services.suggestions.for_case(view))
    others = asked.services.answers.most_used(view.case.language, IN_MENU, view.case.brand)
    blocks = choice_blocks(suggested, others, int(meta.get("turn") or 0))
    if meta.get("refused"):
        blocks.append(context("reply|refused", f":no_entry: {meta['refused']}"))
    return blocks


def choose(asked: Asked, client: WebClient, meta: Meta, typed: str, chosen: str) -> Chosen:
    """Fills the draft, or opens the search. What was typed is kept."""
    number, replies = int(meta["case"]), asked.services.replies
    opened = replies.start(number, by=asked.user)
    typed = typed.strip() or opened.text
    following = {**meta, "turn": int(meta.get("turn") or 0) + 1, "refused": None}
    seen = Seen.recalled(meta.get("seen"))
    if chosen == MORE:
        replies.glance(number, typed, by=asked.user, seen=seen)
        return Chosen(picker(asked, opened.view, following, ""))
    uses = AnswerUses(asked.office)
    try:
        filled = uses.filled(row_id(chosen), opened.view, me=first_name(client, asked.desk, asked.user))
    except NotAllowed as no:
        kept = replies.glance(number, typed, by=asked.user, seen=seen)
        return Chosen(None, kept, {**following, "refused": str(no)})
    text = _joined(typed, filled, meta, opened)
    fresh = replies.glance(number, text, by=asked.user, seen=seen)
    uses.made_from(number, filled.answer, by=asked.user)
    return Chosen(None, fresh, {**following, "filled": _mark(text)})


def picker(asked: Asked, view: CaseView, meta: Meta, words: str) -> dict[str, Any]:
    """The window in which any answer in the customer's language can be found."""
    found = asked.services.answers.found(words, view.case.language, view.case.brand)
    return pick_modal(found[:PICKED], len(found), words, view.case.language, meta)


# Helpers.


def _joined(typed: str, filled: Filled, meta: Meta, opened: Opened) -> str:
    """What somebody typed themselves is never written over: the answer comes below it. An answer that does
    not say who writes gets the prepared introduction behind it."""
    introduction = str(meta.get("introduction") or "")
    if typed.strip() == introduction.strip() or _mark(typed.strip()) == meta.get("filled"):
        typed = ""
    if typed.strip():
        return f"{typed.strip()}\n\n{filled.text}"[:DRAFT_LIMIT]
    if opened.first_contact and introduction and not filled.introduces:
        return f"{filled.text} {introduction}"
    return filled.text


def _mark(text: str) -> int:
    return crc32(text.encode())
