"""A private message to a customer on Facebook: `/case private 12`, and its button."""

from typing import Any

from slack_bolt import Ack

from bot.blocks.modals import meta_of, said_modal, value_of, written
from bot.blocks.private_modal import FIELD, private_modal, private_unknown_modal
from bot.case_view import CaseView
from bot.private_replies import PrivateReplies
from config.say import say
from handlers.names import first_name
from handlers.wiring import Asked, Handler, Word
from handlers.words import case_number


def private_send(ack: Ack, view: dict[str, Any], user: str, private_replies: PrivateReplies) -> None:
    """Checks it; what the check stops stays in the window, anything else is on its way."""
    meta, text = meta_of(view), written(view, FIELD)
    if not text:
        ack(response_action="errors", errors={FIELD: "Write what the customer should read."})
        return
    draft = private_replies.send(int(meta["case"]), int(meta["mention"]), text, by=user)
    if draft.stops:
        ack(response_action="update", view=private_modal(draft, text, answer=meta.get("answer") or {}))
    else:
        words = "Your message is on its way to Facebook. You hear from me when it is with them."
        ack(response_action="update", view=said_modal("On its way", words))


def private_looked(ack: Ack, view: dict[str, Any], user: str, private_replies: PrivateReplies) -> None:
    """They looked in the page's inbox."""
    meta, there = meta_of(view), value_of(view, "there") == "yes"
    private_replies.looked(int(meta["reply"]), by=user, there=there)
    again = f"It can be sent again: `/case private {meta['case']}`."
    words = "Good: it counts as sent." if there else again
    ack(response_action="update", view=said_modal("On record", words))


def _private(asked: Asked, rest: str) -> None:
    number = case_number(rest)
    draft = asked.services.private_replies.open(number, by=asked.user)
    if draft.unknown is not None:
        asked.open_modal(private_unknown_modal(number, draft.unknown))
        return
    text = draft.text or (_introduction(asked, draft.view) if draft.first_contact else "")
    asked.open_modal(private_modal(draft, text, answer=asked.answer.remembered))


def _introduction(asked: Asked, view: CaseView) -> str:
    """ "I'm Ana, customer care at Tindra. " in the customer's language; "" when we don't know the name."""
    client = asked.answer.client
    name = first_name(client, asked.desk, asked.user) if client is not None else None
    if name is None:
        return ""
    company, language = view.playbook.company, view.case.language
    said = say(language)("introduction", name=name, role=company.role_in(language), company=company.name)
    return f"{said} "


WORDS: dict[str, Word] = {
    "private": Word(_private, "private 12", "one private message to who commented on Facebook"),
}
COMMANDS: dict[str, tuple[Handler, str, str]] = {}
ACTIONS: dict[str, Handler] = {}
VIEWS: dict[str, Handler] = {"private_send": private_send, "private_looked": private_looked}
