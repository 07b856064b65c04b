"""Who asked to be left alone is, by whatever clock."""

from datetime import timedelta

import pytest

from bot.sources import Busy
from bot.sources.beside import Beside
from bot.sources.resting import Rest
from bot.sources.streaming import Haul

NOTHING: Haul[str] = Haul([], [], {}, None, None)


def test_a_rest_lasts_until_its_end(clock):
    rest = Rest(clock.at, clock.at + timedelta(hours=1))
    clock.turn(minutes=59)
    assert rest.is_on(clock.at)
    clock.turn(minutes=1)
    assert not rest.is_on(clock.at)


def test_a_rest_of_a_clock_that_was_ahead_is_over_when_it_is_set_back(clock):
    rest = Rest(clock.at, clock.at + timedelta(minutes=5))
    clock.turn(hours=-1)
    assert not rest.is_on(clock.at)


def test_clocks_of_two_machines_may_differ_a_little(clock):
    rest = Rest(clock.at, clock.at + timedelta(minutes=5))
    clock.turn(seconds=-30)
    assert rest.is_on(clock.at)


@pytest.mark.parametrize("answer", [None, Busy], ids=["it answers", "it asks to wait"])
def test_what_is_asked_beside_a_stream_is_asked_again_when_the_clock_was_set_back(clock, answer):
    asked, beside = [], Beside("search", 60.0)

    def read():
        asked.append(clock.at)
        if answer is not None:
            raise answer("too many requests", clock.at + timedelta(minutes=10))
        return True

    clock.turn(hours=1)
    beside.ask(read, NOTHING, clock.at)
    clock.turn(hours=-1)
    beside.ask(read, NOTHING, clock.at)
    assert len(asked) == 2
