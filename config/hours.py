"""When somebody is at work, as the playbook writes it: hours of the week, holidays, days closed."""

from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache, cached_property
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, PlainSerializer, model_validator

from config.values import Part, Zone, clock_time

Shift = tuple[time, time]
"""From when to when. An end before the beginning is on the next day."""
Shifts = tuple[Shift, ...]
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class ClosedDays:
    """A country's public holidays and days of one's own, as something that a date can be in."""

    holidays: str | None = None
    """`DK`, or with a part of the country `DE-BY`."""
    own: Collection[date] = ()

    def __contains__(self, day: object) -> bool:
        if not isinstance(day, date):
            return False
        return day in self.own or (self.holidays is not None and day in _holidays(self.holidays, day.year))


@dataclass(frozen=True)
class Calendar:
    """When a queue or a person is at work. Its times are of the day in `zone`.

    `special` takes a whole day out of the week and gives it shifts of its own (none: closed), holiday or
    not. During `always` (aware times; None: without an end) it is open whatever the rest says.
    """

    zone: str
    week: Mapping[str, Shifts] | None = None
    """By `mon` … `sun`; a day that is missing is a day off. None: round the clock."""
    closed: Container[date] = ()
    special: Mapping[date, Shifts] = field(default_factory=dict)
    always: tuple[tuple[datetime, datetime | None], ...] = ()

    def shifts(self, day: date) -> Shifts:
        """The shifts that begin on a day, in order."""
        if day in self.special:
            return self.special[day]
        if day in self.closed:
            return ()
        return _WHOLE_DAY if self.week is None else self.week.get(DAYS[day.weekday()], ())


_WHOLE_DAY: Shifts = ((time(0), time(0)),)


def read_shifts(value: object) -> Shifts:
    """`["08:00", "17:00"]`, or several such pairs, in order. Raises ValueError with what is wrong."""
    pairs = list(value) if isinstance(value, list | tuple) else []
    several = bool(pairs) and all(isinstance(pair, list | tuple) for pair in pairs)
    shifts = tuple(sorted(_shift(pair) for pair in (pairs if several else [value])))
    for before, after in pairwise(shifts):
        if before[1] <= before[0] or before[1] > after[0]:
            raise ValueError(f"the shifts {_words(before)} and {_words(after)} overlap")
    return shifts


def _shift(pair: Any) -> Shift:
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        raise ValueError('write hours as ["08:00", "17:00"], or several such pairs in a list')
    begin, end = (_time(value) for value in pair)
    if begin == end:
        raise ValueError(f"this shift begins and ends at {begin:%H:%M}")
    return begin, end


def _time(value: object) -> time:
    try:
        return clock_time(value)
    except ValueError as error:
        raise ValueError(f"{error}, found {value!r}") from None


def _words(shift: Shift) -> str:
    return f"{shift[0]:%H:%M} to {shift[1]:%H:%M}"


def _holiday_code(value: object) -> str:
    from config.public_holidays import parts_of  # here, because most playbooks do without

    # YAML reads an unquoted NO as false.
    code = str(value) if isinstance(value, str) else ""
    country, _, part = code.partition("-")
    parts = parts_of(country)
    if parts is None:
        raise ValueError('write holidays as a country such as DK, or its part such as DE-BY (Norway: "NO")')
    if part and part not in parts:
        raise ValueError(f"{country} has no part {part!r} (there are: {', '.join(parts) or 'none'})")
    return code


@cache
def _holidays(code: str, year: int) -> frozenset[date]:
    from config.public_holidays import public_holidays

    country, _, part = code.partition("-")
    return public_holidays(country, part or None, year)


DayShifts = Annotated[Shifts, BeforeValidator(read_shifts), PlainSerializer(str)]
HolidayCode = Annotated[str, BeforeValidator(_holiday_code)]


class Hours(Part):
    """When a queue or a person is at work; a day that is missing is a day off."""

    days: dict[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], DayShifts]

    @model_validator(mode="after")
    def there_is_a_day(self) -> "Hours":
        if not self.days:
            raise ValueError("name at least one day")
        return self

    @property
    def each_week(self) -> timedelta:
        """How long it is open in an ordinary week."""
        day, each = date(2001, 1, 1), [shift for shifts in self.days.values() for shift in shifts]
        spans = [datetime.combine(day, end) - datetime.combine(day, begin) for begin, end in each]
        return sum((span % timedelta(days=1) for span in spans), timedelta())


class AtWork(Part):
    """Where and when a queue or a person is at work."""

    time_zone: Zone
    hours: Hours | None = None
    """None: round the clock."""
    holidays: HolidayCode | None = None
    """Closed on the public holidays of this country (`DK`) or part of it (`DE-BY`)."""
    closed: tuple[date, ...] = ()
    """Days off of one's own."""

    @cached_property
    def calendar(self) -> Calendar:
        """The same as one value that `models.hours` counts with."""
        week = {str(day): shifts for day, shifts in self.hours.days.items()} if self.hours else None
        off = ClosedDays(self.holidays, frozenset(self.closed)) if self.holidays or self.closed else ()
        return Calendar(self.time_zone, week, off)
