"""What was learned from labelled posts: which kind a post reads like, and whether it reads like a namesake.

Two logistic regressions over the same signs: those of `kind_signs`, the same for all languages, and the words
of `kind_words`, each language's own. They are trained by `python -m tests.sift.learn` and lie in `weights`
beside this file, a file for the signs and one for each language, in hundredths: for each sign what it speaks
for, in the order of KINDS, and last whether it speaks of somebody or something else of the name.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp
from pathlib import Path

from config.sifting import KINDS, Kind

FOLDER = Path(__file__).parent / "weights"
SIGNS = FOLDER / "signs.json"
SURE_OF_AN_AD, ADS_BY_THE_RULES = 0.75, 0.2
"""An ad is set aside, so it has to be as likely as this; the lesser where the rules see an ad as well."""
LIKE_A_NAMESAKE, LIKE_A_CUSTOMER_TOO = 0.2, 0.6
"""From this likelihood on a post in which nothing shows that the company is meant is taken for a namesake's;
the greater where it complains, asks or wishes: a namesake shown costs less than a customer not heard."""
_AD = KINDS.index("ad")
_HUNDREDTHS = 100
Weighed = tuple[int, ...]


@dataclass(frozen=True)
class Read:
    """`signs` and `words` are those that spoke for `kind` rather than for the rules' answer, the heaviest
    first. `namesake` is how likely it is that no company is meant."""

    kind: Kind
    likelihood: float
    signs: tuple[str, ...]
    words: tuple[str, ...]
    namesake: float

    @property
    def like_a_namesake(self) -> bool:
        everyday = self.kind in ("praise", "other")
        return self.namesake >= (LIKE_A_NAMESAKE if everyday else LIKE_A_CUSTOMER_TOO)


@dataclass(frozen=True)
class Weights:
    """`of` the signs of any language, and `words` of a language; None where none were learned."""

    of: Mapping[str, Weighed]
    words: Callable[[str], Mapping[str, Weighed] | None]

    def read(
        self,
        signs: Iterable[str],
        grams: Iterable[str],
        language: str,
        ruled: Kind,
        *,
        never: Collection[Kind] = (),
        stands: bool = False,
    ) -> Read:
        """The likeliest kind but those of `never`; `ruled` is what the rules say, and the answer if it
        `stands`."""
        general = {sign: self.of[sign] for sign in signs if sign in self.of}
        of_words = self.words(language) or {}
        words = {gram: of_words[gram] for gram in grams if gram in of_words}
        if not (general or words):
            return Read(ruled, 1.0, (), (), 0.0)
        columns = zip(*general.values(), *words.values(), strict=True)
        *totals, other = (sum(column) / _HUNDREDTHS for column in columns)
        top = max(totals)
        shares = [exp(total - top) for total in totals]
        likely = [share / sum(shares) for share in shares]
        before = KINDS.index(ruled)
        best = before if stands else _best(likely, ruled, never)
        kind: Kind = KINDS[best]  # type: ignore[assignment]
        namesake = 1 / (1 + exp(-other))
        return Read(kind, likely[best], _heavy(general, best, before), _heavy(words, best, before), namesake)


def _best(likely: Sequence[float], ruled: Kind, never: Collection[Kind]) -> int:
    barred = {KINDS.index(kind) for kind in never}
    if likely[_AD] >= (ADS_BY_THE_RULES if ruled == "ad" else SURE_OF_AN_AD) and _AD not in barred:
        return _AD
    return max((at for at in range(len(KINDS)) if at not in barred | {_AD}), key=likely.__getitem__)


def _heavy(of: Mapping[str, Weighed], best: int, before: int) -> tuple[str, ...]:
    """What spoke for `best`, the heaviest first."""
    spoke = {sign: weights[best] - weights[before] for sign, weights in of.items()}
    return tuple(sorted((s for s in spoke if spoke[s] > 0), key=lambda sign: (-spoke[sign], sign)))


@cache
def learned() -> Weights:
    """The weights that ship with the program, read when first needed: a team hears some of the languages."""
    return Weights(_weighed(json.loads(SIGNS.read_text(encoding="utf-8"))["signs"]), _words)


@cache
def _words(language: str) -> Mapping[str, Weighed] | None:
    file = words_file(language)
    if not language.isalpha() or not file.exists():
        return None
    return _weighed(json.loads(file.read_text(encoding="utf-8")))


def words_file(language: str) -> Path:
    """Where the words of a language lie."""
    return FOLDER / f"{language}.json"


def _weighed(of: Mapping[str, list[int]]) -> dict[str, Weighed]:
    same: dict[int, int] = {}  # one object for each number: half of the memory
    return {
        sign: tuple(same.setdefault(weight, weight) for weight in weights) for sign, weights in of.items()
    }
