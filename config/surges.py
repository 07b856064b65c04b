"""When a surge is an alarm, and what a crisis does, as the playbook writes it."""

from collections.abc import Collection
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from config.values import Part, Span, Words
from config.yaml_file import Misplaced

SENSITIVE = ("low", "normal", "high")


class Crisis(Part):
    """What a crisis that is opened at an alarm begins with; the lead may change it in the window."""

    level: Annotated[int, Field(ge=1, le=9)] | None = None
    """While it lasts, cases about it are taken by people of this level. None: as always."""
    call_in: Words = ()
    """Specialists and leads, by name, who hear of it in a direct message besides all leads."""
    holding_answer: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    """The title of the approved answer that is offered first to those who reply."""


class Surges(Part):
    """Far more people than usual write about one thing."""

    sensitivity: Literal["low", "normal", "high"] = "normal"
    no_surge_for: Span = timedelta(hours=6)
    """When a lead says that it is none: so long there is no alarm about it, unless it at least doubles."""
    crisis: Crisis = Crisis()

    def must_fit(self, people: Collection[str], levels: Collection[int]) -> None:
        """Raises Misplaced: the crisis names people and a level that the rest of the playbook has."""
        where = ("surges", "crisis")
        for n, name in enumerate(self.crisis.call_in):
            if name not in people:
                have = ", ".join(sorted(people)) or "none"
                raise Misplaced(
                    (*where, "call_in", n), f"there is no specialist or lead {name!r} (there are: {have})"
                )
        if self.crisis.level is not None and self.crisis.level not in levels:
            have = ", ".join(map(str, sorted(levels))) or "none: `training` is left out"
            raise Misplaced(
                (*where, "level"), f"there is no level {self.crisis.level} in `training` (there are: {have})"
            )
