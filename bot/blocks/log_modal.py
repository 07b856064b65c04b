"""The form for what an employee heard or was sent: what was said, by whom, and what to make of it."""

from typing import Any

from bot.blocks.card import KINDS
from bot.blocks.modals import View, modal, select_input, text_input
from bot.blocks.text import LANGUAGES, LOGGED, language_name, option
from bot.sift.sift import Verdict
from config.playbook import Playbook

LINK_LIMIT = 1500
PLACES = {place: words for place, words in LOGGED.items() if place != "slack"}


def log_modal(
    book: Playbook,
    *,
    meta: dict[str, Any],
    text: str = "",
    link: str = "",
    author: str = "",
    guess: Verdict | None = None,
) -> View:
    """Filled from a message with what the sift makes of it, or empty; then it asks where it happened too."""
    hint = "Leave out telephone numbers, addresses, order numbers: a text with personal data is not shown."
    kinds = [option(words, kind) for kind, words in KINDS.items() if kind != "ad"]
    queues = [option(queue.name, queue.name) for queue in book.queues][:100]
    blocks = [
        text_input("text", "What the customer said", initial=text, hint=hint),
        text_input(
            "link", "Link", initial=link, optional=True, multiline=False, limit=LINK_LIMIT, hint="https://…"
        ),
        text_input("author", "Their name", initial=author, optional=True, multiline=False, limit=200),
        select_input("kind", "What is it?", kinds, initial=guess.kind if guess else None),
        select_input("language", "Language", _languages(book), initial=guess.language if guess else None),
        select_input("queue", "Queue", queues, initial=guess.queue if guess else None),
    ]
    if guess is None:
        places = [option(words[0].upper() + words[1:], place) for place, words in PLACES.items()]
        blocks.insert(0, select_input("place", "Where was it?", places))
    title = "Make a case of this" if guess else "Log a conversation"
    return modal("log_case", title, blocks, submit="Make a case", meta=meta)


def _languages(book: Playbook) -> list[dict[str, object]]:
    """Those with a name and those of the playbook, by name; unknown last."""
    spoken = [q.languages for q in book.queues] + [b.languages for b in book.brands]
    ours = {code for languages in spoken for code in languages}
    known = sorted({*LANGUAGES, *ours}, key=language_name)[:99]
    return [*(option(language_name(code), code) for code in known), option("Unknown", "unknown")]
