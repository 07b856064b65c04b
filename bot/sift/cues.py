"""Cue words found in a post: which, where, turned round by a negation or not."""

import re
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.sift.plain_text import LETTER, ONE_UNSPACED, UNSPACED
from bot.sift.words import WordBook, WordList, places
from config.language_sift import Cues, SiftWords, Themes

# A clause ends here: a negation does not reach across. A comma ends it for all but what things ought to do:
# "it doesn't leak any more, thank you", but "the pump, sadly, does not work".
_CLAUSE_END = re.compile(
    rf"[.!?;:\n…]+(?:[\s{UNSPACED}]|$)|。|\s[-–—]+\s|\b(?:but|men|maar|aber|mais|pero|sondern)\b|但是|不过|不過|"
    "けど|けれど|ですが|ますが"
)
_COMMA = re.compile("[,、]")
# In scripts without spaces each character counts.
_WORD = re.compile(rf"(?:{LETTER}|['-])+|[{UNSPACED}]")
# How many words may stand between a negation and what it turns round, before and after it: "not one of you
# has answered" and "virker simpelthen stadig ikke" reach far, "nobody came and it is lost" must not.
_REACH = {"expected": (4, 6), "praise": (3, 3), "praise?": (3, 3)}
_SHORT_REACH = (2, 0)
_THEMES = {("theme", name): name for name in Themes.model_fields}


@dataclass(frozen=True)
class Cue:
    """`word` as it stands in the normalised text; `negated` when a negation near it turns it round."""

    list: str
    word: str
    start: int
    end: int
    negated: bool = False


@dataclass(frozen=True)
class CueLists:
    """A pack's lists ready to be searched; several packs together when the language is unknown."""

    books: tuple[WordBook, ...]
    negations: WordList
    negation_after: bool

    @classmethod
    def of(cls, packs: Iterable[SiftWords]) -> "CueLists":
        packs = list(packs)
        books = cue_books(packs)
        return cls(
            books=books,
            negations=WordList(books, "negations"),
            negation_after=any(pack.negation_after for pack in packs),
        )

    def has_any(self, text: str, names: Iterable[str]) -> bool:
        """Whether any word of the lists `names` is in `text` (normalised)."""
        return not all(book.found(text).keys().isdisjoint(names) for book in self.books)

    def themes(self, text: str) -> dict[str, list[str]]:
        """The words of `text` (normalised) that speak of a theme, by theme."""
        lists = [book.found(text) for book in self.books]
        named = set[Hashable]().union(*lists)
        return {
            name: [text[start:end] for start, end in places(lists, key)]
            for key, name in _THEMES.items()
            if key in named
        }

    def find(self, text: str, names: Iterable[str]) -> list[Cue]:
        """Cues of the lists `names` in `text` (normalised), longest first where they overlap, by position."""
        lists = [book.found(text) for book in self.books]
        named = set[Hashable]().union(*lists)
        found = [(start, end, name) for name in names if name in named for start, end in places(lists, name)]
        if not found:
            return []
        found.sort(key=lambda f: (f[0] - f[1], f[0]))
        taken: list[tuple[int, int, str]] = []
        for start, end, name in found:
            if not any(start < e and s < end for s, e, _ in taken):
                taken.append((start, end, name))
        neutral = [(start, end) for start, end, name in taken if name == "neutral"]
        negations = [
            (start, end)
            for start, end in (places(lists, "negations") if "negations" in named else ())
            # 仕方ない, 没关系: there the negation is a piece of a longer word.
            if not (ONE_UNSPACED.match(text, start) and any(s <= start < e for s, e in neutral))
        ]
        return [
            Cue(
                name,
                text[start:end],
                start,
                end,
                bool(negations) and self._is_negated(text, start, end, name, negations),
            )
            for start, end, name in sorted(taken)
        ]

    def _is_negated(
        self, text: str, start: int, end: int, name: str, negations: list[tuple[int, int]]
    ) -> bool:
        reach_before, reach_after = _REACH.get(name, _SHORT_REACH)
        over_commas = name == "expected"
        for n_start, n_end in negations:
            if n_end <= start and _is_near(text[n_end:start], reach_before, over_commas):
                return True
            if (
                self.negation_after
                and n_start >= end
                and _is_near(text[end:n_start], reach_after, over_commas)
            ):
                return True
        return False


def _is_near(between: str, reach: int, over_commas: bool) -> bool:
    if between == " ":
        return True
    if len(between) > 80 or _CLAUSE_END.search(between) or (_COMMA.search(between) and not over_commas):
        return False
    return sum(1 for _ in _WORD.finditer(between)) <= reach


@lru_cache(maxsize=64)
def cue_book(pack: SiftWords) -> WordBook:
    """All lists of a pack; those of weak words under their name with a question mark."""
    lists: dict[Hashable, tuple[str, ...]] = {}
    for name in ("complaint", "praise", "question", "idea", "for_sale", "jobs", "giveaway", "affiliate"):
        cues: Cues = getattr(pack, name)
        lists[name], lists[f"{name}?"] = cues.strong, cues.weak
    for name in ("neutral", "expected", "offer", "own_story", "negations"):
        lists[name] = getattr(pack, name)
    for name in ("danger", "legal", "press"):
        lists[name] = getattr(pack.severity, name)
    lists |= {key: getattr(pack.themes, name) for key, name in _THEMES.items()}
    return WordBook(lists)


def cue_books(packs: Iterable[SiftWords]) -> tuple[WordBook, ...]:
    """The books of several packs, each once."""
    return tuple(dict.fromkeys(cue_book(pack) for pack in packs))


def quoted(cues: Iterable[Cue]) -> str:
    """The first three different words, as a team lead reads them: 'leaking', 'broken'."""
    return ", ".join(f"'{word}'" for word in list(_words(cues))[:3])


def _words(cues: Iterable[Cue]) -> Iterator[str]:
    yield from dict.fromkeys(" ".join(cue.word.split()) for cue in cues)
