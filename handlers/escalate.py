"""Handing a case to a specialist, and their answer."""

from typing import Any

from slack_bolt import Ack

from bot.blocks.modals import escalate_modal, meta_of, send_back_modal, value_of
from bot.blocks.sheet import checklist_sheet
from bot.escalating import Escalations
from handlers.wiring import Answer, Asked, Handler, OpenModal, Word
from handlers.words import case_number, row_id


def escalate(ack: Ack, view: dict[str, Any], user: str, escalations: Escalations, answer: Answer) -> None:
    number = int(meta_of(view)["case"])
    _, asked = escalations.escalate(number, by=user, why=value_of(view, "why"))
    ack()
    answer(f"<@{asked}> is asked to take case {number}. You hear how it goes.")


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


def _escalate(asked: Asked, rest: str) -> None:
    view, line = asked.services.escalations.line(case_number(rest), by=asked.user)
    asked.open_modal(escalate_modal(view, line, asked.answer.remembered))


WORDS: dict[str, Word] = {"escalate": Word(_escalate, "escalate 12", "to a specialist")}
COMMANDS: dict[str, tuple[Handler, str, str]] = {}
ACTIONS: dict[str, Handler] = {"accept": accept, "send_back": send_back_button}
VIEWS: dict[str, Handler] = {"escalate": escalate, "send_back": send_back}
