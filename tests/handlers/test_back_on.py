"""From when on somebody is there again, as people type it."""

from datetime import UTC, datetime

import pytest

from handlers.back_on import back_on
from models.errors import NotAllowed

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)  # a Tuesday, 13:00 in Copenhagen
ZONE = "Europe/Copenhagen"


@pytest.mark.parametrize(
    ("text", "at", "rest"),
    [
        ("Friday", "2026-03-13T00:00+01:00", ""),
        ("fri", "2026-03-13T00:00+01:00", ""),
        ("next Friday", "2026-03-13T00:00+01:00", ""),
        ("Tuesday", "2026-03-17T00:00+01:00", ""),
        ("tomorrow", "2026-03-11T00:00+01:00", ""),
        ("tomorrow 9:30", "2026-03-11T09:30+01:00", ""),
        ("Friday at 12.15", "2026-03-13T12:15+01:00", ""),
        ("Friday noon", "2026-03-13T12:00+01:00", ""),
        ("15:00", "2026-03-10T15:00+01:00", ""),
        ("12:00", "2026-03-11T12:00+01:00", ""),
        ("noon", "2026-03-11T12:00+01:00", ""),
        ("2026-12-24", "2026-12-24T00:00+01:00", ""),
        ("2026-07-01 08:00", "2026-07-01T08:00+02:00", ""),
        ("Friday, at the fair", "2026-03-13T00:00+01:00", ", at the fair"),
        ("2026-12-24 Christmas", "2026-12-24T00:00+01:00", "Christmas"),
    ],
)
def test_moments_as_people_type_them(text, at, rest):
    assert back_on(text, ZONE, NOW) == (datetime.fromisoformat(at), rest)


@pytest.mark.parametrize("text", ["", "someday", "fr", "25:00", "2026-13-01", "2026-02-30", "12", "<@UBO>"])
def test_what_is_no_moment_is_told_how_to_write(text):
    with pytest.raises(NotAllowed, match="until Friday"):
        back_on(text, ZONE, NOW)
