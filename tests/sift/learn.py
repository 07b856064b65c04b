"""Trains the learned part of the sift on the labelled posts in `training/`.

`python -m tests.sift.learn` writes bot/sift/weights/. `python -m tests.sift.learn --folds` prints instead
how the whole does on posts that it has not seen: trained without a third of the branches of business (bank,
travel …), tried on those, for each third. The development posts (posts.jsonl) are never trained on.

The same posts give the same weights.
"""

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from bot.sift.hurried import with_hurried_forms
from bot.sift.kind_learned import FOLDER, SIGNS, Read, Weighed, Weights, words_file
from bot.sift.kind_reading import KindReader
from bot.sift.kind_signs import settled
from bot.sift.kind_words import grams, length
from bot.sift.plain_text import normalised
from bot.sift.scoring import Kinds
from bot.sift.words import WordBook
from config.sifting import KINDS, Kind, Reach
from tests.sift.company import packs, post

TRAINING = Path(__file__).parent / "training"
COMMON = 2
"""A theme's word counts in training when so many branches use it: many were put on the lists for one post,
and would make the themes look surer than they are."""
RARE = 2
"""A word of fewer posts than this says nothing."""
STRENGTH, STRENGTH_OF_NAMESAKES = 1.0, 0.3
"""The inverse of the regularisation."""
LIGHTEST = 10
"""What weighs less than so many hundredths is left out."""
FOLDS = 3
NAMESAKE = "namesake"
"""In place of a kind: the post's name is no company's."""


@dataclass(frozen=True)
class Example:
    """A post as it is learned from; `ruled` is what the rules say."""

    language: str
    kind: Kind | None
    """None: a namesake."""
    branch: str
    ruled: Kind
    signs: frozenset[str]
    words: frozenset[str]
    length: int

    @property
    def features(self) -> Iterator[str]:
        """What is weighed: signs as they are, words with their language."""
        yield from sorted(self.signs - {"always"})
        for word in sorted(self.words):
            yield f"{self.language}:{word}"


def lines() -> Iterator[dict[str, str]]:
    for file in sorted(TRAINING.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def mark() -> str:
    """Changes whenever the texts or labels do that are learned from."""
    every = "\n".join(f"{line['kind']} {line['text']}" for line in lines())
    return hashlib.sha256(every.encode()).hexdigest()[:16]


def examples() -> list[Example]:
    words = {code: with_hurried_forms(pack.sift) for code, pack in packs().items() if pack.sift}
    none = WordBook({"none": ()})["none"]
    reader = KindReader(words, Reach(), none, none)
    every = [
        (line, reader.ruled(post(line["text"]), normalised(line["text"]), line["lang"])) for line in lines()
    ]
    branches: dict[tuple[str, str], set[str]] = {}
    for line, ruled in every:
        for word in {word for words in ruled.themes().values() for word in words}:
            branches.setdefault((line["lang"], word), set()).add(line["branch"])
    found = []
    for line, ruled in every:
        common = {
            theme: [word for word in words if len(branches[line["lang"], word]) >= COMMON]
            for theme, words in ruled.themes().items()
        }
        kind: Kind | None = None if line["kind"] == NAMESAKE else line["kind"]  # type: ignore[assignment]
        signs, words_in_it = frozenset(ruled.signs(common)), frozenset(grams(ruled.speech))
        found.append(
            Example(line["lang"], kind, line["branch"], ruled.kind, signs, words_in_it, length(ruled.speech))
        )
    return found


def trained(every: Sequence[Example]) -> Weights:
    signs, words = learned_from(every)
    return Weights(signs, words.get)


def learned_from(every: Sequence[Example]) -> tuple[dict[str, Weighed], dict[str, dict[str, Weighed]]]:
    """The weights of signs, and of words by language.

    Two logistic regressions, each class as heavy as any other: the kind, and whether it is a namesake.
    """
    counted = Counter(feature for one in every for feature in one.features)
    rows = [{feature: 1 for feature in one.features if counted[feature] >= RARE} for one in every]
    vectors = DictVectorizer()
    table = vectors.fit_transform(rows)
    of_company = [number for number, one in enumerate(every) if one.kind]
    kinds = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=1000)
    kinds.fit(table[of_company], [every[number].kind for number in of_company])
    namesakes = LogisticRegression(C=STRENGTH_OF_NAMESAKES, class_weight="balanced", max_iter=1000)
    namesakes.fit(table, [one.kind is None for one in every])
    place = [list(kinds.classes_).index(kind) for kind in KINDS]
    weights = np.vstack([kinds.coef_[place], namesakes.coef_]).T
    always = np.append(kinds.intercept_[place], namesakes.intercept_)
    signs: dict[str, Weighed] = {"always": _hundredths(always)}
    words: dict[str, dict[str, Weighed]] = {}
    for feature, row in zip(vectors.get_feature_names_out(), weights, strict=True):
        language, colon, word = feature.partition(":")
        weighed = _hundredths(row)
        if max(map(abs, weighed)) >= LIGHTEST:
            (words.setdefault(language, {}) if colon else signs)[word or feature] = weighed
    return signs, words


def _hundredths(weights: Iterable[float]) -> Weighed:
    return tuple(round(weight * 100) for weight in weights)


def answer(one: Example, weights: Weights) -> Read:
    """What the whole says of an example."""
    stands = settled(one.signs, one.ruled, words=one.length)
    return weights.read(one.signs, one.words, one.language, one.ruled, stands=stands)


def write(every: list[Example]) -> None:
    signs, words = learned_from(every)
    head = json.dumps({"learned_from": mark(), "posts": len(every), "kinds": [*KINDS, NAMESAKE]})[1:-1]
    FOLDER.mkdir(exist_ok=True)
    SIGNS.write_text(f'{{{head}, "signs": {_written(signs)}}}\n', encoding="utf-8")
    for code, of in words.items():
        words_file(code).write_text(_written(of) + "\n", encoding="utf-8")
    print(f"{len(signs)} signs and {sum(map(len, words.values()))} words of {len(every)} posts")


def _written(of: Mapping[str, Weighed]) -> str:
    rows = (
        f"{json.dumps(s, ensure_ascii=False)}: {json.dumps(w, separators=(',', ':'))}" for s, w in of.items()
    )
    return "{\n" + ",\n".join(rows) + "}"


def folds(every: list[Example]) -> None:
    tallies: dict[str, tuple[Kinds, Kinds]] = {}
    caught: list[bool] = []
    mistaken: list[bool] = []
    parts = sorted({one.branch for one in every})
    for part in range(FOLDS):
        left_out = set(parts[part::FOLDS])
        weights = trained([one for one in every if one.branch not in left_out])
        for one in (one for one in every if one.branch in left_out):
            read = answer(one, weights)
            (mistaken if one.kind else caught).append(read.like_a_namesake)
            for name in (one.language, "all") if one.kind else ():
                by_rules, with_learned = tallies.setdefault(name, (Kinds(), Kinds()))
                by_rules.add(one.kind or "", one.ruled)
                with_learned.add(one.kind or "", read.kind)
    print(
        f"{'posts of left-out branches':30}{'rules':>12}{'macro-F1':>10}{'with learned':>14}{'macro-F1':>10}"
    )
    for name, (by_rules, with_learned) in sorted(tallies.items()):
        print(
            f"{name:6}{by_rules.posts:24}{by_rules.accuracy:12.2f}{by_rules.mean_f1:10.2f}"
            f"{with_learned.accuracy:14.2f}{with_learned.mean_f1:10.2f}"
        )
    for kind, tally in tallies["all"][1].of.items():
        print(f"{kind:12}precision {tally.precision:.2f}, recall {tally.recall:.2f}, F1 {tally.f1:.2f}")
    print(
        f"namesakes   {sum(caught)} of {len(caught)} known, "
        f"{sum(mistaken)} of {len(mistaken)} others taken for one"
    )


def main() -> None:
    every = examples()
    if sys.argv[1:] == ["--folds"]:
        folds(every)
    else:
        write(every)


if __name__ == "__main__":
    main()
