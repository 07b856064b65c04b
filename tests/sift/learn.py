"""Trains the learned part of the sift on the labelled posts in `training/`.

`python -m tests.sift.learn` writes bot/sift/weights.json. `python -m tests.sift.learn --folds` prints instead
how the whole does on posts that it has not seen: trained without one branch of business (bank, travel …),
tried on that branch, for each. The development posts (posts.jsonl) are never trained on.

The same posts give the same weights.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from bot.sift.hurried import with_hurried_forms
from bot.sift.kind_learned import FILE, Weights
from bot.sift.kind_reading import KindReader
from bot.sift.kind_signs import settled, without_support
from bot.sift.plain_text import normalised
from bot.sift.scoring import Kinds
from bot.sift.words import WordBook
from config.sifting import KINDS, Kind, Reach
from tests.sift.company import packs, post

TRAINING = Path(__file__).parent / "training"
COMMON = 2
"""A theme's word counts in training when so many branches use it: many were put on the lists for one post,
and would make the themes look surer than they are."""
LEFT_OUT = ("always", "words ")
"""How long a post is says more about who wrote it than about what it is."""
STRENGTH = 0.3
"""The inverse of the regularisation."""
LIGHTEST = 4
"""Signs with lighter weights than so many hundredths are left out."""


@dataclass(frozen=True)
class Example:
    """A post as it is learned from. `ad` says that the rules see an ad: of such nothing is learned."""

    text: str
    language: str
    kind: Kind
    branch: str
    ruled: Kind
    ad: bool
    signs: frozenset[str]


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
        kind: Kind = line["kind"]  # type: ignore[assignment]
        signs, ad = frozenset(ruled.signs(common)), ruled.ad is not None
        found.append(Example(line["text"], line["lang"], kind, line["branch"], ruled.found.kind, ad, signs))
    return found


def trained(every: Iterable[Example]) -> Weights:
    """Multinomial logistic regression, each kind as heavy as any other."""
    learnt = [one for one in every if not one.ad]
    rows = [dict.fromkeys(sorted(s for s in one.signs if not s.startswith(LEFT_OUT)), 1) for one in learnt]
    vectors = DictVectorizer()
    table = vectors.fit_transform(rows)
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=1000)
    model.fit(table, [one.kind for one in learnt])
    place = [list(model.classes_).index(kind) for kind in KINDS]
    names = vectors.get_feature_names_out()
    of = {sign: tuple(map(float, row)) for sign, row in zip(names, model.coef_[place].T, strict=True)}
    return Weights(of | {"always": tuple(map(float, model.intercept_[place]))})


def answer(one: Example, weights: Weights) -> Kind:
    """What the whole says of an example."""
    if one.ad or settled(one.signs, one.ruled):
        return "ad" if one.ad else one.ruled
    return weights.read(one.signs, one.ruled, never=without_support(one.signs) - {one.ruled}).kind


def write(every: list[Example]) -> None:
    weights = trained(every)
    kept = {
        sign: [round(value * 100) for value in values]
        for sign, values in sorted(weights.of.items())
        if max(abs(value) for value in values) * 100 >= LIGHTEST
    }
    head = json.dumps({"learned_from": mark(), "posts": len(every), "kinds": KINDS})[1:-1]
    body = ",\n".join(f"{json.dumps(sign, ensure_ascii=False)}: {values}" for sign, values in kept.items())
    FILE.write_text(f'{{{head}, "weights": {{\n{body}\n}}}}\n', encoding="utf-8")
    print(f"{len(kept)} signs from {len(every)} posts")


def folds(every: list[Example]) -> None:
    tallies: dict[str, tuple[Kinds, Kinds]] = {}
    for branch in sorted({one.branch for one in every}):
        weights = trained(one for one in every if one.branch != branch)
        for one in (one for one in every if one.branch == branch):
            for name in (one.language, "all"):
                by_rules, with_learned = tallies.setdefault(name, (Kinds(), Kinds()))
                by_rules.add(one.kind, "ad" if one.ad else one.ruled)
                with_learned.add(one.kind, answer(one, weights))
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


def main() -> None:
    every = examples()
    if sys.argv[1:] == ["--folds"]:
        folds(every)
    else:
        write(every)


if __name__ == "__main__":
    main()
