"""What was learned from labelled posts: which kind a post reads like, where its cue words leave that open.

A logistic regression over the signs of `kind_signs`: weights, added up. They are trained by
`python -m tests.sift.learn`, lie in weights.json beside this file, and are the same for all languages: what a
language's words mean, its pack says.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from math import exp, fsum
from pathlib import Path

from config.sifting import KINDS, Kind

FILE = Path(__file__).parent / "weights.json"
HEAD_START, LEAST_HEAD_START = 1.5, 0.5
"""What the rules' own answer is worth besides, in logits; the lesser where they have none ("other")."""
SURE_OF_AN_AD = 0.8
"""What only reads like an ad is one from this probability on: it is set aside."""
_AD = KINDS.index("ad")


@dataclass(frozen=True)
class Read:
    """`signs` are those that spoke for `kind` rather than for the rules' answer, the heaviest first."""

    kind: Kind
    likelihood: float
    signs: tuple[str, ...]


@dataclass(frozen=True)
class Weights:
    """For each sign what it speaks for, in logits, in the order of KINDS."""

    of: Mapping[str, tuple[float, ...]]

    def read(self, signs: Iterable[str], ruled: Kind, *, never: Iterable[Kind] = ()) -> Read:
        """The likeliest kind but those of `never`; `ruled` is what the rules say."""
        known = {sign: self.of[sign] for sign in signs if sign in self.of}
        if not known:
            return Read(ruled, 1.0, ())
        totals = [fsum(column) for column in zip(*known.values(), strict=True)]
        before = KINDS.index(ruled)
        totals[before] += LEAST_HEAD_START if ruled == "other" else HEAD_START
        top = max(totals)
        shares = [exp(total - top) for total in totals]
        likely = [share / sum(shares) for share in shares]
        barred = {KINDS.index(kind) for kind in never}
        if likely[_AD] < SURE_OF_AN_AD:
            barred.add(_AD)
        best = max((at for at in range(len(KINDS)) if at not in barred), key=likely.__getitem__)
        spoke = {sign: weights[best] - weights[before] for sign, weights in known.items()}
        heavy = sorted((sign for sign in spoke if spoke[sign] > 0), key=lambda sign: (-spoke[sign], sign))
        kind: Kind = KINDS[best]  # type: ignore[assignment]
        return Read(kind, likely[best], tuple(heavy))


@cache
def learned() -> Weights:
    """The weights that ship with the program, read when first needed."""
    data = json.loads(FILE.read_text(encoding="utf-8"))
    return Weights({sign: tuple(w / 100 for w in weights) for sign, weights in data["weights"].items()})
