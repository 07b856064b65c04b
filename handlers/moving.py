"""Moving a case on: resolve, dismiss, release, reopen, a note, and letting somebody take it."""

from typing import Any

from slack_bolt import Ack

from bot.blocks.lists import resolved_message
from bot.blocks.modals import allow_modal, dismiss_modal, meta_of, note_modal, value_of, written
from bot.desk import Desk
from bot.levels import Levels
from bot.notes import Notes
from bot.people import People
from handlers.wiring import Answer, Asked, Handler, Word
from handlers.words import as_typed, case_number, member
from models.moves import DISMISSALS


def resolve_button(ack: Ack, action: dict[str, Any], asked: Asked) -> None:
    ack()
    _resolve(asked, str(action["value"]))


def dismiss(ack: Ack, view: dict[str, Any], user: str, desk: Desk, answer: Answer) -> None:
    meta, because = meta_of(view), value_of(view, "reason") or ""
    if because not in DISMISSALS:
        ack(response_action="errors", errors={"reason": "Choose a reason."})
        return
    number = int(meta["case"])
    desk.dismiss(number, by=user, because=because)
    ack()
    answer(f"Case {number} needs no reply: {DISMISSALS[because]}.")


def note(ack: Ack, view: dict[str, Any], user: str, desk: Desk, answer: Answer) -> None:
    number, text = int(meta_of(view)["case"]), written(view, "text")
    if not text:
        ack(response_action="errors", errors={"text": "A note needs words."})
        return
    Notes(desk.office).add(number, text, by=user)
    ack()
    answer(_noted(number))


def allow(ack: Ack, view: dict[str, Any], user: str, desk: Desk, people: People, answer: Answer) -> None:
    number, whom = int(meta_of(view)["case"]), value_of(view, "whom")
    if whom is None:
        ack(response_action="errors", errors={"whom": "Choose somebody."})
        return
    _allow_one(desk, people, number, whom, user)
    ack()
    answer(_allowed(number, whom))


# The words of `/case`.


def _resolve(asked: Asked, rest: str) -> None:
    number = case_number(rest)
    asked.desk.resolve(number, by=asked.user)
    offer = asked.services.answer_offers.can_offer(number, by=asked.user)
    asked.answer(*resolved_message(number, offer=offer))


def _dismiss(asked: Asked, rest: str) -> None:
    asked.open_modal(
        dismiss_modal(asked.desk.to_dismiss(case_number(rest), by=asked.user), asked.answer.remembered)
    )


def _release(asked: Asked, rest: str) -> None:
    number = case_number(rest)
    asked.desk.release(number, by=asked.user)
    asked.answer(f"Case {number} waits for somebody again.")


def _reopen(asked: Asked, rest: str) -> None:
    number = case_number(rest)
    asked.desk.reopen(number, by=asked.user)
    asked.answer(f"Case {number} is open again.")


def _note(asked: Asked, rest: str) -> None:
    first, text = (*rest.split(maxsplit=1), "", "")[:2]
    number = case_number(first)
    if not text:
        asked.open_modal(note_modal(asked.desk.view(number).case.id, asked.answer.remembered))
        return
    Notes(asked.office).add(number, as_typed(text), by=asked.user)
    asked.answer(_noted(number))


def _allow(asked: Asked, rest: str) -> None:
    first, _, who = rest.strip().partition(" ")
    number = case_number(first)
    if not who:
        case = asked.desk.view(number).case
        case.must_be_theirs_to_allow(asked.office.person(asked.user, case.brand))
        asked.open_modal(allow_modal(number, asked.answer.remembered))
        return
    to = member(who)
    _allow_one(asked.desk, asked.services.people, number, to, asked.user)
    asked.answer(_allowed(number, to))


def _allow_one(desk: Desk, people: People, number: int, to: str, by: str) -> None:
    office, brand = desk.office, desk.view(number).case.brand
    if office.person(by, brand).lead:  # whoever else asks is refused for that
        people.must_be_able_to_have_cases(to)
    Levels(office).allow(number, to, by=by)


def _noted(number: int) -> str:
    return f"Your note is with case {number}; `/case {number}` shows it."


def _allowed(number: int, to: str) -> str:
    return f"<@{to}> may take case {number}, this once."


WORDS: dict[str, Word] = {
    "resolve": Word(_resolve, "resolve 12", "it is solved"),
    "dismiss": Word(_dismiss, "dismiss 12", "it needs no reply"),
    "release": Word(_release, "release 12", "back to the queue, for anybody"),
    "note": Word(_note, "note 12 text", "a note for colleagues"),
    "reopen": Word(_reopen, "reopen 12", "open it again (leads)"),
    "allow": Word(_allow, "allow 12 @ana", "let her take it, this once (leads)"),
}
COMMANDS: dict[str, tuple[Handler, str, str]] = {}
ACTIONS: dict[str, Handler] = {"resolve": resolve_button}
VIEWS: dict[str, Handler] = {"dismiss": dismiss, "note": note, "allow": allow}
