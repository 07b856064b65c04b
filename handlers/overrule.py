"""The leads' yes or no to a reply that the check stops."""

from typing import Any

from slack_bolt import Ack

from bot.replying import Replies
from handlers.wiring import Answer, Handler
from handlers.words import row_id


def allow(ack: Ack, action: dict[str, Any], user: str, replies: Replies, answer: Answer) -> None:
    ack()
    word = replies.overruling.decide(row_id(action["value"]), True, by=user)
    answer(f"<@{word.asked_by}> may post this reply in case {word.case_id}, exactly as it stands.")


def decline(ack: Ack, action: dict[str, Any], user: str, replies: Replies, answer: Answer) -> None:
    ack()
    word = replies.overruling.decide(row_id(action["value"]), False, by=user)
    answer(f"<@{word.asked_by}> hears that the reply in case {word.case_id} is not to be posted.")


COMMANDS: dict[str, tuple[Handler, str, str]] = {}
ACTIONS: dict[str, Handler] = {"overrule_allow": allow, "overrule_decline": decline}
VIEWS: dict[str, Handler] = {}
