"""Entries of word lists, and texts cut into pieces so that entries are found by looking words up."""

import re
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate
from sys import intern

from bot.sift.plain_text import LETTER, is_unspaced, normalised

_WORDS = re.compile(rf"({LETTER}+)")
_SPACED_WORDS = re.compile(r"(\w+)")  # the same where all scripts have spaces, and quicker
_BLANK = re.compile(r"[\s\-]+")

# Where two entries of a list begin at the same place, the form that comes first here wins, then the longer.
STARTS, WHOLE, ENDS, ANYWHERE = range(4)

Found = tuple[int, int, int, int]
"""Where it starts, its form, minus its entry's length, where it ends: sorted, the better one comes first."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A text as words and the gaps around them: one more gap than words, and the first gap comes first."""

    text: str
    words: list[str]
    gaps: list[str]
    ends: list[int]
    """Where gap 0 ends, word 0, gap 1, word 1 …: word i starts at ends[2 * i] and ends at ends[2 * i + 1]."""
    has_unspaced: bool


@lru_cache(maxsize=16)
def cut(text: str) -> Cut:
    unspaced = is_unspaced(text)
    pieces = (_WORDS if unspaced else _SPACED_WORDS).split(text)
    return Cut(text, pieces[1::2], pieces[::2], list(accumulate(map(len, pieces))), unspaced)


@dataclass(frozen=True, slots=True)
class Entry:
    """One word or phrase of the list `name`. There are tens of thousands: what is needed once is not kept."""

    name: Hashable
    core: str
    """What is written between the stars."""
    form: int
    words: tuple[str, ...]
    gaps: tuple[str, ...]
    """One more than words: what stands before, between and after them."""

    @classmethod
    def of(cls, name: Hashable, written: str) -> "Entry | None":
        """None for an entry without anything to look for."""
        word = " ".join(normalised(written).split())
        core = word.strip("*").strip()
        if not core:
            return None
        form = STARTS if word.endswith("*") else ENDS if word.startswith("*") else WHOLE
        if is_unspaced(core) or (word.endswith("*") and word.startswith("*")):
            form = ANYWHERE
        pieces = _WORDS.split(core)
        return cls(name, core, form, tuple(map(intern, pieces[1::2])), _same(tuple(pieces[::2])))

    @property
    def is_plain(self) -> bool:
        """Words with a blank or a sign between them and nothing around them: "not working", "don't"."""
        first, *between, last = self.gaps if len(self.gaps) > 1 else ("?", "?")
        return not (first or last) and all(gap == " " or " " not in gap for gap in between)

    @property
    def is_unspaced(self) -> bool:
        return is_unspaced(self.core)

    @property
    def pattern(self) -> re.Pattern[str]:
        """The entry as an expression, for those few that are not plain."""
        return _pattern(self.core, self.form)

    def end_of_phrase(self, pieces: Cut, first: int) -> int | None:
        """Where this plain entry ends if it begins with word `first` of `pieces`; None when it does not."""
        words, gaps = self.words, self.gaps
        last = first + len(words) - 1
        if last >= len(pieces.words):
            return None
        for number in range(1, len(words)):
            word, said = words[number], pieces.words[first + number]
            is_begun = self.form == STARTS and first + number == last
            if said != word and not (is_begun and said.startswith(word)):
                return None
            written, gap = gaps[number], pieces.gaps[first + number]
            if gap != written and not (written == " " and _BLANK.fullmatch(gap)):
                return None
        return pieces.ends[2 * last + 1]


@cache
def _same(gaps: tuple[str, ...]) -> tuple[str, ...]:
    """One object for all that are equal: there are few different ones."""
    return gaps


@cache
def _pattern(core: str, form: int) -> re.Pattern[str]:
    written = "".join(r"[\s\-]+" if char == " " else re.escape(char) for char in core)
    if form == ANYWHERE:
        return re.compile(written)
    if form == ENDS:
        # Behind a whole word, look back for its ending; there a blank is one character.
        ending = "".join(r"[\s-]" if char == " " else re.escape(char) for char in core)
        return re.compile(rf"(?<!{LETTER}){LETTER}++(?<={ending})")
    return re.compile(rf"(?<!{LETTER}){written}" + (rf"{LETTER}*+" if form == STARTS else rf"(?!{LETTER})"))
