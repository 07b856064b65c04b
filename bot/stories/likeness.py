"""When two posts tell the same story in nearly the same words.

Found by keys, then compared. A post's keys are the smallest of the hashes of its pieces (a "bottom-k
sketch", Broder 1997): of two posts that share most of their pieces the smallest ones are nearly always
shared too, whatever stands around them. What shares a key is compared word by word, in order, by RapidFuzz.
Links, handles, tags, numbers, marks and personal data are taken out before: copies differ in them.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

from bot.sift.plain_text import ONE_UNSPACED, normalised, without_names_and_links

KEYS = 6
"""Of two posts with half of their pieces in common 98 in 100 share one of so many."""
SAYS_LITTLE, UNSPACED_PIECE = 8, 3
"""A piece is two words together, if they have more characters than this ("of the" is everywhere); or, where
there are no spaces, so many signs."""
WORDS, LETTERS, UNSPACED_LETTERS = 7, 35, 16
"""What is shorter ("Thanks!", "Same here") is alike by chance."""
NEARLY, NEARLY_SHORT, SHORT = 0.75, 0.92, 12
"""The share of words in common, in their order, from which on two posts are copies; and for those of fewer
than so many words, where another word is another thing that broke. How they were chosen: docs/stories.md."""
NEARLY_UNSPACED = 0.8
"""The same share of signs, where there are no spaces between words."""
WITHIN, WITHIN_LETTERS = 93.0, 50
"""A copy of so many letters may also stand within a longer post, such as a quote with a remark."""
LONGEST = 1000
"""Characters that are compared."""

_REPOSTED = re.compile(r"\A\s*RT @\w{1,50}:?\s", re.IGNORECASE)
_NO_LETTER = re.compile(r"[\W\d_]+")


@dataclass(frozen=True)
class Likeness:
    """A post as it is compared; `keys` are whole numbers below 2**31."""

    text: str
    keys: tuple[int, ...]


def likeness(text: str, personal_data: Iterable[str] = ()) -> Likeness | None:
    """What a post is found and compared by; None when it is too short to be a copy of anything."""
    plain = compared(text, personal_data)
    if _is_unspaced(plain):
        plain = plain.replace(" ", "")
        pieces = {plain[n : n + UNSPACED_PIECE] for n in range(len(plain) - UNSPACED_PIECE + 1)}
    else:
        words = plain.split()
        if len(plain) < LETTERS or len(words) < WORDS:
            return None
        pairs = {f"{one} {next_}" for one, next_ in pairwise(words)}
        pieces = {pair for pair in pairs if len(pair) > SAYS_LITTLE} or pairs
    smallest = sorted(crc32(piece.encode()) >> 1 for piece in pieces)
    return Likeness(plain, tuple(dict.fromkeys(smallest[:KEYS])))


def compared(text: str, personal_data: Iterable[str] = ()) -> str:
    """A post's own words: in lower case, one space between them, nothing else."""
    text = _REPOSTED.sub("", text[: 2 * LONGEST])
    for private in sorted(personal_data, key=len, reverse=True):
        text = text.replace(private, " ")
    return _NO_LETTER.sub(" ", normalised(without_names_and_links(text))).strip()[:LONGEST]


def alike(one: Likeness, other: Likeness) -> bool:
    """Whether one is a near copy of the other, or stands within it."""
    if one.text == other.text:
        return True
    from rapidfuzz import fuzz  # only when there is something to compare
    from rapidfuzz.distance import Indel

    short, long = sorted((one.text, other.text), key=len)
    if ONE_UNSPACED.search(short):
        if Indel.normalized_similarity(short, long, score_cutoff=NEARLY_UNSPACED) > 0:
            return True
        return 2 * len(short) >= WITHIN_LETTERS and _within(fuzz.partial_ratio, short, long)
    words, others = short.split(), long.split()
    nearly = NEARLY if min(len(words), len(others)) >= SHORT else NEARLY_SHORT
    if Indel.normalized_similarity(words, others, score_cutoff=nearly) > 0:
        return True
    theirs = set(others)
    if sum(word in theirs for word in words) < NEARLY * len(words):
        return False  # most cases, and this is quick
    return len(short) >= WITHIN_LETTERS and _within(fuzz.partial_ratio, short, long)


def _within(partial_ratio: Callable[..., float], short: str, long: str) -> bool:
    """Whether one stands in the other, of which it is a good part."""
    return len(long) <= 3 * len(short) and partial_ratio(short, long, score_cutoff=WITHIN) > 0


def _is_unspaced(plain: str) -> bool:
    """Mostly signs of a script without spaces, and enough of them."""
    if plain.isascii():
        return False
    unspaced = len(ONE_UNSPACED.findall(plain))
    return unspaced >= UNSPACED_LETTERS and 2 * unspaced > len(plain)
