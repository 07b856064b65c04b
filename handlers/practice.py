"""Practice cases: the buttons of their message and the reply modal."""

from typing import Any

from slack_bolt import Ack

from bot.blocks.modals import meta_of, value_of
from bot.blocks.practice import passed_modal, practice_modal
from bot.practising import Practising
from handlers.wiring import Handler, OpenModal
from handlers.words import row_id
from models.errors import NotAllowed


def practice_button(ack: Ack, action: dict[str, Any], user: str, practising: Practising) -> None:
    """“Practise” on Home and “Another one”: the value is the language."""
    ack()
    practising.start(user, str(action.get("value") or "en"))


def claim(ack: Ack, action: dict[str, Any], user: str, practising: Practising) -> None:
    ack()
    practising.claim(row_id(action["value"]), by=user)


def reply(ack: Ack, action: dict[str, Any], user: str, practising: Practising, open_modal: OpenModal) -> None:
    ack()
    open_modal(practice_modal(practising.look(row_id(action["value"]), by=user)))


def check(ack: Ack, view: dict[str, Any], user: str, practising: Practising) -> None:
    number = int(meta_of(view)["practice"])
    # An untouched field comes back empty from some clients; then the stored draft is meant.
    text = value_of(view, "draft") or practising.look(number, by=user).practice.reply
    read = practising.check(number, text, by=user)
    ack(
        response_action="update",
        view=passed_modal(read) if read.passed else practice_modal(read.view, read=read),
    )


def tick(ack: Ack, action: dict[str, Any], user: str, practising: Practising) -> None:
    ack()
    number, _, step = str(action["value"]).partition(" ")
    if not step:
        raise NotAllowed("This button is out of date. `/training practice` shows your practice case.")
    practising.tick(row_id(number), step, by=user)


def resolve(ack: Ack, action: dict[str, Any], user: str, practising: Practising) -> None:
    ack()
    practising.resolve(row_id(action["value"]), by=user)


COMMANDS: dict[str, tuple[Handler, str, str]] = {}
ACTIONS: dict[str, Handler] = {
    "practice": practice_button,
    "practice_claim": claim,
    "practice_reply": reply,
    "practice_tick": tick,
    "practice_resolve": resolve,
}
VIEWS: dict[str, Handler] = {"practice_check": check}
