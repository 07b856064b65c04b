"""Reading days and times that people type: `today`, `2026-12-24`, `until 18:00`, `for 4h`."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.errors import NotAllowed

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_UNTIL = re.compile(r"\buntil\s+(.+)$", re.IGNORECASE)
_FOR = re.compile(r"\bfor\s+(\d{1,3})\s*(m|h|d)\b", re.IGNORECASE)
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")
FARTHEST = timedelta(days=3660)
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def day_meant(word: str, today: date) -> date | None:
    """`today`, `tomorrow`, a weekday (the next one) or `2026-12-24`; None when it is no day."""
    word = word.strip().lower()
    if word in ("today", "tomorrow"):
        return today + timedelta(days=word == "tomorrow")
    found = next((n for n, name in enumerate(WEEKDAYS) if len(word) > 2 and name.startswith(word)), None)
    if found is not None:
        return today + timedelta(days=(found - today.weekday() - 1) % 7 + 1)
    try:
        return date.fromisoformat(word)
    except ValueError:
        return None


def time_meant(words: str, now: datetime, zone: str) -> datetime | None:
    """A moment after `now` in `zone`: `18:00`, `noon`, `tomorrow 9:30`, `friday`, `2026-12-24 12:00`.

    A day alone is its end; a time alone is the next one. None when it can't be read. Raises NotAllowed for
    a day that is years away, beyond which a calendar ends.
    """
    there = now.astimezone(ZoneInfo(zone))
    day: date | None = None
    at: time | None = None
    for word in words.lower().replace(",", " ").split():
        clock = _CLOCK.fullmatch(word)
        if clock:
            at = time(int(clock[1]), int(clock[2]))
        elif word == "noon":
            at = time(12)
        elif word not in ("at", "on", "by"):
            day = day_meant(word, there.date())
            if day is None:
                return None
            if abs(day - there.date()) > FARTHEST:
                raise NotAllowed("That day is years away: choose a nearer one.")
    if day is None and at is None:
        return None
    if at is None:
        day, at = (day or there.date()) + timedelta(days=1), time(0)
    meant = datetime.combine(day or there.date(), at, there.tzinfo)
    return meant + timedelta(days=1) if day is None and meant <= there else meant


def end_and_rest(words: str, now: datetime, zone: str) -> tuple[datetime | None, str]:
    """What stands after `until` or `for` as a moment, and the words without it.

    Raises NotAllowed when `until` is followed by what is no time.
    """
    span = _FOR.search(words)
    if span:
        rest = words[: span.start()] + words[span.end() :]
        return now + timedelta(**{_UNITS[span[2].lower()]: int(span[1])}), " ".join(rest.split())
    found = _UNTIL.search(words)
    if not found:
        return None, words.strip()
    parts, before = found[1].split(), words[: found.start()].split()
    for length in range(min(3, len(parts)), 0, -1):  # the longest that reads as a time
        meant = time_meant(" ".join(parts[:length]), now, zone)
        if meant is not None:
            return meant, " ".join([*before, *parts[length:]])
    raise NotAllowed("Write until when as `until 18:00`, `until friday` or `for 4h`.")
