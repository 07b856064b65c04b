"""The wall clock was an hour ahead for a while: what was written then holds nothing up afterwards."""

import random
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.clock_set_back import ClockSetBack
from bot.home import Homes
from bot.home_watch import TIMES_AGE, HomeWatch
from bot.outbox.claiming import ARRIVES, LEASE, Claiming
from bot.outbox.marking import Marking
from bot.outbox.outcomes import Later
from bot.outbox.pacing import Paces
from bot.presence import Presences
from bot.source_health import TELL_LEADS_AFTER
from bot.sources import Batch, Busy, SourceError
from models.outbox import CALM, Message, Outbox, put_all
from models.presence import WRITING
from tests.people import ANA, BO, GRY, post


@pytest.fixture
def ahead(clock):
    """While it lasts the clock is an hour ahead."""

    @contextmanager
    def for_a_while(hours=1):
        clock.pass_(hours=hours)
        yield
        clock.pass_(hours=-hours)

    return for_a_while


@pytest.fixture
def put_right(office):
    """What the clock's job does."""
    return ClockSetBack(office).look


@pytest.fixture
def send(office, clock):
    """Delivery's turn up to the sending: what it would send, or None."""
    paces = Paces(lambda: clock.now.timestamp())
    return Claiming(office, paces, (), random.Random(1)).claim


@pytest.fixture
def fails(office, clock):
    """Slack is in trouble with a message."""
    marking = Marking(office, Paces(lambda: clock.now.timestamp()))
    return lambda row: marking.mark(
        row, Later("no", 40.0, nothing_sent=True, trouble=True), clock.now.timestamp()
    )


# Messages.


def test_a_message_that_failed_while_the_clock_was_ahead_is_tried_again(hear, ahead, put_right, send, fails):
    with ahead():
        hear(post())
        fails(send())
    assert put_right() == 1
    assert send() is not None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_message_that_failed_by_the_true_time_keeps_its_wait(hear, put_right, send, fails, clock):
    hear(post())
    fails(send())
    assert put_right() == 0
    clock.pass_(seconds=39)
    assert send() is None


def test_a_message_whose_sender_was_killed_meanwhile_waits_for_one_lease(hear, ahead, put_right, send, clock):
    with ahead():
        hear(post())
        assert send() is not None
    assert (put_right(), put_right()) == (1, 0)
    clock.pass_(seconds=LEASE.total_seconds() + 1)
    assert send() is None, "its sender may be at work still"
    clock.pass_(seconds=ARRIVES.total_seconds())
    assert send().unknown


def test_it_is_looked_for_where_it_may_stand_however_far_the_clock_was_ahead(
    hear, ahead, put_right, send, clock
):
    with ahead(hours=30):
        hear(post())
        assert send() is not None
    put_right()
    clock.pass_(minutes=1)
    assert send() is None, "its sender may be at work still"
    clock.pass_(minutes=1)
    assert send().since <= clock.now.timestamp()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_message_that_was_sent_meanwhile_is_shown_anew(office, db, ahead, put_right, clock):
    calm = [Message("story:1", "story", "mentions", calm=True)]
    with ahead(), db.transaction() as session:
        put_all(session, [Message("story:1", "story", "mentions")], at=clock.now)
    with db.transaction() as session:
        row = session.scalars(select(Outbox)).one()
        row.due_at, row.sent_at = None, clock.now + timedelta(hours=1)
    with db.transaction() as session:
        put_all(session, calm, at=clock.now)
    put_right()
    with db.reading() as session:
        assert session.scalars(select(Outbox.due_at)).one() <= clock.now + CALM


# Sources.


class Asked:
    """A source that counts how often it is asked; `says` is raised."""

    name, every = "feed-forum", 60.0

    def __init__(self, says):
        self.count, self._says = 0, says

    def fetch(self, since):
        self.count += 1
        if self._says is not None:
            raise self._says()
        return Batch([])

    def check(self):
        return None


@pytest.fixture
def busy(clock):
    """It asks to be left alone for so long."""
    return lambda **wait: Asked(lambda: Busy("too many requests", clock.now + timedelta(**wait)))


@pytest.fixture
def is_asked_again(listener, clock):
    """Not yet `before` it is time, and then a second later."""

    def look(source, **before):
        clock.pass_(**before)
        listener.poll(source)
        assert source.count == 1
        clock.pass_(seconds=2)
        listener.poll(source)
        assert source.count == 2

    return look


def test_a_source_that_asked_for_a_minute_is_asked_after_a_minute(
    listener, busy, ahead, put_right, is_asked_again
):
    source = busy(seconds=60)
    with ahead():
        listener.poll(source)
    assert (put_right(), put_right()) == (1, 0)
    is_asked_again(source, seconds=59)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("by_a_wrong_clock", [True, False])
def test_a_source_that_asked_for_an_hour_is_left_alone_for_an_hour(
    listener, busy, ahead, put_right, clock, is_asked_again, by_a_wrong_clock
):
    source = busy(hours=1)
    if by_a_wrong_clock:
        with ahead():
            listener.poll(source)
    else:
        listener.poll(source)
    put_right()
    clock.pass_(minutes=59)
    put_right()
    is_asked_again(source, seconds=59)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_that_a_source_fails_is_told_after_the_same_time(listener, db, ahead, put_right, clock):
    source = Asked(lambda: SourceError("it does not answer"))
    with ahead():
        listener.poll(source)
    put_right()
    clock.pass_(seconds=TELL_LEADS_AFTER.total_seconds())
    listener.poll(source)
    with db.reading() as session:
        told = session.scalars(select(Outbox.payload).where(Outbox.kind == "notice")).all()
    assert ["feed-forum can't be read for 15 minutes" in str(one) for one in told] == [True]


# What people see.


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_wrote_meanwhile_is_not_shown_as_writing_for_an_hour(hear, office, ahead, put_right):
    presences = Presences(office)
    [mention] = hear(post())
    with ahead():
        presences.begin(mention.case_id, WRITING, by=ANA)
    put_right()
    assert presences.others_writing(mention.case_id, but=BO) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_homes_say_how_long_something_waits(office, db, ahead, clock):
    watch = HomeWatch(office)
    Homes(office).opened(GRY)
    with ahead():
        watch.look()
    with db.transaction() as session:
        session.scalars(select(Outbox)).one().due_at = None
    clock.pass_(seconds=TIMES_AGE.total_seconds())
    assert watch.look() == 1
