"""How like a post is to what approved answers were written for and used for.

Pieces of three and four letters, within words, weighted by how rare they are in what customers write
(TF-IDF): endings, compounds and misspellings differ in few pieces. Japanese and Chinese have no spaces, so
there it is one to three signs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bot.sift.plain_text import normalised, without_names_and_links

if TYPE_CHECKING:
    from sklearn.feature_extraction.text import TfidfVectorizer

FLOOR = 0.38
"""Below it nothing is suggested: better none than a wrong one. How it was chosen: docs/answers.md."""
TOPIC = 0.15
"""So much the same topic adds, and another one takes away."""
SUGGESTED = 2
LONGEST = 1000
"""Characters of a post that are compared."""
_WITHOUT_SPACES = ("ja", "zh", "th")


@dataclass(frozen=True)
class Sample:
    """Words by which a post is known that `answer` answers: its title, an example, a post it was used for."""

    answer: int
    language: str
    topic: str | None
    text: str


def samples_of(answer: int, language: str, topic: str | None, title: str, example: str) -> list[Sample]:
    """What an answer itself gives: its title, each line of its example, and all of that together."""
    lines = [line for line in example.splitlines() if line.strip()]
    return [Sample(answer, language, topic, text) for text in (title, *lines, " ".join([*lines, title]))]


class Likeness:
    """Made once for a set of samples; then asked any number of times, from any thread."""

    def __init__(self, samples: Iterable[Sample], posts: Mapping[str, Sequence[str]]) -> None:
        """`posts` are what customers wrote lately, by language: what is common there says little."""
        by_language: dict[str, list[Sample]] = {}
        for sample in samples:
            by_language.setdefault(sample.language, []).append(sample)
        self._shelves = {
            code: _Shelf(code, shelf, posts.get(code, ())) for code, shelf in by_language.items()
        }

    def prepare(self) -> None:
        """Does now what the first question would have to wait for."""
        for shelf in self._shelves.values():
            _ = shelf.rows

    def nearest(self, text: str, language: str, topic: str | None) -> list[tuple[int, float]]:
        """Answers in `language` with their scores, best first. The floor is not applied."""
        shelf = self._shelves.get(language)
        return shelf.nearest(text, topic) if shelf else []


class _Shelf:
    """The samples in one language."""

    def __init__(self, language: str, samples: Sequence[Sample], posts: Sequence[str]) -> None:
        self._language = language
        self._posts = posts
        self._samples = [sample for sample in samples if _compared(sample.text)]

    @cached_property
    def rows(self) -> "tuple[TfidfVectorizer, Any] | None":
        """The vectorizer and one row for each sample; None where there is nothing to compare with."""
        if not self._samples:
            return None
        # Importing it takes more than a second, which nobody should wait for who needs no suggestion.
        from sklearn.feature_extraction.text import TfidfVectorizer

        spaces = self._language not in _WITHOUT_SPACES
        pieces = TfidfVectorizer(
            analyzer="char_wb" if spaces else "char",
            ngram_range=(3, 4) if spaces else (1, 3),
            sublinear_tf=True,
            lowercase=False,
        )
        texts = [_compared(sample.text) for sample in self._samples]
        pieces.fit([*texts, *map(_compared, self._posts)])
        return pieces, pieces.transform(texts)

    def nearest(self, text: str, topic: str | None) -> list[tuple[int, float]]:
        text = _compared(text)
        if not text or self.rows is None:
            return []
        pieces, rows = self.rows
        alike = (rows @ pieces.transform([text]).T).toarray()[:, 0]
        best: dict[int, float] = {}
        for sample, score in zip(self._samples, alike.tolist(), strict=True):
            if score > 0:
                score += _topics(sample.topic, topic)
                best[sample.answer] = max(best.get(sample.answer, 0.0), score)
        return sorted(best.items(), key=lambda one: (-one[1], one[0]))


def _compared(text: str) -> str:
    """The form that posts are compared in."""
    return " ".join(normalised(without_names_and_links(text[: 2 * LONGEST])).split())[:LONGEST]


def _topics(one: str | None, other: str | None) -> float:
    if one is None or other is None:
        return 0.0
    return TOPIC if one == other else -TOPIC
