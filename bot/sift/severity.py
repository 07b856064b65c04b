"""How grave a post is: 0 everyday, 1 worth a second look, 2 severe (a lawyer, the press, a large audience),
3 danger to somebody."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.sift.cues import cue_books
from bot.sift.words import WordList
from config.language_sift import SiftWords
from config.sifting import Kind, Reach

EVERYDAY, NOTICED, SEVERE, DANGER = 0, 1, 2, 3


@dataclass(frozen=True)
class Severity:
    """`why` is empty for an everyday post."""

    grade: int
    why: str


NOT_SEVERE = Severity(EVERYDAY, "")
NEVER_SEVERE: frozenset[Kind] = frozenset({"praise", "ad"})
"""Kinds of posts that are always everyday, whatever their words."""


class SeverityFinder:
    """Looks for grave words. A post is read in its own language and in English, which people mix in."""

    def __init__(self, packs: Iterable[SiftWords], reach: Reach) -> None:
        books = cue_books(packs)
        self._words = [
            (grade, label, WordList(books, label))
            for grade, label in ((DANGER, "danger"), (SEVERE, "legal"), (SEVERE, "press"))
        ]
        self._reach = reach

    def find(self, text: str, *, metrics: Mapping[str, int]) -> Severity:
        """The grade of a post with this `normalised` text, of a kind that can be severe."""
        for grade, label, words in self._words:
            if word := words.first(text):
                return Severity(grade, f"{label}: '{word}'")
        for name, limit in (("followers", self._reach.followers), ("reposts", self._reach.reposts)):
            if metrics.get(name, 0) >= limit:
                return Severity(SEVERE, f"{metrics[name]:,} {name}")
        return NOT_SEVERE
