"""Handing a case to a specialist, and what they do with the request."""

from typing import Any
from zoneinfo import ZoneInfo

from slack_bolt import Ack

from bot.asking_back import AskingBack
from bot.blocks.escalation_modals import (
    answer_back_modal,
    ask_back_modal,
    escalate_modal,
    hand_on_modal,
    send_back_modal,
    send_on_modal,
    still_on_it_modal,
)
from bot.blocks.modals import meta_of, promised_time, value_of
from bot.blocks.sheet import checklist_sheet
from bot.blocks.text import clock_time
from bot.escalating import Escalations
from bot.line import Turn
from bot.people import People
from bot.still_on_it import StillOnIt
from handlers.wiring import Answer, Asked, Handler, OpenModal, Word
from handlers.words import case_number, row_id


def escalate(
    ack: Ack,
    view: dict[str, Any],
    user: str,
    escalations: Escalations,
    answer: Answer,
    people: People,
) -> None:
    number, to = int(meta_of(view)["case"]), value_of(view, "to")
    if to is not None:
        people.must_be_able_to_have_cases(to)
    _, turn = escalations.escalate(number, by=user, why=value_of(view, "why"), to=to)
    ack()
    later = turn.at > escalations.office.clock()
    back = f" `/case takeback {number}` takes it back." if later else ""
    answer(f"{_asked(escalations, turn, f'case {number}')} You hear how it goes.{back}")


def accept(ack: Ack, action: dict[str, Any], user: str, escalations: Escalations, answer: Answer) -> None:
    ack()
    answer(
        *checklist_sheet(
            escalations.accept(row_id(action["value"]), by=user), "You accepted it. It is yours."
        )
    )


def send_back_button(ack: Ack, action: dict[str, Any], open_modal: OpenModal) -> None:
    ack()
    open_modal(send_back_modal(row_id(action["value"])))


def send_back(ack: Ack, view: dict[str, Any], user: str, escalations: Escalations) -> None:
    escalations.send_back(int(meta_of(view)["escalation"]), by=user, answer=value_of(view, "answer"))
    ack()


def ask_back_button(ack: Ack, action: dict[str, Any], open_modal: OpenModal) -> None:
    ack()
    open_modal(ask_back_modal(row_id(action["value"])))


def ask_back(ack: Ack, view: dict[str, Any], user: str, escalations: Escalations) -> None:
    asking = AskingBack(escalations.office, escalations.statuses)
    asking.ask(int(meta_of(view)["escalation"]), value_of(view, "question") or "", by=user)
    ack()


def answer_back_button(
    ack: Ack, action: dict[str, Any], escalations: Escalations, open_modal: OpenModal
) -> None:
    ack()
    asked = AskingBack(escalations.office).question(row_id(action["value"]))
    open_modal(answer_back_modal(asked.id, asked.question))


def answer_back(ack: Ack, view: dict[str, Any], user: str, escalations: Escalations) -> None:
    asking = AskingBack(escalations.office, escalations.statuses)
    asking.answer(int(meta_of(view)["question"]), value_of(view, "answer") or "", by=user)
    ack()


def send_on_button(ack: Ack, action: dict[str, Any], open_modal: OpenModal) -> None:
    ack()
    open_modal(send_on_modal(row_id(action["value"])))


def send_on(ack: Ack, view: dict[str, Any], user: str, escalations: Escalations, people: People) -> None:
    to = value_of(view, "to")
    if to is None:
        ack(response_action="errors", errors={"to": "Choose somebody."})
        return
    people.must_be_able_to_have_cases(to)
    escalations.send_on(int(meta_of(view)["escalation"]), to=to, by=user, note=value_of(view, "note"))
    ack()


def still_on_it_button(
    ack: Ack, action: dict[str, Any], escalations: Escalations, answer: Answer, open_modal: OpenModal
) -> None:
    ack()
    office, number = escalations.office, row_id(action["value"])
    zone = StillOnIt(office).zone_of(number)
    open_modal(still_on_it_modal(number, zone, office.clock(), answer.remembered))


def still_on_it(ack: Ack, view: dict[str, Any], user: str, escalations: Escalations, answer: Answer) -> None:
    meta, office = meta_of(view), escalations.office
    here = office.clock().astimezone(ZoneInfo(str(meta["zone"])))
    until = promised_time(value_of(view, "day") or str(meta["day"]), value_of(view, "hour") or "", here)
    if until is None or until <= here:
        ack(response_action="errors", errors={"day": "Choose a day and hour that are still to come."})
        return
    StillOnIt(office).goes_on(int(meta["escalation"]), until, by=user)
    ack()
    answer(f"Good luck with it. You are asked again at {clock_time(until, str(meta['zone']), here)}.")


def hand_on_button(ack: Ack, action: dict[str, Any], answer: Answer, open_modal: OpenModal) -> None:
    ack()
    open_modal(hand_on_modal(row_id(action["value"]), answer.remembered))


def hand_on(
    ack: Ack,
    view: dict[str, Any],
    user: str,
    escalations: Escalations,
    answer: Answer,
    people: People,
) -> None:
    to = value_of(view, "to")
    if to is not None:
        people.must_be_able_to_have_cases(to)
    handing = StillOnIt(escalations.office, escalations.statuses)
    turn = handing.hand_on(int(meta_of(view)["escalation"]), to=to, by=user, note=value_of(view, "note"))
    ack()
    answer(_asked(escalations, turn, "it"))


# Words of `/case`.


def _escalate(asked: Asked, rest: str) -> None:
    view, line = asked.services.escalations.line(case_number(rest), by=asked.user)
    asked.open_modal(escalate_modal(view, line, asked.answer.remembered))


def _take_back(asked: Asked, rest: str) -> None:
    number = case_number(rest)
    asked.services.escalations.take_back(number, by=asked.user)
    asked.answer(f"Case {number} waits for anybody again. `/claim {number}` takes it.")


# Helpers.


def _asked(escalations: Escalations, turn: Turn, what: str) -> str:
    office = escalations.office
    if turn.at <= office.clock():
        return f"<@{turn.member}> is asked to take {what}."
    at = clock_time(turn.at, office.playbook.everything.time_zone, office.clock())
    return f"Nobody is at work now: <@{turn.member}> is asked to take {what} at {at}."


WORDS: dict[str, Word] = {
    "escalate": Word(_escalate, "escalate 12", "to a specialist"),
    "takeback": Word(_take_back, "takeback 12", "escalated while nobody is at work: back to anybody"),
}
COMMANDS: dict[str, tuple[Handler, str, str]] = {}
ACTIONS: dict[str, Handler] = {
    "accept": accept,
    "send_back": send_back_button,
    "ask_back": ask_back_button,
    "answer_back": answer_back_button,
    "send_on": send_on_button,
    "still_on_it": still_on_it_button,
    "hand_on": hand_on_button,
}
VIEWS: dict[str, Handler] = {
    "escalate": escalate,
    "send_back": send_back,
    "ask_back": ask_back,
    "answer_back": answer_back,
    "send_on": send_on,
    "still_on_it": still_on_it,
    "hand_on": hand_on,
}
