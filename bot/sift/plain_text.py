"""Text as the matchers see it: one form for look-alike characters, and the way back to the original."""

import re
import unicodedata
from dataclasses import dataclass

_DASHES = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-")
_QUOTES = dict.fromkeys("\u2018\u2019\u02bc\u2032\uff07", "'")

# A web address with or without its scheme, an @handle, a #tag. Possessive, so that long junk costs one pass.
LINK = re.compile(r"(?:https?://|www\.)\S++|(?<![\w.@-])[\w-]++(?:\.[\w-]++)++/\S*+", re.IGNORECASE)
HANDLE = re.compile(r"(?<![\w@.])@\w++(?:[.-]\w++)*+(?:@\w++(?:[.-]\w++)++)?")
TAG = re.compile(r"(?<![\w&])#(?=\w*[^\W\d])\w++")


@dataclass(frozen=True)
class PlainText:
    """`text` is normalised; `origin[i]` is where its i-th character stands in the original.

    `origin` is one longer than `text`, so that an end can be looked up as well.
    """

    text: str
    origin: tuple[int, ...]

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
    if text.isascii() and text.isprintable():
        return PlainText(text, tuple(range(len(text) + 1)))
    chars: list[str] = []
    origin: list[int] = []
    for position, char in enumerate(text):
        if is_invisible(char):
            continue
        plain = _DASHES.get(char) or _QUOTES.get(char) or unicodedata.normalize("NFKC", char)
        chars.append(plain)
        origin.extend([position] * len(plain))
    origin.append(len(text))
    return PlainText("".join(chars), tuple(origin))


def normalised(text: str) -> str:
    """NFKC with combined accents, without invisible characters, case-folded: the form that words match in."""
    if text.isascii() and text.isprintable():
        return text.casefold()
    visible = "".join(c for c in text if not is_invisible(c))
    plain = unicodedata.normalize("NFKC", visible).translate(_TABLE)
    return unicodedata.normalize("NFKC", plain.casefold())


def without_names_and_links(text: str) -> str:
    """`text` with its links, handles and tags taken out."""
    for pattern in (LINK, HANDLE, TAG):
        text = pattern.sub(" ", text)
    return text


_TABLE = str.maketrans(_DASHES | _QUOTES)
