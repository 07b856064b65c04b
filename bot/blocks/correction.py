"""The window in which somebody says what a post is."""

from typing import Any

from bot.blocks.card import KINDS, title
from bot.blocks.modals import Meta, View, modal, select_input
from bot.blocks.text import language_name, option, section
from bot.case_view import CaseView
from config.playbook import Playbook
from models.lesson import NO_TOPIC
from models.mention import Mention

NONE = "-"
"""In place of NO_TOPIC: an option must have a value, and no topic is called so."""
ASIDE = {"no": "No, it was rightly set aside", "yes": "Yes, make it a case"}


def correction_modal(view: CaseView, languages: list[str], answer: Meta) -> View:
    """Filled with what the case is now."""
    case = view.case
    blocks = [
        section(
            "is|why",
            f"*{title(view)}*\nThe case changes, and goes to the queue where such cases go. The sift learns "
            "from it: leads see who said what.",
        ),
        *_what(view.playbook, languages, case.kind, case.topic, case.language),
    ]
    meta = {"case": case.id, "answer": answer}
    return modal("is", f"What it is · case {case.id}", blocks, submit="That is what it is", meta=meta)


def aside_modal(mention: Mention, book: Playbook, languages: list[str], answer: Meta) -> View:
    """For a post that was set aside."""
    needed = [option(words, key) for key, words in ASIDE.items()]
    blocks = [
        section("is|why", "The sift learns from it: leads see who said what."),
        *_what(book, languages, mention.kind, mention.topic, mention.language),
        select_input("needed", "Does somebody need to see it?", needed, initial="no"),
    ]
    meta = {"mention": mention.id, "answer": answer}
    return modal("is_aside", "What it is", blocks, submit="That is what it is", meta=meta)


def topic_of(value: str | None) -> str | None:
    """What was chosen in the window, as a lesson has it."""
    return NO_TOPIC if value == NONE else value


def _what(
    book: Playbook, languages: list[str], kind: str, topic: str | None, language: str
) -> list[dict[str, Any]]:
    kinds = [option(words, key) for key, words in KINDS.items()]
    topics = [option("None of these", NONE)]
    topics += [option(book.topic_label(one.name), one.name) for one in book.topics][:98]
    if topic is not None and topic not in [one["value"] for one in topics]:
        topics.append(option(topic, topic))  # of a playbook before this one
    codes = sorted(languages, key=language_name)[:98]
    if language not in codes:
        codes.append(language)
    spoken = [option(language_name(code).capitalize(), code) for code in codes]
    return [
        select_input("kind", "What is it?", kinds, initial=kind),
        select_input("topic", "What is it about?", topics, initial=topic or NONE),
        select_input("language", "In which language?", spoken, initial=language),
    ]
