"""Time as a queue counts it: only while somebody is there."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONGEST = 400
"""Days to look ahead before giving up: a week without any hours is refused by the playbook."""


class OpeningHours(Protocol):
    @property
    def days(self) -> Mapping[Any, tuple[time, time]]: ...


def is_open(at: datetime, hours: OpeningHours | None, zone: str) -> bool:
    """Whether somebody is at work at `at` (aware); without hours: always."""
    if hours is None:
        return True
    local = at.astimezone(ZoneInfo(zone))
    day = hours.days.get(_DAYS[local.weekday()])
    return day is not None and day[0] <= local.time() < day[1]


def open_time_after(start: datetime, span: timedelta, hours: OpeningHours | None, zone: str) -> datetime:
    """The moment when `span` of open time has passed since `start`, in UTC.

    Counts real elapsed time, so an hour lost or won to daylight saving inside a shift is counted as it
    was lived.
    """
    if hours is None:
        return (start + span).astimezone(UTC)
    left = span
    for begin, end in _shifts(start, hours, ZoneInfo(zone)):
        here = max(start, begin)
        if here >= end:
            continue
        if here + left <= end:
            return here + left
        left -= end - here
    raise ValueError("these hours are never open")


def _shifts(start: datetime, hours: OpeningHours, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    day: date = start.astimezone(zone).date()
    for _ in range(_LONGEST):
        shift = hours.days.get(_DAYS[day.weekday()])
        if shift is not None:
            begin, end = (datetime.combine(day, t, zone).astimezone(UTC) for t in shift)
            yield begin, end
        day += timedelta(days=1)
