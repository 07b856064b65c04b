"""The public-to-private steps of a case: which apply, which are ticked, what comes next."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol


class StepLike(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def stage(self) -> str: ...
    @property
    def required_for(self) -> tuple[str, ...]: ...
    @property
    def sets_promise(self) -> bool: ...


@dataclass(frozen=True)
class Checklist:
    """The playbook's steps as they stand for one case.

    `kind` is the case's kind; `private` says that the case needs private data, which brings the private
    steps of complaints in whatever its kind.
    """

    steps: Sequence[StepLike]
    kind: str
    ticked: Collection[str]
    private: bool = False

    def required(self, step: StepLike) -> bool:
        if step.stage == "private" and self.private:
            return bool(step.required_for)
        return self.kind in step.required_for

    @property
    def missing(self) -> list[StepLike]:
        """Required steps not ticked yet, in order."""
        return [s for s in self.steps if self.required(s) and s.key not in self.ticked]

    @property
    def next(self) -> StepLike | None:
        """The first required step not ticked; None when the case may be resolved."""
        return next(iter(self.missing), None)

    @property
    def shown(self) -> list[StepLike]:
        """The steps worth showing: all of the short way, and the private ones only where they apply."""
        return [s for s in self.steps if s.stage != "private" or self.required(s) or s.key in self.ticked]
