"""One matcher for word lists: brand keywords, topics, cues. All lists of a book are searched in one pass.

A text is cut into words, and each word is looked up among the first words of all entries. That is several
times as fast as an expression for each list, and needs no compiling.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from bot.sift.word_entries import ANYWHERE, ENDS, STARTS, Cut, Entry, Found, cut

_TEXTS_KEPT = 16
"""A post is searched several times: whole, without its links, and a cue of it for itself."""
_Shelf = dict[str, list[Entry]]


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
    def _index(self) -> "_Index":
        return _Index(Entry.of(name, word) for name, words in self._lists.items() for word in words)

    def _found(self, text: str) -> dict[Hashable, list[Found]]:
        found: dict[Hashable, list[Found]] = {}
        for entry, start, end in self._index.search(cut(text)):
            found.setdefault(entry.name, []).append(entry.found(start, end))
        return found


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
        found = [place for book in self.books for place in book.found(text).get(self.name, ())]
        if len(found) > 1:
            found.sort()
        taken: list[tuple[int, int]] = []
        last = 0
        for start, _, _, end in found:
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


class _Index:
    """Entries by what leads to them in a text: a word, its beginning or ending, a sign."""

    def __init__(self, entries: Iterable[Entry | None]) -> None:
        self._single: _Shelf = {}
        self._pairs: dict[str, _Shelf] = {}
        """By the first word, then by the second; under "" when of the second only the beginning is given."""
        self._heads: _Shelf = {}
        self._tails: _Shelf = {}
        self._anywhere: _Shelf = {}
        self._odd: _Shelf = {}
        """By a sign of theirs: "#ad", "like & share"."""
        for entry in entries:
            if entry is not None:
                self._add(entry)
        self._head = min(map(len, self._heads), default=0)
        self._tail = min(map(len, self._tails), default=0)
        self._heads = _shelved(self._heads, lambda word: word[: self._head])
        self._tails = _shelved(self._tails, lambda word: word[-self._tail :])
        self._only_unspaced = all(entry.is_unspaced for found in self._anywhere.values() for entry in found)

    def _add(self, entry: Entry) -> None:
        words = entry.words
        if entry.form == ANYWHERE:
            first = entry.core[:2]
            _put(self._anywhere, first[0] if " " in first else first, entry)
        elif not entry.is_plain or (entry.form == ENDS and len(words) > 1):
            _put(self._odd, next((gap.strip()[0] for gap in entry.gaps if gap.strip()), ""), entry)
        elif len(words) == 1:
            _put({STARTS: self._heads, ENDS: self._tails}.get(entry.form, self._single), words[0], entry)
        else:
            is_begun = entry.form == STARTS and len(words) == 2
            _put(self._pairs.setdefault(words[0], {}), "" if is_begun else words[1], entry)

    def search(self, pieces: Cut) -> Iterator[tuple[Entry, int, int]]:
        """Every entry that is there, with its start and end, in no order."""
        single, pairs, heads, tails = self._single, self._pairs, self._heads, self._tails
        words, ends = pieces.words, pieces.ends
        for number, word in enumerate(words):
            if word in single:
                for entry in single[word]:
                    yield entry, ends[2 * number], ends[2 * number + 1]
            if heads and (begun := heads.get(word[: self._head])):
                for entry in begun:
                    if word.startswith(entry.core):
                        yield entry, ends[2 * number], ends[2 * number + 1]
            if tails and (ended := tails.get(word[-self._tail :])):
                for entry in ended:
                    if word.endswith(entry.core):
                        yield entry, ends[2 * number], ends[2 * number + 1]
            if word in pairs and number + 1 < len(words):
                then = pairs[word]
                for entry in (*then.get(words[number + 1], ()), *then.get("", ())):
                    if (end := entry.end_of_phrase(pieces, number)) is not None:
                        yield entry, ends[2 * number], end
        for sign, odd in self._odd.items():
            if sign in pieces.text:
                for entry in odd:
                    yield from _everywhere(entry, pieces.text)
        if self._anywhere and (pieces.has_unspaced or not self._only_unspaced):
            yield from self._inside(pieces.text)

    def _inside(self, text: str) -> Iterator[tuple[Entry, int, int]]:
        anywhere = self._anywhere
        for start, char in enumerate(text):
            for entries in (anywhere.get(char), anywhere.get(text[start : start + 2])):
                for entry in entries or ():
                    if " " in entry.core:
                        if found := entry.pattern.match(text, start):
                            yield entry, start, found.end()
                    elif text.startswith(entry.core, start):
                        yield entry, start, start + len(entry.core)


def _everywhere(entry: Entry, text: str) -> Iterator[tuple[Entry, int, int]]:
    """Each place that begins with `entry`, also within another one."""
    found = entry.pattern.search(text)
    while found:
        yield entry, found.start(), found.end()
        found = entry.pattern.search(text, found.start() + 1)


def _put(shelf: _Shelf, key: str, entry: Entry) -> None:
    shelf.setdefault(key, []).append(entry)


def _shelved(shelf: _Shelf, key: Callable[[str], str]) -> _Shelf:
    shelved: _Shelf = {}
    for word, entries in shelf.items():
        shelved.setdefault(key(word), []).extend(entries)
    return shelved
