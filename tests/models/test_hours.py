"""Targets count only while a queue is open; each time here was worked out by hand, with a calendar."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from config.hours import AtWork, Calendar
from models.hours import is_open, next_opening, open_time_after, open_time_before, open_time_between

COPENHAGEN, NEW_YORK, LORD_HOWE = "Europe/Copenhagen", "America/New_York", "Australia/Lord_Howe"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
EVERY_DAY = (*WEEKDAYS, "sat", "sun")


def week(hours: Any, days: tuple[str, ...] = WEEKDAYS, zone: str = COPENHAGEN, **more: Any) -> Calendar:
    """The calendar of a playbook in which each of `days` has these `hours`."""
    plan = {"time_zone": zone, "hours": {"days": dict.fromkeys(days, hours)}, **more}
    return AtWork.model_validate(plan).calendar


OFFICE = week(["09:00", "17:00"])
NIGHTS = week(["22:00", "06:00"], EVERY_DAY)
SPLIT = week([["08:00", "12:00"], ["13:00", "17:00"]])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_without_hours_it_is_always_open():
    night, always = at("2026-03-14T03:00+01:00"), Calendar(COPENHAGEN)
    assert is_open(night, always)
    assert next_opening(night, always) == night
    assert open_time_after(night, timedelta(hours=1), always) == night + timedelta(hours=1)
    assert open_time_between(night, night + timedelta(days=9), always) == timedelta(days=9)


@pytest.mark.parametrize(
    ("calendar", "start", "hours", "due"),
    [
        (OFFICE, "2026-03-10T10:00+01:00", 2, "2026-03-10T12:00+01:00"),  # within a day
        (OFFICE, "2026-03-10T16:30+01:00", 1, "2026-03-11T09:30+01:00"),  # over night
        (OFFICE, "2026-03-13T16:00+01:00", 2, "2026-03-16T10:00+01:00"),  # over the weekend
        (OFFICE, "2026-03-14T12:00+01:00", 1, "2026-03-16T10:00+01:00"),  # begun on a Saturday
        (OFFICE, "2026-03-10T16:00+01:00", 1, "2026-03-10T17:00+01:00"),  # ends as the shift ends
        (OFFICE, "2026-03-27T16:00+01:00", 2, "2026-03-30T10:00+02:00"),  # over the change to summer time
        (OFFICE, "2026-10-23T16:00+02:00", 2, "2026-10-26T10:00+01:00"),  # and back
        (OFFICE, "2026-03-10T09:00+01:00", 20, "2026-03-12T13:00+01:00"),  # several days
        (SPLIT, "2026-03-10T11:30+01:00", 1, "2026-03-10T13:30+01:00"),  # over lunch
        (SPLIT, "2026-03-10T12:10+01:00", 5, "2026-03-11T09:00+01:00"),  # begun at lunch
        (NIGHTS, "2026-03-10T23:00+01:00", 2, "2026-03-11T01:00+01:00"),  # over midnight
        (NIGHTS, "2026-03-10T03:00+01:00", 4, "2026-03-10T23:00+01:00"),  # last night's shift, then tonight's
        # 29 February, and a year that has none
        (OFFICE, "2028-02-28T16:00+01:00", 9, "2028-02-29T17:00+01:00"),
        (OFFICE, "2028-02-29T16:30+01:00", 1, "2028-03-01T09:30+01:00"),
        (NIGHTS, "2027-02-28T23:00+01:00", 3, "2027-03-01T02:00+01:00"),
    ],
)
def test_only_open_time_counts(calendar, start, hours, due):
    assert open_time_after(at(start), timedelta(hours=hours), calendar) == at(due)
    assert open_time_between(at(start), at(due), calendar) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("zone", "begins", "ends", "lived"),
    [
        (COPENHAGEN, "2026-03-28T22:00+01:00", "2026-03-29T06:00+02:00", "7:00"),  # 02:00 becomes 03:00
        (COPENHAGEN, "2026-10-24T22:00+02:00", "2026-10-25T06:00+01:00", "9:00"),  # 03:00 becomes 02:00
        (NEW_YORK, "2026-03-07T22:00-05:00", "2026-03-08T06:00-04:00", "7:00"),
        (NEW_YORK, "2026-10-31T22:00-04:00", "2026-11-01T06:00-05:00", "9:00"),
        (LORD_HOWE, "2026-10-03T22:00+10:30", "2026-10-04T06:00+11:00", "7:30"),  # half an hour only
        (LORD_HOWE, "2026-04-04T22:00+11:00", "2026-04-05T06:00+10:30", "8:30"),
    ],
)
def test_a_night_shift_over_a_change_of_the_clock_is_as_long_as_it_was_lived(zone, begins, ends, lived):
    calendar = week(["22:00", "06:00"], EVERY_DAY, zone)
    hours, minutes = map(int, lived.split(":"))
    whole = timedelta(hours=hours, minutes=minutes)
    assert open_time_between(at(begins), at(ends), calendar) == whole
    assert open_time_after(at(begins), whole, calendar) == at(ends)
    a_minute = timedelta(minutes=1)
    assert not is_open(at(begins) - a_minute, calendar)
    assert is_open(at(begins), calendar)
    assert is_open(at(ends) - a_minute, calendar)
    assert not is_open(at(ends), calendar)


@pytest.mark.parametrize(
    ("zone", "shift", "day", "begins", "ends"),
    [
        # 02:30 never comes on the day that the clock jumps from 02:00 to 03:00: the jump is the moment.
        (COPENHAGEN, ["02:30", "05:00"], "2026-03-29", "2026-03-29T01:00Z", "2026-03-29T03:00Z"),
        (COPENHAGEN, ["00:30", "02:30"], "2026-03-29", "2026-03-28T23:30Z", "2026-03-29T01:00Z"),
        (NEW_YORK, ["02:15", "05:00"], "2026-03-08", "2026-03-08T07:00Z", "2026-03-08T09:00Z"),
        (LORD_HOWE, ["02:15", "05:00"], "2026-10-04", "2026-10-03T15:30Z", "2026-10-03T18:00Z"),
        # A time that comes twice is its first one.
        (COPENHAGEN, ["02:30", "05:00"], "2026-10-25", "2026-10-25T00:30Z", "2026-10-25T04:00Z"),
        (COPENHAGEN, ["00:30", "02:30"], "2026-10-25", "2026-10-24T22:30Z", "2026-10-25T00:30Z"),
        (NEW_YORK, ["01:30", "05:00"], "2026-11-01", "2026-11-01T05:30Z", "2026-11-01T10:00Z"),
        (LORD_HOWE, ["01:45", "05:00"], "2026-04-05", "2026-04-04T14:45Z", "2026-04-04T18:30Z"),
    ],
)
def test_a_time_that_never_comes_is_the_jump_and_one_that_comes_twice_its_first(
    zone, shift, day, begins, ends
):
    calendar = week(shift, EVERY_DAY, zone)
    before = at(begins) - timedelta(minutes=1)
    assert next_opening(before, calendar) == at(begins)
    assert open_time_after(before, at(ends) - at(begins), calendar) == at(ends)
    assert not is_open(at(ends), calendar)


def test_a_shift_inside_the_hour_that_never_comes_has_no_length():
    calendar = week(["02:10", "02:50"], ("sun",))
    assert (
        open_time_between(at("2026-03-29T00:00+01:00"), at("2026-03-30T00:00+02:00"), calendar) == timedelta()
    )


def test_the_hour_that_daylight_saving_takes_was_not_lived():
    # On 29 March 2026 the clock goes from 02:00 to 03:00: a shift from 00:00 to 06:00 lasts five hours.
    calendar = week(["00:00", "06:00"], ("sun", "mon"))
    due = open_time_after(at("2026-03-29T00:00+01:00"), timedelta(hours=6), calendar)
    assert due == at("2026-03-30T01:00+02:00")


def test_the_beginning_of_a_shift_is_open_and_its_end_is_closed():
    assert is_open(at("2026-03-10T09:00+01:00"), OFFICE)
    assert is_open(at("2026-03-10T16:59+01:00"), OFFICE)
    assert not is_open(at("2026-03-10T17:00+01:00"), OFFICE)
    assert next_opening(at("2026-03-13T17:00+01:00"), OFFICE) == at("2026-03-16T09:00+01:00")


def test_holidays_are_closed_and_a_part_of_a_country_has_its_own():
    denmark = week(["09:00", "17:00"], holidays="DK")
    # Maundy Thursday to Easter Monday 2026: 2 to 6 April.
    assert open_time_after(at("2026-04-01T16:00+02:00"), timedelta(hours=2), denmark) == at(
        "2026-04-07T10:00+02:00"
    )
    epiphany = at("2026-01-06T12:00+01:00")
    assert is_open(epiphany, week(["09:00", "17:00"], zone="Europe/Berlin", holidays="DE"))
    assert not is_open(epiphany, week(["09:00", "17:00"], zone="Europe/Berlin", holidays="DE-BY"))


def test_days_of_ones_own_are_closed_even_round_the_clock():
    plan = {"time_zone": COPENHAGEN, "closed": ["2026-12-24"]}
    calendar = AtWork.model_validate(plan).calendar
    due = open_time_after(at("2026-12-23T23:00+01:00"), timedelta(hours=2), calendar)
    assert due == at("2026-12-25T01:00+01:00")


def test_a_night_shift_belongs_to_the_day_on_which_it_begins():
    """The one that begins the evening before a holiday runs to its end; the holiday's own does not begin."""
    nights = week(["22:00", "06:00"], EVERY_DAY, closed=["2026-12-24"])
    assert is_open(at("2026-12-24T05:00+01:00"), nights)
    assert not is_open(at("2026-12-24T23:00+01:00"), nights)
    assert not is_open(at("2026-12-25T05:00+01:00"), nights)
    assert next_opening(at("2026-12-24T06:00+01:00"), nights) == at("2026-12-25T22:00+01:00")


def test_a_day_may_have_hours_of_its_own_holiday_or_not():
    plain = week(["09:00", "17:00"], closed=["2026-12-24"])
    ten = datetime.strptime("10:00", "%H:%M").time()  # noqa: DTZ007  # a time of day
    noon = datetime.strptime("12:00", "%H:%M").time()  # noqa: DTZ007
    special = {date(2026, 12, 24): ((ten, noon),), date(2026, 12, 23): ()}
    changed = Calendar(plain.zone, plain.week, plain.closed, special)
    assert not is_open(at("2026-12-23T11:00+01:00"), changed)
    assert is_open(at("2026-12-24T11:00+01:00"), changed)
    assert open_time_between(
        at("2026-12-22T17:00+01:00"), at("2026-12-25T00:00+01:00"), changed
    ) == timedelta(hours=2)


def test_while_it_is_always_open_the_hours_count_for_nothing():
    crisis = (at("2026-03-13T12:00+01:00"), at("2026-03-15T12:00+01:00"))  # Friday noon to Sunday noon
    calendar = Calendar(OFFICE.zone, OFFICE.week, always=(crisis,))
    start = at("2026-03-13T09:00+01:00")
    assert open_time_after(start, timedelta(hours=51), calendar) == crisis[1]
    assert open_time_after(start, timedelta(hours=52), calendar) == at("2026-03-16T10:00+01:00")
    without_end = Calendar(OFFICE.zone, OFFICE.week, always=((crisis[0], None),))
    assert open_time_after(start, timedelta(days=30), without_end) == start + timedelta(days=30)


@pytest.mark.parametrize(
    ("end", "hours", "from_"),
    [
        ("2026-03-16T12:00+01:00", 1, "2026-03-16T11:00+01:00"),  # within a day
        ("2026-03-16T09:30+01:00", 1, "2026-03-13T16:30+01:00"),  # a Monday morning: from Friday on
        ("2026-03-15T12:00+01:00", 1, "2026-03-13T16:00+01:00"),  # a Sunday
    ],
)
def test_looking_back_counts_open_time_too(end, hours, from_):
    assert open_time_before(at(end), timedelta(hours=hours), OFFICE) == at(from_)


def test_shifts_that_overlap_over_midnight_count_once():
    plan = {"mon": ["20:00", "06:00"], "tue": ["05:00", "13:00"]}
    calendar = AtWork.model_validate({"time_zone": COPENHAGEN, "hours": {"days": plan}}).calendar
    assert open_time_between(
        at("2026-03-09T00:00+01:00"), at("2026-03-11T00:00+01:00"), calendar
    ) == timedelta(hours=17)


def test_hours_that_never_come_are_an_error_and_no_endless_loop():
    never = Calendar(COPENHAGEN, {})
    start = at("2026-03-10T12:00+01:00")
    assert not is_open(start, never)
    assert open_time_between(start, start + timedelta(days=900), never) == timedelta()
    with pytest.raises(ValueError, match="never open"):
        open_time_after(start, timedelta(hours=1), never)
    with pytest.raises(ValueError, match="never open"):
        next_opening(start, never)


def test_looking_back_goes_as_far_as_the_year_where_open_time_is_rare():
    quarter = week(["09:00", "09:15"], ("mon",))
    due = at("2026-11-23T09:15+01:00")
    begin = open_time_before(due, timedelta(minutes=525), quarter)
    assert begin == at("2026-03-30T09:00+02:00")
    assert open_time_between(begin, due, quarter) == timedelta(minutes=525)
