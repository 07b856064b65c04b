"""One matcher for word lists: brand keywords, topics, cues. All lists of a book are searched in one pass.

A text is cut into words, and each word is looked up among the first words of all entries. That is several
times as fast as an expression for each list, and needs no compiling.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from bot.sift.word_entries import Entry, cut
from bot.sift.word_index import FoundByList, WordIndex

_TEXTS_KEPT = 16
"""A post is searched several times: whole, without its links, and a cue of it for itself."""


class Place(NamedTuple):
    """A word of a list as it stands in a text, from `start` up to `end`."""

    word: str
    start: int
    end: int


class WordBook:
    """Word lists by name, searched together. Text has to be `normalised` before it is searched.

    The index is made when it is first needed: a team hears only some of the languages.
    """

    def __init__(self, lists: Mapping[Hashable, Iterable[str]]) -> None:
        self._lists = {name: tuple(dict.fromkeys(words)) for name, words in lists.items()}
        self.found = lru_cache(maxsize=_TEXTS_KEPT)(self._found)
        """By list all that is found in a text, overlaps and all; see `places`."""

    def __getitem__(self, name: Hashable) -> "WordList":
        return WordList((self,), name)

    @cached_property
    def _index(self) -> WordIndex:
        return WordIndex(Entry.of(name, word) for name, words in self._lists.items() for word in words)

    def _found(self, text: str) -> FoundByList:
        return self._index.found(cut(text))


@dataclass(frozen=True)
class WordList:
    """A list of a book; of several books together, what they have under this name."""

    books: tuple[WordBook, ...]
    name: Hashable

    def first(self, text: str) -> str | None:
        """The first word of the list in `text`, as it stands there; None when there is none."""
        found = self.places(text)
        return text[slice(*found[0])] if found else None

    def all(self, text: str) -> Iterator[Place]:
        """The words of the list in `text`, from the left and without overlaps."""
        for start, end in self.places(text):
            yield Place(text[start:end], start, end)

    def places(self, text: str) -> list[tuple[int, int]]:
        """Where the words of `all` start and end."""
        found = [lists for book in self.books if self.name in (lists := book.found(text))]
        return places(found, self.name) if found else []


def places(found: Iterable[FoundByList], name: Hashable) -> list[tuple[int, int]]:
    """Where the words of the list `name` start and end, out of what several books found in one text."""
    places = [place for lists in found if name in lists for place in lists[name]]
    if len(places) > 1:
        places.sort()
    taken: list[tuple[int, int]] = []
    last = 0
    for start, _, _, end in places:
        if start >= last:
            taken.append((start, end))
            last = end
    return taken


@lru_cache(maxsize=4096)
def word_list(words: tuple[str, ...]) -> WordList:
    """`words` as a list to search with.

    A word matches whole, whatever its case and the punctuation around it; accents count. `word*` matches
    every word that begins so, `*word` every word that ends so, `*word*` any that has it inside. A space in
    a phrase matches any white space or a hyphen. The longest entry wins.
    """
    return WordBook({"": words})[""]
