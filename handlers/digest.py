"""`/digest`: the day so far."""

from slack_bolt import Ack

from bot.blocks.digest import digest as draw
from bot.digest import Digests
from handlers.wiring import Answer, Asked, Handler, Word


def digest(ack: Ack, user: str, digests: Digests, answer: Answer) -> None:
    ack()
    answer(*draw(digests.today_so_far(user), digests.office.playbook, "list-digest"))


def _word(asked: Asked, rest: str) -> None:
    digests = asked.services.digests
    asked.answer(*draw(digests.today_so_far(asked.user), asked.office.playbook, "list-digest"))


WORDS: dict[str, Word] = {"digest": Word(_word, "digest", "the day so far, as `/digest`")}
COMMANDS: dict[str, tuple[Handler, str, str]] = {"/digest": (digest, "The day so far", "")}
ACTIONS: dict[str, Handler] = {}
VIEWS: dict[str, Handler] = {}
