"""What of a text can be looked for, in any language: the pieces that the index of words is made of.

The index only narrows down: what it finds is compared with the text itself afterwards. So pieces may say more
than is so, never less.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.sift.plain_text import UNSPACED

LONGEST = 32
"""Signs of a word that count."""
PART = 4
"""So many letters at the end of a longer word, or more, are found by themselves: "maskine" in
"kaffemaskine", the end of an order number."""
MOST = 2_000
"""Pieces of one text; only a long article has more."""
_MARKS = "\u0300-\u036f\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"
"""Vowel signs and the like, which belong to the word that they stand in."""
_SIGNS = "%€£¥₹\u2190-\u2bff\U0001f000-\U0001faff"
"""Looked for as they are: 50%, an emoji. Other signs only end a word."""
_PIECES = re.compile(rf"([{UNSPACED}]+)|((?:[^\W_{UNSPACED}]|[{_MARKS}])+)|([{_SIGNS}])")


@dataclass(frozen=True)
class Piece:
    """What is looked for in the index; `begins`: a word that begins with it will do."""

    text: str
    begins: bool


def pieces_of(*texts: str | None) -> list[str]:
    """What goes into the index for these texts, each once: letters, digits and a few signs, never a quotation
    mark or a blank."""
    found: dict[str, None] = {}
    for text in texts:
        for piece in _pieces(text or ""):
            found[piece] = None
            if len(found) == MOST:
                return list(found)
    return list(found)


def asked_for(word: str) -> list[Piece]:
    """What every text has in the index that has `word` in it, be it at the end or the beginning of a longer
    one. Empty when it has nothing that can be looked for, as "…"."""
    asked: dict[Piece, None] = {}
    letters: dict[Piece, None] = {}
    for unspaced, spaced, sign in _PIECES.findall(_plain(word)):
        if unspaced:
            pairs = (Piece(pair, begins=False) for pair in _pairs(unspaced))
            asked.update(dict.fromkeys(pairs if len(unspaced) > 1 else [Piece(unspaced, begins=True)]))
        elif len(spaced) == 1:
            letters[Piece(spaced, begins=False)] = None
        else:
            asked[Piece(spaced[:LONGEST] or sign, begins=bool(spaced))] = None
    # What begins with a single letter would be half of everything, so that is looked for as a word; and not
    # beside others, as in "rock'n".
    return list(asked or letters)


# Helpers.


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _pieces(text: str) -> Iterator[str]:
    for unspaced, spaced, sign in _PIECES.findall(_plain(text)):
        if unspaced:
            yield from _pairs(unspaced)
            yield unspaced[-1]  # else the last sign would be found only after the one before it
        elif sign:
            yield sign
        else:
            yield from _word(spaced[:LONGEST])


def _pairs(run: str) -> Iterable[str]:
    return (run[i : i + 2] for i in range(len(run) - 1))


def _word(word: str) -> Iterator[str]:
    yield word
    if len(word) >= 2 * PART and (word.isalpha() or word.isdigit()):
        for start in range(1, len(word) - PART + 1):
            yield word[start:]
