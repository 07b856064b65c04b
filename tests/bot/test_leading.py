"""Several clocks: one leads, another takes over, and what only the leader does ends before that."""

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot import clock as clock_module
from bot.clock import Clock, Job
from bot.leading import TRUSTED, Leading
from models.database import Database
from models.leader import leader_lock
from tests.people import Time
from tests.slack import eventually

LONG = 3600


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(clock_module, "LOOK_EVERY", 0.02)


class Held:
    """A lock that a test gives and takes."""

    def __init__(self) -> None:
        self.free = True

    def hold(self):
        return self.free

    def release(self):
        pass


@dataclass
class Kept:
    """A source that keeps a connection open."""

    name: str = "kept"
    every: float = LONG
    closed: threading.Event = field(default_factory=threading.Event)

    def fetch(self, since):
        raise AssertionError("nobody asks it")

    def check(self):
        return None

    def close(self):
        self.closed.set()


class Ran:
    """A job, and how often it ran."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self):
        self.times += 1


def test_of_two_clocks_one_does_the_leader_s_work_and_both_deliver(db, database_url):
    other = Database(database_url)
    led, everywhere = [Ran(), Ran()], [Ran(), Ran()]
    clocks = [
        Clock([Job("led", 0.05, led[n]), Job("all", 0.05, everywhere[n], everywhere=True)], leader_lock(base))
        for n, base in enumerate((db, other))
    ]
    clocks[0].start()
    eventually(lambda: led[0].times >= 2)
    clocks[1].start()
    eventually(lambda: everywhere[0].times >= 2 and everywhere[1].times >= 4)
    assert led[1].times == 0
    assert (clocks[0].leads, clocks[1].leads) == (True, False)

    clocks[0].stop()
    done = led[0].times
    eventually(lambda: led[1].times >= 2)
    clocks[1].stop()
    assert led[0].times == done
    other.close()


def test_a_clock_that_lost_the_lead_finishes_closes_its_sources_and_begins_no_more():
    lock, source = Held(), Kept()
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        may_end.wait(10)
        assert not source.closed.is_set()
        ended.set()

    short = Ran()
    clock = Clock([Job("work", LONG, work), Job("short", 0.02, short)], lock, [source])
    clock.start()
    assert begun.wait(10)
    eventually(lambda: short.times)
    lock.free = False
    eventually(lambda: not clock.leads)
    may_end.set()
    assert source.closed.wait(10)
    assert ended.is_set()
    done = short.times

    lock.free = True
    eventually(lambda: short.times > done)  # it leads again, and everything begins anew
    clock.stop()


def test_while_nothing_confirms_that_it_leads_a_clock_begins_nothing():
    lock, monotonic = Held(), [100.0]
    said = []
    leading = Leading(lock, lambda: said.append("begin"), lambda: said.append("end"), lambda: monotonic[0])
    assert not leading.is_on
    leading.look()
    assert leading.is_on
    monotonic[0] += TRUSTED - 0.1
    assert leading.is_on
    monotonic[0] += 0.2  # it stood still, or the lock gave no answer
    assert not leading.is_on
    leading.look()
    assert leading.is_on
    assert said == ["begin"]
    lock.free = False
    leading.look()
    assert (leading.is_on, said) == (False, ["begin", "end"])
    leading.look()
    leading.stop()
    assert said == ["begin", "end"]


def test_a_look_counts_from_when_it_was_begun():
    monotonic = [100.0]

    class Slow(Held):
        def hold(self):
            monotonic[0] += TRUSTED + 1
            return True

    leading = Leading(Slow(), lambda: None, lambda: None, lambda: monotonic[0])
    leading.look()
    assert not leading.is_on


def test_a_clock_set_back_by_an_hour_goes_on_at_once():
    wall = Time(datetime.now(UTC))
    rare, often = Ran(), Ran()
    table = [Job("rare", LONG, rare), Job("often", LONG, often, everywhere=True)]
    clock = Clock(table, now=wall)
    clock.start()
    eventually(lambda: rare.times == 1 and often.times == 1)
    wall.now += timedelta(hours=1)
    wall.now -= timedelta(hours=1)  # seen or not, it is as before
    wall.now -= timedelta(hours=1)
    # Their next turn was an hour away, as it looks to a scheduler after such a jump.
    eventually(lambda: rare.times == 2 and often.times == 2)
    clock.stop()


def test_a_lock_that_breaks_stops_no_clock():
    class Breaks(Held):
        looks = 0

        def hold(self):
            self.looks += 1
            if self.looks == 1:
                raise RuntimeError("whatever")
            return True

    ran = Ran()
    clock = Clock([Job("led", LONG, ran)], Breaks())
    clock.start()
    eventually(lambda: ran.times)
    clock.stop()
