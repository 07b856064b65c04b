"""`/case …`: its first word says what; the lists it shows; the menus and buttons that stand for a word."""

import re
from typing import Any

from slack_bolt import Ack

from bot.blocks.lists import aside_list, case_list, found_list, waiting_list
from bot.blocks.modals import find_modal, written
from bot.blocks.sheet import case_sheet
from bot.desk import Desk
from bot.listening import Listener
from bot.searching import find
from handlers.wiring import Answer, Asked, Handler, Word
from handlers.words import as_typed, bare, case_number, nearest, row_id
from models.errors import NotAllowed
from models.presence import LOOKING

_CASE = re.compile(r"\Acase(?:\s+|$)", re.IGNORECASE)
FIRST = """*Take a case*
`/claim` the most urgent one · `/claim 12` that one
*Bring one in*, by Slack's shortcuts: _Make a case of this_ on a message · _Log a conversation_
*Look, and move it on*"""


def case(ack: Ack, command: dict[str, Any], asked: Asked) -> None:
    """`/case …`; a number alone shows the case. `/case case 12` is read as `/case 12`."""
    ack()
    said = _CASE.sub("", str(command.get("text") or "").strip(), count=1) or "help"
    word, _, rest = said.partition(" ")
    if word.lstrip("#").isdigit():
        _show(asked, word)
    elif word.lower() in asked.words:
        asked.words[word.lower()].do(asked, rest)
    else:
        meant = nearest(word, list(asked.words))
        raise NotAllowed(f"There is no `/case {bare(word)}`. Did you mean `/case {meant}`?")


def case_menu(ack: Ack, action: dict[str, Any], asked: Asked) -> None:
    """A menu: the value of what was chosen is a word of `/case` and what stands behind it."""
    ack()
    word, _, rest = str(action["selected_option"]["value"]).partition(" ")
    if word not in asked.words:
        raise NotAllowed("This menu is out of date. `/case` shows the present state.")
    asked.words[word].do(asked, rest)


def word_button(ack: Ack, action: dict[str, Any], asked: Asked) -> None:
    """A button that stands for a word: `word_release` with the case as its value."""
    ack()
    word = str(action["action_id"]).removeprefix("word_")
    # A button must have a value, so one for a word alone brings the word itself back.
    value = str(action.get("value") or "")
    asked.words[word].do(asked, "" if value == word else value)


def found(ack: Ack, view: dict[str, Any], desk: Desk, answer: Answer) -> None:
    asked = written(view, "words")
    if not asked:
        ack(response_action="errors", errors={"words": "Write what to look for."})
        return
    cases = find(desk.office, asked)
    ack()
    answer(*found_list(cases))


def bring_back(ack: Ack, action: dict[str, Any], user: str, listener: Listener, answer: Answer) -> None:
    ack()
    number = listener.bring_back(row_id(action["value"]), by=user)
    answer(f"It is case {number} now. `/claim {number}` takes it.")


# The words. Each gets what stood behind it.


def _show(asked: Asked, rest: str) -> None:
    number = case_number(rest)
    asked.answer(*case_sheet(asked.desk.view(number)))
    asked.services.presences.begin(number, LOOKING, by=asked.user)


def _help(asked: Asked, rest: str) -> None:
    lines = (f"`/case {word.usage}` {word.what}" for word in asked.words.values())
    asked.answer("\n".join([FIRST, *lines]))


def _mine(asked: Asked, rest: str) -> None:
    asked.answer(*case_list(asked.desk.mine(asked.user)))


def _aside(asked: Asked, rest: str) -> None:
    asked.answer(*aside_list(asked.services.listener.set_aside()))


def _queue(asked: Asked, rest: str) -> None:
    name = as_typed(rest).strip().removeprefix("#")
    asked.answer(*waiting_list(*asked.desk.waiting(name or None, by=asked.user), name or None))


def _find(asked: Asked, rest: str) -> None:
    if rest.strip():
        asked.answer(*found_list(find(asked.office, as_typed(rest))))
    else:
        asked.open_modal(find_modal(asked.answer.remembered))


WORDS: dict[str, Word] = {
    "show": Word(_show, "12", "all about it"),
    "mine": Word(_mine, "mine", "what I have"),
    "queue": Word(_queue, "queue nordic", "what waits in one queue; without a name, in all"),
    "find": Word(_find, "find leaking kettle", "in posts, names and notes"),
    "aside": Word(_aside, "aside", "what was set aside"),
    "help": Word(_help, "help", "this list"),
}

COMMANDS: dict[str, tuple[Handler, str, str]] = {
    "/case": (case, "Show a case or move it on", "12 | mine | queue | find words | note 12 | help"),
}
ACTIONS: dict[str, Handler] = {"case_menu": case_menu, "bring_back": bring_back}
VIEWS: dict[str, Handler] = {"find": found}
