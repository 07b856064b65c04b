"""A question to a colleague about a case: `/case ask`, or its modal."""

from typing import Any

from slack_bolt import Ack

from bot.asking import Asking
from bot.blocks.modals import ask_modal, meta_of, value_of, written
from bot.desk import Desk
from bot.people import People
from handlers.wiring import Answer, Asked, Handler, Word
from handlers.words import addressed, addressed_channel, as_typed, case_number


def ask(ack: Ack, view: dict[str, Any], user: str, desk: Desk, people: People, answer: Answer) -> None:
    number, whom = int(meta_of(view)["case"]), value_of(view, "whom")
    if whom is None:
        ack(response_action="errors", errors={"whom": "Choose somebody."})
        return
    question = written(view, "question")
    if not question:
        ack(response_action="errors", errors={"question": "What do you want to know?"})
        return
    people.must_be_able_to_have_cases(whom)
    Asking(desk.office).ask(number, whom, question, by=user)
    ack()
    answer(_asked(number, whom))


def _ask(asked: Asked, rest: str) -> None:
    first, _, said = rest.strip().partition(" ")
    number = case_number(first)
    if not said:
        asked.desk.to_work_on(number, by=asked.user)
        asked.open_modal(ask_modal(number, asked.answer.remembered))
        return
    place = addressed_channel(said)
    if place is not None:
        channel, name, question = place
        Asking(asked.office, asked.services.channels).ask_channel(
            number, channel, name, as_typed(question), by=asked.user
        )
        asked.answer(f"<#{channel}> is asked. Answers belong in the thread under case {number}'s card.")
        return
    whom, question = addressed(said)
    asked.services.people.must_be_able_to_have_cases(whom)
    Asking(asked.office).ask(number, whom, as_typed(question), by=asked.user)
    asked.answer(_asked(number, whom))


def _asked(number: int, whom: str) -> str:
    return f"<@{whom}> is asked in the thread under case {number}'s card. The case stays where it is."


WORDS: dict[str, Word] = {
    "ask": Word(_ask, "ask 12 @ana which hose?", "a question in the card's thread; `#channel` asks there"),
}
COMMANDS: dict[str, tuple[Handler, str, str]] = {}
ACTIONS: dict[str, Handler] = {}
VIEWS: dict[str, Handler] = {"ask": ask}
