"""Handing a case to a colleague."""

from handlers.wiring import Asked, Handler, Word
from handlers.words import case_number, member


def _hand_over(asked: Asked, rest: str) -> None:
    first, _, who = rest.strip().partition(" ")
    number, to = case_number(first), member(who)
    asked.desk.hand_over(number, by=asked.user, to=to)
    asked.answer(f"Case {number} is <@{to}>'s now.")


WORDS: dict[str, Word] = {
    "handover": Word(_hand_over, "handover 12 @ana", "to a colleague"),
}
COMMANDS: dict[str, tuple[Handler, str, str]] = {}
ACTIONS: dict[str, Handler] = {}
VIEWS: dict[str, Handler] = {}
