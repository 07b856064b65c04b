"""The entries of many word lists by what leads to them, so that one pass over a text finds them all."""

from collections.abc import Callable, Hashable, Iterable

from bot.sift.word_entries import ANYWHERE, ENDS, STARTS, Cut, Entry, Found

FoundByList = dict[Hashable, list[Found]]
"""By list all that is found in a text, overlaps and all. A list of which there is nothing is not in it."""
_Shelf = dict[str, tuple[Entry, ...]]
_NONE: _Shelf = {}


class WordIndex:
    """Finds entries by a word of theirs, its beginning or ending, by two characters or by a sign."""

    def __init__(self, entries: Iterable[Entry | None]) -> None:
        self._leads: dict[str, tuple[tuple[Entry, ...], _Shelf]] = {}
        """By the first word: entries of one word, and those of several by their second word (under "" when
        of that only the beginning is given)."""
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
            _put_on(self._anywhere, first[0] if " " in first else first, entry)
        elif not entry.is_plain or (entry.form == ENDS and len(words) > 1):
            _put_on(self._odd, next((gap.strip()[0] for gap in entry.gaps if gap.strip()), ""), entry)
        elif len(words) == 1 and entry.form in (STARTS, ENDS):
            _put_on(self._heads if entry.form == STARTS else self._tails, words[0], entry)
        else:
            single, longer = self._leads.get(words[0], ((), _NONE))
            if len(words) == 1:
                self._leads[words[0]] = (*single, entry), longer
            else:
                longer = longer or {}
                _put_on(longer, "" if entry.form == STARTS and len(words) == 2 else words[1], entry)
                self._leads[words[0]] = single, longer

    def found(self, pieces: Cut) -> FoundByList:
        """All entries that are in a text."""
        found: FoundByList = {}
        if not self._leads.keys().isdisjoint(pieces.words):
            self._find_words(pieces, found)
        if self._heads or self._tails:
            self._find_parts(pieces, found)
        for sign, entries in self._odd.items():
            if sign in pieces.text:
                for entry in entries:
                    _find_everywhere(entry, pieces.text, found)
        if self._anywhere and (pieces.has_unspaced or not self._only_unspaced):
            self._find_inside(pieces.text, found)
        return found

    def _find_words(self, pieces: Cut, found: FoundByList) -> None:
        leads, words, ends = self._leads, pieces.words, pieces.ends
        last = len(words) - 1
        for number, word in enumerate(words):
            if word not in leads:
                continue
            single, longer = leads[word]
            start = ends[2 * number]
            for entry in single:
                _put(found, entry, start, ends[2 * number + 1])
            if longer and number < last:
                for second in (words[number + 1], ""):
                    for entry in longer.get(second, ()):
                        if (end := entry.end_of_phrase(pieces, number)) is not None:
                            _put(found, entry, start, end)

    def _find_parts(self, pieces: Cut, found: FoundByList) -> None:
        head, tail, heads, tails, ends = self._head, self._tail, self._heads, self._tails, pieces.ends
        for number, word in enumerate(pieces.words):
            if heads and (entries := heads.get(word[:head])):
                for entry in entries:
                    if word.startswith(entry.core):
                        _put(found, entry, ends[2 * number], ends[2 * number + 1])
            if tails and (entries := tails.get(word[-tail:])):
                for entry in entries:
                    if word.endswith(entry.core):
                        _put(found, entry, ends[2 * number], ends[2 * number + 1])

    def _find_inside(self, text: str, found: FoundByList) -> None:
        anywhere = self._anywhere
        for start, char in enumerate(text):
            for key in (char, text[start : start + 2]):
                for entry in anywhere.get(key, ()):
                    if " " not in entry.core:
                        if text.startswith(entry.core, start):
                            _put(found, entry, start, start + len(entry.core))
                    elif there := entry.pattern.match(text, start):
                        _put(found, entry, start, there.end())


def _find_everywhere(entry: Entry, text: str, found: FoundByList) -> None:
    """Each place that begins with `entry`, also within another one."""
    there = entry.pattern.search(text)
    while there:
        _put(found, entry, there.start(), there.end())
        there = entry.pattern.search(text, there.start() + 1)


def _put_on(shelf: _Shelf, key: str, entry: Entry) -> None:
    shelf[key] = (*shelf.get(key, ()), entry)


def _put(found: FoundByList, entry: Entry, start: int, end: int) -> None:
    place = (start, entry.form, -len(entry.core), end)
    if entry.name in found:
        found[entry.name].append(place)
    else:
        found[entry.name] = [place]


def _shelved(shelf: _Shelf, key: Callable[[str], str]) -> _Shelf:
    shelved: _Shelf = {}
    for word, entries in shelf.items():
        shelved[key(word)] = shelved.get(key(word), ()) + entries
    return shelved
