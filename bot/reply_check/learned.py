"""What was learned from labelled drafts: how likely a sentence asks for the personal data in it.

The rules of `asks` know phrases; this part weighs all words around the thing, so that a request in words
that no rule knows is seen as well. It is a logistic regression: weights of features, added up. They are
trained by `python -m tests.reply_check.learn` and lie beside this file, one file for each language that has
enough labelled drafts.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import exp
from pathlib import Path

FOLDER = Path(__file__).parent / "weights"
THING, HARMLESS = "⟨thing⟩", "⟨harmless⟩"
"""Stand in a sentence for personal data, and for what only reads like it."""
_TOKEN = re.compile(r"⟨\w+⟩|[^\W_]+(?:'[^\W_]+)*|[?!,:;()…–—-]")
_CLAUSE = frozenset("?!,:;()…–—-")
_STEM = 4
_NEAR = 4
"""So many words on each side of the thing count with their distance."""


@dataclass(frozen=True)
class Seen:
    """A sentence as it is weighed: `text` with THING and HARMLESS in it."""

    text: str
    asks: bool
    """It ends in a question mark."""
    public: bool
    """It names a place in the open: "below", "in the comments"."""
    private: bool
    """It names a private message."""
    elsewhere: bool
    """It names a form, the telephone, the shop: neither public nor a private message."""
    signs: tuple[str, ...] = ()
    """Kinds of the pack's words (`AskWords`) that stand around the thing, such as "mentions before"."""
    perhaps: tuple[str, ...] = ()
    """The words that THING stands for, where they are not personal data for certain."""


@dataclass(frozen=True)
class Weights:
    """The weight of each feature, in logits."""

    of: dict[str, float]

    def likelihood(self, seen: Seen) -> float:
        """Between 0 and 1: does the sentence ask for the thing?"""
        total = sum(self.of.get(feature, 0.0) for feature in features(seen))
        return 1 / (1 + exp(-max(-30.0, min(30.0, total))))


@cache
def weights(language: str) -> Weights | None:
    """What was learned for a language, or None when nothing was. Read when first needed."""
    file = FOLDER / f"{language}.json"
    if not language.isalpha() or not file.exists():
        return None
    data = json.loads(file.read_text(encoding="utf-8"))
    same: dict[int, float] = {}  # one object for each number
    return Weights(
        {feature: same.setdefault(value, value / 100) for feature, value in data["weights"].items()}
    )


def features(seen: Seen) -> frozenset[str]:
    """What of a sentence is weighed: its words, their pairs and triples, and the words around the thing."""
    return frozenset(_features(seen))


def _features(seen: Seen) -> Iterator[str]:
    words = _TOKEN.findall(seen.text)
    yield "always"
    end = "?" if seen.asks else "."
    yield f"end {end}"
    if seen.public:
        yield "public"
    if seen.private:
        yield "private"
    if seen.elsewhere:
        yield "elsewhere"
    for sign in seen.signs:
        yield f"sign {sign}"
        yield f"sign {sign} {end}"
    for word in seen.perhaps:
        yield f"perhaps {word}"
    all_ = ["^", *words, end]
    for word in words:
        yield f"1 {word}"
        if len(word) > _STEM + 1:
            yield f"stem {word[:_STEM]}"
    for pair in pairwise(all_):
        yield f"2 {' '.join(pair)}"
    for triple in zip(all_, all_[1:], all_[2:], strict=False):
        yield f"3 {' '.join(triple)}"
    yield f"begin {end} {all_[1]}"
    things = [at for at, word in enumerate(all_) if word == THING]
    if things:
        yield f"things {min(len(things), 3)} {end}"
        yield from _around(all_, things[0], things[-1])
    else:
        yield f"no thing {end}"


def _around(words: list[str], first: int, last: int) -> Iterator[str]:
    """The words before the first thing and after the last: near ones by distance, others of the clause."""
    clause = max((at + 1 for at in range(first) if words[at] in _CLAUSE), default=1)
    yield f"clause {words[clause]}"
    yield f"clause {' '.join(words[clause : clause + 2])}"
    yield f"clause {' '.join(words[clause : clause + 3])}"
    for side, near in (("before", words[:first][::-1]), ("after", words[last + 1 :])):
        for distance, word in enumerate(near[:_NEAR]):
            yield f"{side} {distance} {word}"
        yield f"{side} {' '.join(near[:2])}"
        yield f"{side} {' '.join(near[:3])}"
        for word in near:
            if word in _CLAUSE:
                break
            yield f"{side} {word}"
