"""Taking a case: `/claim`, `/claim 12`, the card's button."""

from typing import Any

from slack_bolt import Ack

from bot.blocks.sheet import checklist_sheet
from bot.desk import Desk
from handlers.wiring import Answer, Handler
from handlers.words import case_number


def claim(ack: Ack, command: dict[str, Any], user: str, desk: Desk, answer: Answer) -> None:
    """`/claim [number]`; alone it takes the most urgent case."""
    ack()
    text = str(command.get("text") or "").strip()
    view = desk.claim(case_number(text), by=user) if text else desk.claim_next(by=user)
    answer(*checklist_sheet(view, "It is yours."))


def claim_button(ack: Ack, action: dict[str, Any], user: str, desk: Desk, answer: Answer) -> None:
    ack()
    view = desk.claim(case_number(str(action["value"])), by=user)
    answer(*checklist_sheet(view, "It is yours."))


def claim_next_button(ack: Ack, user: str, desk: Desk, answer: Answer) -> None:
    ack()
    view = desk.claim_next(by=user)
    answer(*checklist_sheet(view, "It is yours."))


COMMANDS: dict[str, tuple[Handler, str, str]] = {
    "/claim": (claim, "Take a case; alone: the most urgent one", "[case number]"),
}
ACTIONS: dict[str, Handler] = {"claim": claim_button, "claim_next": claim_next_button}
VIEWS: dict[str, Handler] = {}
