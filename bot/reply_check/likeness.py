"""Does a draft read like a template: nearly the same as what we said to others?"""

import re
from collections.abc import Iterable

from bot.reply_check.reading import plain
from bot.reply_check.us import Us
from bot.sift.plain_text import without_names_and_links

LIKE = 88
"""From so much likeness on (0 to 100, rapidfuzz's `ratio`) two replies are nearly the same."""
FEWEST_SIGNS = 24
"""Shorter texts ("Thank you so much!") are alike because they are short."""
_LONGEST = 1_000
_MOST = 10
_SENTENCE = re.compile(r"[^.!?。！？\n]+[.!?。！？]*")
_HELLO = re.compile(r"^[^\s,.!?]+(?: [^\s,.!?]+)?(?: [^\s,.!?]+)?[,!] ")
_NOT_LETTERS = re.compile(r"[\W\d_]+")


def like_one_of(text: str, recent: Iterable[str], us: Us) -> bool:
    """Is the draft nearly the same as one of the `recent` replies, leaving out names and introductions?"""
    from rapidfuzz import fuzz  # only where there is something to compare with

    said = _bare(text, us)
    if len(said) < FEWEST_SIGNS:
        return False
    return any(fuzz.ratio(said, _bare(other, us), score_cutoff=LIKE) for other in list(recent)[-_MOST:])


def _bare(text: str, us: Us) -> str:
    text = without_names_and_links(plain(text[:_LONGEST])).strip()
    kept = [one.strip() for one in _SENTENCE.findall(text) if not us.pattern.search(one)]
    said = " ".join(_HELLO.sub("", one) for one in kept)
    return _NOT_LETTERS.sub(" ", said.lower()).strip()
