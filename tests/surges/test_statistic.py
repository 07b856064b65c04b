"""What is usual, how likely a count is by chance, and when that is an alarm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.surges.statistic import SENSITIVITIES, Usual, chance_of, is_quiet, is_surge, usual_of

LOW, NORMAL, HIGH = (SENSITIVITIES[name] for name in ("low", "normal", "high"))


def test_one_earlier_surge_leaves_the_usual_as_it_was():
    assert usual_of([4, 5, 90, 4, 6, 5]).typical == usual_of([4, 5, 5, 4, 6, 5]).typical
    assert usual_of([4, 90]).typical == 1.0


def test_few_weeks_are_trusted_less_than_many():
    assert usual_of([8, 8]).high > usual_of([8] * 6).high > 2.0


def test_counts_that_vary_much_from_week_to_week_take_more_for_an_alarm():
    steady, wild = usual_of([40, 41, 39, 40, 42, 38]), usual_of([40, 90, 10, 40, 80, 15])
    assert is_surge(60, steady, NORMAL)
    assert not is_surge(60, wild, NORMAL)


def test_a_quiet_brand_has_a_floor():
    nothing = usual_of([0] * 6)
    assert [is_surge(n, nothing, NORMAL) for n in (6, 7)] == [False, True]
    assert [is_surge(n, nothing, LOW) for n in (11, 12)] == [False, True]
    assert [is_surge(n, nothing, HIGH) for n in (4, 5)] == [False, True]


def test_chance_is_that_of_the_poisson_distribution_where_nothing_spreads():
    # 1 - P(0) - P(1) - P(2) for a mean of 1, from any table of the Poisson distribution.
    assert chance_of(3, Usual(1.0, 1.0, 1e-9)) == pytest.approx(0.0803, abs=1e-4)
    assert chance_of(0, Usual(1.0, 1.0, 0.1)) == 1.0
    assert chance_of(1, Usual(0.0, 0.0, 0.1)) == 0.0


@given(st.lists(st.integers(0, 5000), min_size=2, max_size=6), st.integers(0, 20000))
def test_more_people_are_never_less_of_an_alarm_and_nothing_is_alarm_and_quiet_at_once(weeks, people):
    usual = usual_of(weeks)
    for sensitivity in (LOW, NORMAL, HIGH):
        alarm = is_surge(people, usual, sensitivity)
        assert not (alarm and is_quiet(people, usual, sensitivity))
        assert not alarm or is_surge(people + 1, usual, sensitivity)
    assert not is_surge(people, usual, LOW) or is_surge(people, usual, NORMAL)
    assert not is_surge(people, usual, NORMAL) or is_surge(people, usual, HIGH)
