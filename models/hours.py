"""Time as a queue counts it: only while somebody is there.

A shift belongs to the day on which it begins: a holiday closes the shifts that begin on it, so a night shift
from the evening before runs to its end. A time of day that comes twice, as daylight saving ends, is its first
one; a time that never comes is the moment at which the clock jumps over it.
"""

import heapq
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from config.hours import Calendar

_LONGEST = 400
"""Days without any opening before giving up."""
_FOR_EVER = datetime.max.replace(tzinfo=UTC)


def is_open(at: datetime, calendar: Calendar) -> bool:
    """Whether somebody is at work at `at` (aware). A shift's beginning is open, its end is not."""
    begin, _ = next(_openings(at, calendar), (_FOR_EVER, _FOR_EVER))
    return begin <= at


def next_opening(at: datetime, calendar: Calendar) -> datetime:
    """`at` itself while open, otherwise the next moment somebody comes to work; UTC.

    Raises ValueError when that is more than a year away.
    """
    for begin, _ in _openings(at, calendar):
        return max(at, begin).astimezone(UTC)
    raise ValueError("these hours are never open")


def open_time_after(start: datetime, span: timedelta, calendar: Calendar) -> datetime:
    """The moment when `span` of open time has passed since `start`, in UTC.

    Counts real elapsed time, so an hour lost or won to daylight saving inside a shift is counted as it
    was lived. Raises ValueError when the calendar is not open for more than a year.
    """
    left = span
    for begin, end in _openings(start, calendar):
        here = max(start, begin)
        if left <= end - here:
            return (here + left).astimezone(UTC)
        left -= end - here
    raise ValueError("these hours are never open")


def open_time_before(end: datetime, span: timedelta, calendar: Calendar) -> datetime:
    """The latest moment from which `span` of open time passes until `end`, in UTC.

    Raises ValueError when there is not so much of it in the year before `end`.
    """
    back, furthest = max(span, timedelta(days=1)), timedelta(days=_LONGEST)
    while True:
        left, here = span, []
        for begin, stop in _openings(end - back, calendar):
            if begin >= end:
                break
            here.append((begin, min(stop, end)))
        for begin, stop in reversed(here):
            if left <= stop - begin:
                return (stop - left).astimezone(UTC)
            left -= stop - begin
        if back >= furthest:
            raise ValueError("there is not so much open time before")
        back = min(back * 3, furthest)


def open_time_between(start: datetime, end: datetime, calendar: Calendar) -> timedelta:
    """How much open time lies between the two; none when `end` is not after `start`."""
    passed = timedelta()
    for begin, stop in _openings(start, calendar):
        if begin >= end:
            break
        passed += max(min(stop, end) - max(start, begin), timedelta())
        if stop >= end:
            break
    return passed


def _openings(start: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    """Stretches of open time that end after `start`, in order and without overlaps, in UTC."""
    if calendar.week is None and not calendar.special and calendar.closed == ():
        yield start.astimezone(UTC), _FOR_EVER
        return
    always = sorted((begin.astimezone(UTC), end or _FOR_EVER) for begin, end in calendar.always)
    until = start
    for begin, end in heapq.merge(_shifts(start, calendar), always):
        if end > until:
            yield max(begin, until), end
            until = end
        if until == _FOR_EVER:
            return


def _shifts(start: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    zone, without = ZoneInfo(calendar.zone), 0
    day: date = start.astimezone(zone).date() - timedelta(days=1)  # last night's shift may still run
    while without < _LONGEST:
        shifts = calendar.shifts(day)
        without = 0 if shifts else without + 1
        for begin, end in shifts:
            ends_on = day if begin < end else day + timedelta(days=1)
            yield _moment(day, begin, zone), _moment(ends_on, end, zone)
        day += timedelta(days=1)


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """A time of day as a moment in UTC: the first where it comes twice, the jump where it never comes."""
    wall = datetime.combine(day, at, zone)
    moment = wall.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return moment
    before = wall.replace(fold=1).astimezone(UTC)  # with the offset that is true after the jump
    while moment - before > timedelta(seconds=1):
        middle = before + (moment - before) // 2
        if middle.astimezone(zone).utcoffset() == moment.astimezone(zone).utcoffset():
            moment = middle
        else:
            before = middle
    return moment.replace(microsecond=0)
