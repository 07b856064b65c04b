"""What is known of a model: how well it does, and which of its decisions are taken."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

NEEDED = 200
"""From so many lessons on there is a model."""
DIRECTIONS: dict[str, dict[str, str | None]] = {"needed": {"back": "yes", "aside": "no"}}
"""An aspect whose answers are judged apart: to hide a customer is worse than to show an ad."""


@dataclass(frozen=True)
class Figures:
    """Precision and recall, each between 0 and 1; of kinds and the like the mean over the answers."""

    precision: float
    recall: float

    @property
    def sum(self) -> float:
        return self.precision + self.recall


@dataclass(frozen=True)
class Gate:
    """Whether one sort of decision may be taken."""

    name: str
    changed: int
    """Verdicts that it would have changed, among lessons and solved cases that were held back."""
    right: int
    """Of those, how many for the better."""
    in_use: bool
    why: str | None
    """Why it is silent."""


@dataclass(frozen=True)
class Figure:
    """One aspect on what was held back: the rules alone, and what the sift says with what it has learned.

    Of an aspect that is silent, `learned` is what it would say.
    """

    aspect: str
    lessons: int
    others: int
    """Cases that were solved as they stood and posts that were left aside, held back with them."""
    rules: Figures
    learned: Figures


@dataclass(frozen=True)
class Score:
    """How well a model does. Stored as JSON."""

    gates: list[Gate]
    figures: list[Figure]

    @property
    def in_use(self) -> set[str]:
        return {gate.name for gate in self.gates if gate.in_use}

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> "Score":
        sides = ("rules", "learned")
        return cls(
            [Gate(**gate) for gate in stored["gates"]],
            [
                Figure(**(figure | {side: Figures(**figure[side]) for side in sides}))
                for figure in stored["figures"]
            ],
        )
