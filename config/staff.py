"""The playbook's part about people: specialists, leads, levels and training."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field, model_validator

from config.courses import courses
from config.hours import AtWork
from config.sifting import Kind
from config.values import ClockTime, Language, Member, Part, Span, Words, known


class Specialist(AtWork):
    """Somebody named, for a topic, in some languages, at some hours."""

    name: str
    slack: Member
    topics: Words
    languages: tuple[Language, ...]
    stand_in: Member | None = None


class Lead(AtWork):
    """Gets the digest; may do what only a lead may. Without hours of their own, those of the case's queue
    count when a case comes to them."""

    name: str
    slack: Member
    digest_at: ClockTime
    queues: Words = ()
    """The queues in this lead's digest; empty: all."""


class Level(Part):
    """What somebody may answer once they have passed its courses (and those of the levels below)."""

    level: Annotated[int, Field(ge=1, le=9)]
    name: Annotated[str, Field(min_length=2, max_length=60)]
    kinds: tuple[Kind, ...] = ()
    topics: Words = ()
    """Cases of these kinds, or about these topics, need this level."""
    severity: Annotated[int, Field(ge=1, le=3)] | None = None
    """So do cases as grave as this: 1 worth a second look, 2 severe, 3 danger."""
    courses: Words = ()
    """Courses by key: the files in `config/courses/en`, without `.yaml`."""


class Training(Part):
    """Who may claim what. Without this part of the playbook everybody may claim everything."""

    levels: Annotated[tuple[Level, ...], Field(min_length=1)]
    certificates_last: Span = timedelta(days=365)
    remind_before: Span = timedelta(days=30)
    trained: dict[Member, Annotated[int, Field(ge=0, le=9)]] = Field(default={})
    """People who were trained elsewhere, with the level they have for good."""

    @model_validator(mode="after")
    def levels_rise_and_name_courses_that_exist(self) -> "Training":
        numbers = [level.level for level in self.levels]
        if numbers != sorted(set(numbers)):
            raise ValueError("levels: write them from low to high, each number once")
        for level in self.levels:
            known(f"level {level.level}", "course", level.courses, set(courses()))
        return self
