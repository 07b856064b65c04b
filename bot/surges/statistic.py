"""Is it a surge? Pure arithmetic on counts of people within a quarter of an hour.

What is usual is the median of the same hour of the week in past weeks, so that one earlier surge does not
become usual. How likely a count is by chance is the tail of a negative binomial distribution: a Poisson
distribution would take people who answer each other for an alarm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, lgamma, log, log1p
from statistics import median, median_low
from typing import Literal

QUARTERS = 4
"""Past weeks are counted by the hour around, which says more than one quarter of it."""
SPREAD = 0.15
"""The least by which counts vary beyond chance: the standard deviation of the rate is four tenths of it."""
MAD = 1.4826
"""Times the median absolute deviation it is the standard deviation, where counts are spread normally."""
BACK = 1.5
"""Below so many times the usual it is as usual again."""


@dataclass(frozen=True)
class Sensitivity:
    """An alarm needs all three: so many people, so many times the usual, and so little chance."""

    people: int
    times: float
    chance: float


SENSITIVITIES: dict[Literal["low", "normal", "high"], Sensitivity] = {
    "low": Sensitivity(12, 4.0, 1e-9),
    "normal": Sensitivity(7, 3.0, 1e-7),
    "high": Sensitivity(5, 2.0, 1e-5),
}


@dataclass(frozen=True)
class Usual:
    """People within a quarter of an hour: the typical number, and one on the safe side of what few weeks
    can tell, with its spread beyond chance (variance = high + spread * high²)."""

    typical: float
    high: float
    spread: float


def usual_of(weeks: Sequence[int]) -> Usual:
    """From counts of the same hour in past weeks, one each. Of an even number the lower middle one counts:
    of two weeks one may have had a surge."""
    middle = median_low(weeks)
    high = (middle + ((middle + 1) / len(weeks)) ** 0.5) / QUARTERS
    deviation = MAD * median(abs(count - middle) for count in weeks)
    beyond = (deviation**2 - middle) / middle**2 if middle else 0.0
    return Usual(middle / QUARTERS, high, min(1.0, max(SPREAD, beyond)))


def is_surge(people: int, usual: Usual, sensitivity: Sensitivity) -> bool:
    """Whether so many within a quarter of an hour are an alarm."""
    enough = people >= sensitivity.people and people >= sensitivity.times * usual.high
    return enough and chance_of(people, usual) <= sensitivity.chance


def is_quiet(people: int, usual: Usual, sensitivity: Sensitivity) -> bool:
    """Whether a surge is over, if it stays so: well below an alarm, or near the usual."""
    return people < sensitivity.people / 2 or people <= BACK * usual.high


def chance_of(people: int, usual: Usual) -> float:
    """How likely `people` or more are within one quarter of an hour, when nothing is going on (0 to 1)."""
    if people <= 0:
        return 1.0
    size = 1 / usual.spread
    share = log(usual.high / (usual.high + size)) if usual.high else -inf
    if share == -inf:
        return 0.0
    none = -size * log1p(usual.high * usual.spread) - lgamma(size)
    tail, n = 0.0, people
    while True:
        one = exp(none + lgamma(n + size) - lgamma(n + 1) + n * share)
        tail += one
        if n > usual.high and one <= tail * 1e-9:
            return min(1.0, tail)
        n += 1
