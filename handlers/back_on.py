"""From when on somebody is there again, as typed: `Friday`, `tomorrow 12:00`, `2026-12-24`, `15:00`."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from handlers.when import day_meant
from models.errors import NotAllowed

_DAY = r"\d{4}-\d{2}-\d{2}|(?:next )?[a-z]{3,9}"
_HOUR = r"(?:[01]?\d|2[0-3])[:.][0-5]\d|noon"
_MOMENT = re.compile(
    rf"(?:(?P<hour>{_HOUR})|(?P<day>{_DAY})(?:\s+(?:at\s+)?(?P<at>{_HOUR}))?)(?![\w:.-])", re.IGNORECASE
)
WRITE = "Write it as in `until Friday`, `until tomorrow 12:00`, `until 15:00` or `until 2026-12-24`."


def back_on(text: str, zone: str, now: datetime) -> tuple[datetime, str]:
    """The moment that `text` begins with, and what stands behind it.

    A day without an hour is its beginning in `zone`: who is away until Friday is there on Friday. A day of
    the week is the next one that is not today; an hour that is over today is tomorrow's. Raises NotAllowed
    with how to write it.
    """
    found = _MOMENT.match(text.strip())
    here = now.astimezone(ZoneInfo(zone))
    rest = text.strip()[found.end() :].strip() if found else ""
    if found is None:
        raise NotAllowed(WRITE)
    if found["day"]:
        day = day_meant(found["day"].lower().removeprefix("next "), here.date())
        if day is None:
            raise NotAllowed(WRITE)
        return datetime.combine(day, _hour(found["at"]), here.tzinfo), rest
    at = datetime.combine(here.date(), _hour(found["hour"]), here.tzinfo)
    if at <= here:
        at = datetime.combine(here.date() + timedelta(days=1), at.time(), here.tzinfo)
    return at, rest


def _hour(text: str | None) -> time:
    if text is None:
        return time(0)
    if text.lower() == "noon":
        return time(12)
    hour, minute = (int(part) for part in re.split("[:.]", text))
    return time(hour, minute)
