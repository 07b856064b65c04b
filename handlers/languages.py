"""Which languages somebody answers in: `/case languages en, da`, or the form behind it."""

import re
from typing import Any

from slack_bolt import Ack

from bot.blocks.languages import languages_modal
from bot.blocks.modals import values_of
from bot.blocks.text import LANGUAGES, language_name
from bot.people import People
from bot.waiting import Waiting
from handlers.wiring import Answer, Asked, Handler, Word
from models.errors import NotAllowed

_ALL = ("all", "any", "every")


def languages(ack: Ack, view: dict[str, Any], user: str, people: People, answer: Answer) -> None:
    chosen = [one for one in values_of(view, "languages") if one in LANGUAGES]
    people.answers_in(user, chosen)
    ack()
    answer(_said(chosen))


def _languages(asked: Asked, rest: str) -> None:
    words = re.findall(r"\w+", rest.lower())
    if not words:
        with asked.office.db.reading() as session:
            known = Waiting(asked.office).languages(session, asked.user)
        asked.open_modal(languages_modal(known, asked.answer.remembered))
        return
    named = {name.lower(): code for code, name in LANGUAGES.items()}
    codes = [named.get(word, word) for word in words if word not in _ALL]
    unknown = [code for code in codes if code not in LANGUAGES]
    if unknown:
        there = ", ".join(LANGUAGES)
        raise NotAllowed(f"“{unknown[0][:20]}” is none of these languages: {there}.")
    asked.services.people.answers_in(asked.user, list(dict.fromkeys(codes)))
    asked.answer(_said(codes))


def _said(codes: list[str]) -> str:
    if not codes:
        return "`/claim` brings you cases in every language."
    names = ", ".join(dict.fromkeys(language_name(code) for code in codes))
    return f"`/claim` brings you cases in {names}. `/claim 12` takes any."


WORDS: dict[str, Word] = {
    "languages": Word(_languages, "languages en, da", "those that I answer in: `/claim` brings no others"),
}
COMMANDS: dict[str, tuple[Handler, str, str]] = {}
ACTIONS: dict[str, Handler] = {}
VIEWS: dict[str, Handler] = {"languages": languages}
