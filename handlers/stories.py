"""Many voices, one story: `/case group`, `/case answered`, and a heap's *Claim the most urgent*."""

import re
from typing import Any

from slack_bolt import Ack

from bot.blocks.modals import meta_of, written
from bot.blocks.sheet import checklist_sheet
from bot.blocks.stories import answered_modal, listed
from bot.desk import Desk
from bot.stories.answering import StoryAnswers
from bot.stories.claiming import claim_in
from bot.stories.story import Stories
from handlers.wiring import Answer, Asked, Handler, Word
from handlers.words import case_number, row_id
from models.errors import NotAllowed

_HEAP = re.compile(r"heap:(\d{1,10})")


def claim_heap(ack: Ack, action: dict[str, Any], user: str, desk: Desk, answer: Answer) -> None:
    """The most urgent case of a heap that this person may take."""
    ack()
    view = claim_in(desk, row_id(action["value"]), by=user)
    answer(*checklist_sheet(view, "It is yours."))


def turn(ack: Ack, action: dict[str, Any], asked: Asked) -> None:
    """Another page of a list."""
    ack()
    _group(asked, str(action["value"]))


def answered(ack: Ack, view: dict[str, Any], user: str, desk: Desk, answer: Answer) -> None:
    first, chosen = int(meta_of(view)["case"]), written(view, "only")
    numbers = _numbers(chosen) if chosen else None
    if numbers == []:
        ack(response_action="errors", errors={"only": "Write numbers, as in 14 15 18, or nothing."})
        return
    closed = StoryAnswers(desk.office).close_rest(first, by=user, only=numbers)
    ack()
    answer(_closed(first, closed))


# The words of `/case`.


def _group(asked: Asked, rest: str) -> None:
    name, _, page = rest.strip().partition(" ")
    heap = _HEAP.fullmatch(name)
    called = f"heap:{row_id(heap[1])}" if heap else str(case_number(name))
    number = int(page) if page.strip().isdecimal() and len(page) < 7 else 1
    asked.answer(*listed(Stories(asked.office).listed(called, number)))


def _answered(asked: Asked, rest: str) -> None:
    name, _, some = rest.strip().partition(" ")
    first, answers = case_number(name), StoryAnswers(asked.office)
    if not some.strip():
        waiting = answers.may(first, by=asked.user)
        asked.open_modal(answered_modal(first, waiting, asked.answer.remembered))
        return
    numbers = _numbers(some)
    if not numbers:
        raise NotAllowed("Write which ones by their numbers, as in `/case answered 12 14 15`.")
    asked.answer(_closed(first, answers.close_rest(first, by=asked.user, only=numbers)))


def _numbers(text: str) -> list[int]:
    """`14, 15 #18`; none when there is anything else in it."""
    parts = [part for part in re.split(r"[\s,;]+", text) if part]
    fit = all(re.fullmatch(r"#?\d{1,9}", part) for part in parts)
    return [int(part.lstrip("#")) for part in parts] if fit else []


def _closed(first: int, closed: list[int]) -> str:
    many = "1 case is" if len(closed) == 1 else f"{len(closed):,} cases are"
    return f"{many} closed as answered with case {first}; each says so, and by whom."


WORDS: dict[str, Word] = {
    "group": Word(_group, "group 12", "all who tell what case 12 tells, and who still waits"),
    "answered": Word(_answered, "answered 12", "its answer serves the rest of its story too"),
}
COMMANDS: dict[str, tuple[Handler, str, str]] = {}
ACTIONS: dict[str, Handler] = {"claim_heap": claim_heap, "group_back": turn, "group_on": turn}
VIEWS: dict[str, Handler] = {"answered": answered}
