"""Offering the reply of a resolved case as an approved answer, and the leads' yes or no."""

from typing import Any

from slack_bolt import Ack

from bot.answers.offering import AnswerOffers
from bot.blocks.answers import answer_modal
from handlers.wiring import Answer, Asked, Handler, Word
from handlers.words import case_number, row_id


def answer_offer_take(
    ack: Ack,
    action: dict[str, Any],
    user: str,
    answer_offers: AnswerOffers,
    asked: Asked,
) -> None:
    """Opens the form with the reply in it; saving it takes the offer."""
    ack()
    offered = answer_offers.look(row_id(action["value"]), by=user)
    book = answer_offers.office.playbook
    draft, number, brands = offered.draft, offered.offer.id, asked.services.answers.brands_of(asked.user)
    asked.open_modal(answer_modal(book, asked.answer.remembered, draft=draft, offer=number, brands=brands))


def answer_offer_decline(
    ack: Ack, action: dict[str, Any], user: str, answer_offers: AnswerOffers, answer: Answer
) -> None:
    ack()
    answer_offers.decline(row_id(action["value"]), by=user)
    answer("Not taken. Whoever offered it is told.")


def _offer(asked: Asked, rest: str) -> None:
    number = case_number(rest)
    if asked.services.answer_offers.offer(number, by=asked.user):
        asked.answer(f"Your reply in case {number} is offered to the leads. You hear what becomes of it.")
    else:
        asked.answer(f"The reply in case {number} was offered already.")


WORDS: dict[str, Word] = {
    "offer": Word(_offer, "offer 12", "the reply that solved it as an approved answer"),
}
COMMANDS: dict[str, tuple[Handler, str, str]] = {}
ACTIONS: dict[str, Handler] = {
    "answer_offer_take": answer_offer_take,
    "answer_offer_decline": answer_offer_decline,
}
VIEWS: dict[str, Handler] = {}
