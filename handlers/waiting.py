"""Waiting for the customer, and what they were promised: `/case wait`, `continue`, `promise`."""

from bot.blocks.modals import promise_modal
from bot.blocks.sheet import checklist_sheet
from bot.blocks.text import clock_time
from bot.pausing import Pauses
from handlers.when import time_meant
from handlers.wiring import Asked, Handler, Word
from handlers.words import as_typed, case_number
from models.errors import NotAllowed


def _wait(asked: Asked, rest: str) -> None:
    view = Pauses(asked.office).wait(case_number(rest), by=asked.user)
    said = "The clock stands still until the customer writes, or you go on."
    asked.answer(*checklist_sheet(view, said))


def _continue(asked: Asked, rest: str) -> None:
    view = Pauses(asked.office).go_on(case_number(rest), by=asked.user)
    by = clock_time(view.case.resolve_by, view.zone, view.now)
    asked.answer(*checklist_sheet(view, f"The clock goes on; it should be solved by {by}."))


def _promise(asked: Asked, rest: str) -> None:
    first, _, when = as_typed(rest).strip().partition(" ")
    number = case_number(first)
    if not when.strip():
        asked.open_modal(
            promise_modal(asked.desk.to_work_on(number, by=asked.user), "", asked.answer.remembered)
        )
        return
    if when.strip().lower() == "kept":
        asked.answer(*checklist_sheet(asked.desk.keep_promise(number, by=asked.user), "Well done."))
        return
    before = asked.desk.view(number)
    for_ = time_meant(when, before.now, before.zone)
    if for_ is None:
        raise NotAllowed("Write by when as in `/case promise 12 tomorrow noon`, or `/case promise 12` alone.")
    after = asked.desk.promise(number, None, for_, by=asked.user)
    by = clock_time(for_, after.zone, after.now)
    asked.answer(*checklist_sheet(after, f"Promised by {by}. You are reminded before."))


WORDS: dict[str, Word] = {
    "wait": Word(_wait, "wait 12", "for the customer: the clock stands still"),
    "continue": Word(_continue, "continue 12", "the clock goes on"),
    "promise": Word(_promise, "promise 12 tomorrow noon", "by when they hear from us; `kept` once they did"),
}
COMMANDS: dict[str, tuple[Handler, str, str]] = {}
ACTIONS: dict[str, Handler] = {}
VIEWS: dict[str, Handler] = {}
