"""Targets count only while a queue is open."""

from datetime import UTC, datetime, timedelta

import pytest

from config.playbook import Hours
from models.hours import is_open, open_time_after

ZONE = "Europe/Copenhagen"
WEEK = Hours.model_validate(
    {"days": {day: ["09:00", "17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}}
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_without_hours_it_is_always_open():
    night = at("2026-03-14T03:00+01:00")
    assert is_open(night, None, ZONE)
    assert open_time_after(night, timedelta(hours=1), None, ZONE) == night + timedelta(hours=1)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-03-10T10:00+01:00", 2, "2026-03-10T12:00+01:00"),  # within a day
        ("2026-03-10T16:30+01:00", 1, "2026-03-11T09:30+01:00"),  # over night
        ("2026-03-13T16:00+01:00", 2, "2026-03-16T10:00+01:00"),  # over the weekend
        ("2026-03-14T12:00+01:00", 1, "2026-03-16T10:00+01:00"),  # begun on a Saturday
        ("2026-03-10T16:00+01:00", 1, "2026-03-10T17:00+01:00"),  # ends as the shift ends
        ("2026-03-27T16:00+01:00", 2, "2026-03-30T10:00+02:00"),  # over the change to summer time
        ("2026-03-10T09:00+01:00", 20, "2026-03-12T13:00+01:00"),  # several days
    ],
)
def test_only_open_time_counts(start, hours, due):
    assert open_time_after(at(start), timedelta(hours=hours), WEEK, ZONE) == at(due)


def test_the_hour_that_daylight_saving_takes_was_not_lived():
    # On 29 March 2026 the clock goes from 02:00 to 03:00: a shift from 00:00 to 06:00 lasts five hours.
    sunday = Hours.model_validate({"days": {"sun": ["00:00", "06:00"], "mon": ["00:00", "06:00"]}})
    due = open_time_after(at("2026-03-29T00:00+01:00"), timedelta(hours=6), sunday, ZONE)
    assert due == at("2026-03-30T01:00+02:00")


def test_the_end_of_a_shift_is_closed():
    assert is_open(at("2026-03-10T16:59+01:00"), WEEK, ZONE)
    assert not is_open(at("2026-03-10T17:00+01:00"), WEEK, ZONE)
