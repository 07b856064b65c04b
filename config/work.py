"""The playbook's part about work on a case: queues, the checklist, and how long things may take."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, model_validator

from config.hours import AtWork
from config.sifting import Kind
from config.values import Channel, Language, Part, Span, Words, from_days_to_days


class Targets(Part):
    """How soon, counted in the queue's hours."""

    first_response: Span
    resolution: Span
    escalate_when_missed: bool = True
    """A first response that is overdue escalates by itself."""


class Queue(AtWork):
    """A Slack channel with the rules for what goes there; the first queue whose rules fit gets the case."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_\-]*$")]
    channel: Channel
    languages: tuple[Language, ...] = ()
    topics: Words = ()
    kinds: tuple[Kind, ...] = ()
    brands: Words = ()
    targets: Targets

    @model_validator(mode="after")
    def targets_can_be_met_within_a_year(self) -> "Queue":
        first, whole = self.targets.first_response, self.targets.resolution
        for name, span in (("first_response", first), ("resolution", whole)):
            if self.hours and span > 50 * self.hours.each_week:
                raise ValueError(f"targets.{name} takes more than a year of these hours")
        return self

    @property
    def takes_everything(self) -> bool:
        return not (self.languages or self.topics or self.kinds or self.brands)


class Step(Part):
    """One line of the checklist."""

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
    label: Annotated[str, Field(max_length=140)]
    stage: Literal["public", "private", "close"]
    required_for: tuple[Kind, ...] = ()
    """The kinds of case that can't be resolved without it."""
    sets_promise: bool = False
    they_wrote: bool = False
    """Ticking it says that the customer wrote: a case that waits for them goes on."""
    tells_them: bool = False
    """Ticking it says that the customer heard from us, as they were promised."""


class HandOver(Part):
    """How long a colleague has to say whether they take a case over, in the queue's hours."""

    answer_within: Span = timedelta(hours=2)


class Promises(Part):
    """What a customer was promised, and the employee held to."""

    remind_before: Span = timedelta(hours=1)
    """In the queue's hours: a promise for Monday morning is recalled on Friday."""


class Waiting(Part):
    """While a case waits for its customer, the time to solve it stands still."""

    remind_after: Span = timedelta(days=3)
    """After so long (days as on the wall) its owner is reminded, once, in the queue's hours."""


class Idle(Part):
    """When nobody acts on a claimed case: both counted in the queue's hours, since its owner last acted."""

    remind_after: Span
    release_after: Span

    @model_validator(mode="after")
    def the_reminder_comes_first(self) -> "Idle":
        if self.release_after <= self.remind_after:
            raise ValueError("release_after must be longer than remind_after: the reminder comes first")
        return self


class ApprovedAnswers(Part):
    """Answers that leads approved for everybody."""

    check_after: Annotated[Span, from_days_to_days(1, 1095)] = timedelta(days=180)
    """After so long the lead who approved one is asked whether it still holds, unless they chose another."""
