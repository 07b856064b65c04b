"""However hours change while a case is open, it gets exactly the open time that it was given."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.deadlines import move_deadlines
from config.hours import Calendar
from models.case import Case
from models.hours import open_time_after, open_time_between
from tests.models.test_hours_properties import ZONES, calendars, moments, shifts

spans = st.integers(1, 60 * 24 * 5).map(lambda minutes: timedelta(minutes=minutes))
gaps = st.integers(0, 60 * 24 * 4).map(lambda minutes: timedelta(minutes=minutes))


def open_case(due):
    return Case(respond_by=due, resolve_by=due)


@settings(max_examples=120, deadline=None)
@given(calendars(), moments, spans, gaps, gaps)
def test_a_crisis_that_comes_and_goes_takes_nothing_and_gives_nothing(plain, start, span, before, lasts):
    usual = Calendar(plain.zone, plain.week, plain.closed, plain.special)
    case = open_case(open_time_after(start, span, usual))
    begins, ends = start + before, start + before + lasts
    during = Calendar(usual.zone, usual.week, usual.closed, usual.special, ((begins, None),))
    move_deadlines([case], usual, during, begins)
    after = Calendar(usual.zone, usual.week, usual.closed, usual.special, ((begins, ends),))
    move_deadlines([case], during, after, ends)
    assert open_time_between(start, case.resolve_by, after) == span
    assert case.respond_by == case.resolve_by


@settings(max_examples=80, deadline=None)
@given(calendars(), moments, spans, gaps)
def test_a_crisis_never_makes_anything_due_later(plain, start, span, before):
    case = open_case(due := open_time_after(start, span, plain))
    begins = start + before
    during = Calendar(plain.zone, plain.week, plain.closed, plain.special, (*plain.always, (begins, None)))
    move_deadlines([case], plain, during, begins)
    assert min(due, begins) <= case.resolve_by <= due


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(ZONES), shifts, moments, spans, gaps, st.integers(0, 9), st.just(()) | shifts)
def test_other_hours_for_a_day_and_back_at_once_change_nothing(zone, hours, start, span, wait, day, other):
    usual = Calendar(zone, dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), hours))
    case = open_case(due := open_time_after(start, span, usual))
    at = start + wait
    changed = Calendar(zone, usual.week, special={(at + timedelta(days=day)).date(): other})
    move_deadlines([case], usual, changed, at)
    assert case.resolve_by >= min(due, at)
    move_deadlines([case], changed, usual, at)
    assert case.resolve_by == due
