"""What holds for every calendar, in any zone, around any date."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from config.hours import DAYS, Calendar, Shifts
from models.hours import is_open, next_opening, open_time_after, open_time_before, open_time_between

ZONES = ("Europe/Copenhagen", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Asia/Kolkata")
FIRST, LAST = datetime(2026, 1, 1), datetime(2028, 12, 31)  # noqa: DTZ001  # hypothesis adds the zone

times = st.builds(time, st.integers(0, 23), st.sampled_from((0, 15, 30, 45)))
shifts: st.SearchStrategy[Shifts] = st.lists(
    st.tuples(times, times).filter(lambda pair: pair[0] != pair[1]), min_size=1, max_size=2
).map(lambda found: tuple(sorted(found)))
moments = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
spans = st.integers(0, 60 * 24 * 5).map(lambda minutes: timedelta(minutes=minutes))
days = st.dates(FIRST.date(), LAST.date())


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    week = draw(st.none() | st.dictionaries(st.sampled_from(DAYS), shifts, min_size=1))
    begin = draw(moments)
    always = draw(st.sampled_from(((), ((begin, begin + timedelta(hours=40)),), ((begin, None),))))
    special = draw(st.dictionaries(days, st.just(()) | shifts, max_size=4))
    closed: frozenset[date] = draw(st.frozensets(days, max_size=4))
    return Calendar(draw(st.sampled_from(ZONES)), week, closed, special, always)


@settings(max_examples=150, deadline=None)
@given(calendars(), moments, spans)
def test_the_time_between_is_what_was_added(calendar, start, span):
    due = open_time_after(start, span, calendar)
    assert due >= start
    assert open_time_between(start, due, calendar) == span


@settings(max_examples=100, deadline=None)
@given(calendars(), moments, spans, spans)
def test_adding_twice_is_adding_the_sum(calendar, start, one, two):
    whole = open_time_after(start, one + two, calendar)
    assert open_time_after(open_time_after(start, one, calendar), two, calendar) == whole


@settings(max_examples=100, deadline=None)
@given(calendars(), moments, spans, spans)
def test_what_begins_later_or_takes_longer_is_never_due_earlier(calendar, start, later, span):
    due = open_time_after(start, span, calendar)
    assert open_time_after(start + later, span, calendar) >= due
    assert open_time_after(start, span + later, calendar) >= due


@settings(max_examples=100, deadline=None)
@given(calendars(), moments, st.lists(spans, min_size=2, max_size=2))
def test_open_time_is_the_sum_of_its_parts_and_no_longer_than_time_itself(calendar, start, parts):
    middle, end = start + min(parts), start + max(parts)
    whole = open_time_between(start, end, calendar)
    assert timedelta() <= whole <= end - start
    assert open_time_between(start, middle, calendar) + open_time_between(middle, end, calendar) == whole
    assert open_time_between(end, start, calendar) == timedelta() or start == end


@settings(max_examples=100, deadline=None)
@given(calendars(), moments)
def test_the_next_opening_is_open_and_nothing_before_it_is(calendar, start):
    opening = next_opening(start, calendar)
    assert is_open(opening, calendar)
    assert open_time_between(start, opening, calendar) == timedelta()
    assert (opening == start) == is_open(start, calendar)


@settings(max_examples=100, deadline=None)
@given(calendars(), moments, st.integers(1, 600))
def test_open_means_that_time_counts(calendar, start, seconds):
    """Shifts begin and end on quarters of an hour, and so do changes of the clock."""
    start = start.replace(minute=start.minute // 15 * 15, second=0, microsecond=0)
    passed = timedelta(seconds=seconds)
    counted = open_time_between(start, start + passed, calendar)
    if calendar.always:  # a crisis begins and ends at any moment
        return
    assert counted == (passed if is_open(start, calendar) else timedelta())


@settings(max_examples=100, deadline=None)
@given(calendars(), moments, spans)
def test_looking_back_finds_the_latest_moment_with_so_much_open_time_before(calendar, start, span):
    """Or refuses, where the whole year before has not so much."""
    due = open_time_after(start, span + timedelta(minutes=1), calendar)
    try:
        back = open_time_before(due, span, calendar)
    except ValueError:
        assert open_time_between(due - timedelta(days=366), due, calendar) < span
        return
    assert start <= back <= due
    assert open_time_between(back, due, calendar) == span
    assert open_time_between(back + timedelta(seconds=1), due, calendar) < span or not span
