"""Handing a case to a colleague: `/case handover`, its modal, and the colleague's yes or no."""

from typing import Any

from slack_bolt import Ack

from bot.blocks.handover import handover_modal, turn_down_modal
from bot.blocks.modals import meta_of, value_of
from bot.blocks.sheet import checklist_sheet
from bot.handing_over import Handovers
from handlers.wiring import Answer, Asked, Handler, OpenModal, Word
from handlers.words import case_number, member, row_id


def hand_over(ack: Ack, view: dict[str, Any], user: str, handovers: Handovers, answer: Answer) -> None:
    number, to = int(meta_of(view)["case"]), value_of(view, "to")
    if to is None:
        ack(response_action="errors", errors={"to": "Choose somebody."})
        return
    new = handovers.ask(number, to, by=user, note=value_of(view, "note"))
    ack()
    answer(_offered(number, to, new))


def yes(ack: Ack, action: dict[str, Any], user: str, handovers: Handovers, answer: Answer) -> None:
    ack()
    view = handovers.yes(row_id(action["value"]), by=user)
    answer(*checklist_sheet(view, "You took it over. It is yours."))


def no_button(ack: Ack, action: dict[str, Any], open_modal: OpenModal, answer: Answer) -> None:
    ack()
    open_modal(turn_down_modal(row_id(action["value"]), answer.remembered))


def no(ack: Ack, view: dict[str, Any], user: str, handovers: Handovers) -> None:
    handovers.no(int(meta_of(view)["offer"]), by=user, why=value_of(view, "why"))
    ack()


# The words of `/case`.


def _hand_over(asked: Asked, rest: str) -> None:
    first, _, who = rest.strip().partition(" ")
    number = case_number(first)
    if not who:
        case = asked.desk.view(number).case
        case.must_be_theirs_to_offer(asked.office.person(asked.user, case.brand))
        asked.open_modal(handover_modal(number, asked.answer.remembered))
        return
    to = member(who)
    new = asked.services.handovers.ask(number, to, by=asked.user)
    asked.answer(_offered(number, to, new))


def _keep(asked: Asked, rest: str) -> None:
    number = case_number(rest)
    view = asked.services.handovers.keep(number, by=asked.user)
    asked.answer(*checklist_sheet(view, "It stays where it is."))


def _offered(number: int, to: str, new: bool) -> str:
    asked = "is asked" if new else "is asked already"
    return f"<@{to}> {asked} to take over case {number}. Until they say yes it stays where it is."


WORDS: dict[str, Word] = {
    "handover": Word(_hand_over, "handover 12 @ana", "to a colleague, if she says yes"),
    "keep": Word(_keep, "keep 12", "take back that you offered it"),
}
COMMANDS: dict[str, tuple[Handler, str, str]] = {}
ACTIONS: dict[str, Handler] = {"handover_yes": yes, "handover_no": no_button}
VIEWS: dict[str, Handler] = {"handover": hand_over, "turn_down": no}
