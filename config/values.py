"""The values that a playbook is written in: time spans, zones, times of day, members, languages, channels."""

import re
from datetime import time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

_SPAN = re.compile(r"^(\d+)\s*(m|h|d)$")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_LONGEST_SPAN = timedelta(days=3660)


def _span(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    found = _SPAN.match(str(value).strip())
    if not found or int(found[1]) == 0:
        raise ValueError("write a time span as 30m, 4h or 2d")
    if len(found[1]) > 7 or (span := timedelta(**{_UNITS[found[2]]: int(found[1])})) > _LONGEST_SPAN:
        raise ValueError("a time span is ten years at most")
    return span


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("write a time zone by its name, such as Europe/Copenhagen") from None
    return value


def clock_time(value: object) -> time:
    """A time of day from what YAML makes of `08:30`. Raises ValueError."""
    # YAML reads an unquoted 08:30 as the number 510 (sexagesimal), so both are taken.
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 24 * 60:
        return time(value // 60, value % 60)
    if isinstance(value, str) and re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", value):
        hour, minute = value.split(":")
        return time(int(hour), int(minute))
    if isinstance(value, time):
        return value
    raise ValueError("write a time of day as 08:30")


def _member(value: str) -> str:
    if not re.fullmatch(r"[UW][A-Z0-9]{2,}", value):
        raise ValueError("write a Slack member ID such as U012AB3CD (in Slack: profile, then Copy member ID)")
    return value


def _language(value: str) -> str:
    if not re.fullmatch(r"[a-z]{2}", value):
        raise ValueError("write a language as its two-letter code, such as en or da")
    return value


def _channel(value: str) -> str:
    name = value.removeprefix("#")
    if not re.fullmatch(r"[a-z0-9_\-]{1,80}|[CG][A-Z0-9]{6,}", name):
        raise ValueError("write a channel by its name, such as mentions")
    return name


def regular_expression(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"this is not a regular expression ({error})") from None
    return value


Span = Annotated[timedelta, BeforeValidator(_span), PlainSerializer(str)]
Zone = Annotated[str, AfterValidator(_zone)]
ClockTime = Annotated[time, BeforeValidator(clock_time)]
Member = Annotated[str, AfterValidator(_member)]
Language = Annotated[str, AfterValidator(_language)]
Channel = Annotated[str, AfterValidator(_channel)]
Words = tuple[Annotated[str, Field(min_length=1, max_length=120)], ...]


class Part(BaseModel):
    """Frozen, and an unknown key is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def from_days_to_days(least: int, most: int) -> AfterValidator:
    """Bounds of a Span. pydantic's own would be told in Python's words."""

    def check(span: timedelta) -> timedelta:
        if not timedelta(days=least) <= span <= timedelta(days=most):
            raise ValueError(f"write a time span from {least}d to {most}d")
        return span

    return AfterValidator(check)


def known(who: str, what: str, used: tuple[str, ...], there: set[str]) -> None:
    """Raises ValueError when a part names something that the playbook does not have."""
    for name in used:
        if name not in there:
            have = ", ".join(sorted(there)) or "none"
            raise ValueError(f"{who} names the {what} {name!r}, which is not here (there are: {have})")
