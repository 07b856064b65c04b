"""Days and times as people type them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from handlers.when import day_meant, end_and_rest, time_meant
from models.errors import NotAllowed

ZONE = "Europe/Copenhagen"
NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)  # Tuesday, 13:00 there


@pytest.mark.parametrize(
    ("word", "day"),
    [
        ("today", 10),
        ("tomorrow", 11),
        ("Friday", 13),
        ("fri", 13),
        ("tuesday", 17),
        ("2026-03-24", 24),
        ("leaks", None),
        ("", None),
    ],
)
def test_a_day(word, day):
    assert day_meant(word, date(2026, 3, 10)) == (date(2026, 3, day) if day else None)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("18:00", "2026-03-10T18:00+01:00"),
        ("9:30", "2026-03-11T09:30+01:00"),  # over today, so tomorrow's
        ("tomorrow noon", "2026-03-11T12:00+01:00"),
        ("noon, friday", "2026-03-13T12:00+01:00"),
        ("friday at 9:00", "2026-03-13T09:00+01:00"),
        ("tomorrow", "2026-03-12T00:00+01:00"),  # a day alone is its end
        ("2026-03-30 10:00", "2026-03-30T10:00+02:00"),  # in summer time
    ],
)
def test_a_time(words, meant):
    assert time_meant(words, NOW, ZONE) == datetime.fromisoformat(meant)


@pytest.mark.parametrize("words", ["soon", "", "25:00", "by", "tomorrow maybe"])
def test_what_is_no_time_is_none(words):
    assert time_meant(words, NOW, ZONE) is None


@pytest.mark.parametrize("words", ["9999-12-31", "0001-01-01 12:00"])
def test_a_day_at_the_end_of_the_calendar_is_refused(words):
    with pytest.raises(NotAllowed, match="years away"):
        time_meant(words, NOW, ZONE)


@pytest.mark.parametrize(
    ("words", "until", "rest"),
    [
        ("leaks burst", None, "leaks burst"),
        ("leaks until 18:00", "2026-03-10T18:00+01:00", "leaks"),
        ("until tomorrow 9:00 pipes burst", "2026-03-11T09:00+01:00", "pipes burst"),
        ("for 4h leaks", "2026-03-10T17:00+01:00", "leaks"),
    ],
)
def test_an_end_among_other_words(words, until, rest):
    assert end_and_rest(words, NOW, ZONE) == (until and datetime.fromisoformat(until), rest)


def test_an_end_that_is_no_time_is_refused():
    with pytest.raises(NotAllowed, match="until 18:00"):
        end_and_rest("leaks until everybody sleeps", NOW, ZONE)
    assert NOW + timedelta(hours=4) == end_and_rest("for 4h", NOW, ZONE)[0]
