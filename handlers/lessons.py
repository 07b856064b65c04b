"""`/case is 12 praise`: what a case is; `/case lessons`: what the team has taught the sift."""

import re
from typing import Any

from slack_bolt import Ack

from bot.blocks.card import KINDS, title
from bot.blocks.correction import aside_modal, correction_modal, topic_of
from bot.blocks.lessons import lessons_list
from bot.blocks.modals import meta_of, value_of
from bot.blocks.text import LANGUAGES
from bot.desk import Desk
from bot.lessons.correcting import Correcting, Correction, languages_of
from bot.lessons.listing import Lessons
from bot.office import Office
from config.playbook import Playbook
from handlers.wiring import Answer, Asked, Handler, OpenModal, Word
from handlers.words import as_typed, bare, case_number, row_id
from models.corrected import Said
from models.errors import NotAllowed
from models.lesson import NO_TOPIC

_SAID = re.compile(
    r"(?P<kind>\w+)?\s*(?:\babout\s+(?P<topic>.+?))?\s*(?:\bin\s+(?P<language>\w+))?", re.IGNORECASE
)
_NOTHING = ("nothing", "none", "no topic", "-")
_WORDS = {"compliment": "praise", "suggestion": "idea", "mention": "other", "advert": "ad"}


def correct(ack: Ack, view: dict[str, Any], user: str, desk: Desk, answer: Answer) -> None:
    said = _said_in(view)
    done = Correcting(desk.office).correct(int(meta_of(view)["case"]), said, by=user)
    ack()
    answer(_became(done))


def correct_aside(ack: Ack, view: dict[str, Any], user: str, desk: Desk, answer: Answer) -> None:
    number, needed = int(meta_of(view)["mention"]), value_of(view, "needed") == "yes"
    case = Correcting(desk.office).correct_aside(number, _said_in(view), needed=needed, by=user)
    ack()
    back = f" It is case {case} now: `/claim {case}` takes it." if case else " It stays set aside."
    answer(f"Thank you, the sift learns from it.{back}")


def aside_button(ack: Ack, action: dict[str, Any], desk: Desk, answer: Answer, open_modal: OpenModal) -> None:
    ack()
    book = desk.office.playbook
    mention = Correcting(desk.office).aside(row_id(action["value"]))
    open_modal(aside_modal(mention, book, languages_of(book), answer.remembered))


# The words of `/case`.


def _is(asked: Asked, rest: str) -> None:
    first, _, words = rest.strip().partition(" ")
    number = case_number(first)
    correcting = Correcting(asked.office)
    if not words.strip():
        view = correcting.to_correct(number, by=asked.user)
        asked.open_modal(correction_modal(view, languages_of(asked.office.playbook), asked.answer.remembered))
        return
    done = correcting.correct(number, said_in_words(as_typed(words), asked.office.playbook), by=asked.user)
    asked.answer(_became(done))


def _lessons(asked: Asked, rest: str) -> None:
    _show(asked.office, asked.user, asked.answer)


def lesson_back(ack: Ack, action: dict[str, Any], user: str, desk: Desk, answer: Answer) -> None:
    ack()
    Lessons(desk.office).take_back(row_id(action["value"]), by=user)
    _show(desk.office, user, answer)


# Helpers.


def _show(office: Office, user: str, answer: Answer) -> None:
    taught, book = Lessons(office).newest(by=user), office.playbook
    answer(*lessons_list(taught, book, book.everything.time_zone, office.clock()))


def said_in_words(words: str, book: Playbook) -> Said:
    """`praise`, `about delivery`, `in sv`, or all of them in this order. Raises NotAllowed."""
    found = _SAID.fullmatch(" ".join(words.split()))
    if found is None or not words.strip():
        raise NotAllowed(
            "Say it as in `/case is 12 praise`, `/case is 12 about leaks` or `/case is 12 in sv`."
        )
    return Said(
        kind=_kind(found["kind"]) if found["kind"] else None,
        topic=_topic(found["topic"], book) if found["topic"] else None,
        language=_language(found["language"], book) if found["language"] else None,
    )


def _kind(word: str) -> str:
    kind = _WORDS.get(word.lower(), word.lower())
    if kind not in KINDS:
        raise NotAllowed(f"“{bare(word)}” is no kind. There are: {', '.join(KINDS)}.")
    return kind


def _topic(words: str, book: Playbook) -> str:
    named = {
        name.lower(): topic.name for topic in book.topics for name in (topic.label or topic.name, topic.name)
    }
    asked = words.strip().lower()
    if asked in _NOTHING:
        return NO_TOPIC
    near = [name for known, name in named.items() if known == asked] or [
        name for known, name in named.items() if known.startswith(asked) or asked.startswith(known)
    ]
    if not near:
        there = ", ".join(topic.name for topic in book.topics) or "none"
        raise NotAllowed(f"There is no topic “{bare(words, 40)}”. There are: {there}; or `about nothing`.")
    return near[0]


def _language(word: str, book: Playbook) -> str:
    known = {code: code for code in languages_of(book)}
    known |= {name.lower(): code for code, name in LANGUAGES.items()}
    if word.lower() not in known:
        raise NotAllowed(f"“{bare(word)}” is none of these languages: {', '.join(languages_of(book))}.")
    return known[word.lower()]


def _said_in(view: dict[str, Any]) -> Said:
    return Said(value_of(view, "kind"), topic_of(value_of(view, "topic")), value_of(view, "language"))


def _became(done: Correction) -> str:
    case = done.view.case
    if not done.changed:
        return f"Case {case.id} is that already: {title(done.view)}."
    said = [f"Case {case.id} is now: {title(done.view)}. Thank you, the sift learns from it."]
    if done.moved_to:
        said.append(f"It is in #{done.moved_to} now.")
    if done.above is not None:
        said.append(
            f"Such a case needs level {done.above}: if that is above yours, hand it over or ask a lead."
        )
    return " ".join(said)


WORDS: dict[str, Word] = {
    "is": Word(_is, "is 12 praise", "what it is; also `about leaks`, `in sv`: the sift learns from it"),
    "lessons": Word(_lessons, "lessons", "what the team has taught the sift (leads)"),
}
COMMANDS: dict[str, tuple[Handler, str, str]] = {}
ACTIONS: dict[str, Handler] = {"aside_is": aside_button, "lesson_back": lesson_back}
VIEWS: dict[str, Handler] = {"is": correct, "is_aside": correct_aside}
