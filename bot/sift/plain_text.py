"""Text as the matchers see it: one form for look-alike characters, and the way back to the original."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_DASHES = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-")
_QUOTES = dict.fromkeys("\u2018\u2019\u02bc\u2032\uff07", "'")

# Scripts written without spaces: there a word may stand anywhere, and next to a word of another script.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
)
ONE_UNSPACED = re.compile(f"[{UNSPACED}]")
LETTER = rf"[^\W{UNSPACED}]"
"""A letter, digit or underscore of a script that puts spaces between words."""

# A web address with or without its scheme, an @handle, a #tag. Possessive, so that long junk costs one pass.
# Japanese and Chinese run on right behind an address or a handle, as X reads them too; a tag may be in them.
_IN_LINK = rf"[^\s{UNSPACED}\u3001\u3002\u300c-\u3011\uff01-\uff0f\uff1a-\uff1f]"
LINK = re.compile(
    rf"(?:https?://|www\.){_IN_LINK}++|(?<!{LETTER})(?<![.@-])(?:{LETTER}|-)++(?:\.(?:{LETTER}|-)++)++/{_IN_LINK}*+",
    re.IGNORECASE,
)
HANDLE = re.compile(
    rf"(?<!{LETTER})(?<![@.])@{LETTER}++(?:[.-]{LETTER}++)*+(?:@{LETTER}++(?:[.-]{LETTER}++)++)?"
)
TAG = re.compile(r"(?<![\w&])#(?=\w*[^\W\d])\w++")


@dataclass(frozen=True)
class PlainText:
    """`text` is normalised; `origin[i]` is where its i-th character stands in the original.

    `origin` is one longer than `text`, so that an end can be looked up as well.
    """

    text: str
    origin: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the characters from `start` up to `end` stand in the original."""
        return self.origin[start], self.origin[end - 1] + 1


def is_invisible(char: str) -> bool:
    """Zero-width characters, direction marks, variation selectors and controls, all but white space."""
    if char.isalnum() or " " <= char <= "~":
        return False
    return (
        unicodedata.category(char) in ("Cf", "Cc", "Cs") and not char.isspace()
    ) or "\ufe00" <= char <= "\ufe0f"


def plain_text(text: str) -> PlainText:
    """`text` in NFKC, character by character, without invisible ones, with plain dashes and apostrophes."""
    changed = _changed(text)
    if not changed:
        return PlainText(text, range(len(text) + 1))
    if all(len(plain) == 1 for plain in changed.values()):
        return PlainText(
            text.translate({ord(char): plain for char, plain in changed.items()}), range(len(text) + 1)
        )
    chars: list[str] = []
    origin: list[int] = []
    for position, char in enumerate(text):
        plain = changed.get(char, char)
        chars.append(plain)
        origin.extend([position] * len(plain))
    origin.append(len(text))
    return PlainText("".join(chars), origin)


def _changed(text: str) -> dict[str, str]:
    """What the unusual characters of `text` become; most texts have none."""
    if text.isascii() and text.isprintable():
        return {}
    return {char: plain for char in set(text) if not " " <= char <= "~" and (plain := _plain(char)) != char}


@lru_cache(maxsize=20_000)
def _plain(char: str) -> str:
    if is_invisible(char):
        return ""
    return _DASHES.get(char) or _QUOTES.get(char) or unicodedata.normalize("NFKC", char)


def normalised(text: str) -> str:
    """NFKC with combined accents, without invisible characters, case-folded: the form that words match in."""
    if text.isascii() and text.isprintable():
        return text.lower()  # the same, and most texts are so
    changed = _changed(text)
    if hidden := [char for char, plain in changed.items() if not plain]:
        text = text.translate(dict.fromkeys(map(ord, hidden)))
    plain = unicodedata.normalize("NFKC", text).translate(_TABLE) if not text.isascii() else text
    return unicodedata.normalize("NFKC", plain.casefold())


def is_unspaced(text: str) -> bool:
    """Whether there is a script in it that puts no spaces between words."""
    return not text.isascii() and ONE_UNSPACED.search(text) is not None


def without_accents(text: str) -> str:
    """`text` with its letters bare: "não" is "nao", "ça" is "ca"."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def without_names_and_links(text: str) -> str:
    """`text` with its links, handles and tags taken out."""
    text, _ = without_links(text)
    if "@" in text:
        text = HANDLE.sub(" ", text)
    return TAG.sub(" ", text) if "#" in text else text


def without_links(text: str) -> tuple[str, int]:
    """`text` with its links taken out, and how many there were."""
    return LINK.subn(" ", text) if may_have_links(text) else (text, 0)


def may_have_links(text: str) -> bool:
    """Whether it is worth while to look for links."""
    return "/" in text or "www." in text.lower()


_TABLE = str.maketrans(_DASHES | _QUOTES)
