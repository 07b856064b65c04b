"""A sender that was killed, or hangs: its message waits until its last call must be over, others do not."""

import random

import pytest
from sqlalchemy import select

from bot.outbox.claiming import ARRIVES, LEASE, Claiming
from bot.outbox.marking import Marking
from bot.outbox.outcomes import Sent
from bot.outbox.pacing import TURN, Paces
from models.outbox import Outbox, put


@pytest.fixture
def paces(clock):
    return Paces(lambda: clock.now.timestamp())


@pytest.fixture
def claim(office, paces):
    """A sender takes what leaves next; what it does then is up to the test."""
    return Claiming(office, paces, (), random.Random(1)).claim


@pytest.fixture
def messages(db, clock):
    """Three for one channel."""
    with db.transaction() as session:
        for n in range(3):
            put(
                session, f"notice:{n}", kind="notice", channel="mentions", payload={"text": "?"}, at=clock.now
            )


def test_what_else_is_for_its_channel_goes_on_after_one_call(messages, claim, clock):
    killed = claim()
    clock.pass_(seconds=TURN - 1)
    assert claim() is None
    clock.pass_(seconds=2)
    assert claim().key != killed.key


def test_its_own_message_is_looked_for_when_its_last_call_must_be_over(messages, claim, clock):
    killed = claim()
    clock.pass_(seconds=LEASE.total_seconds())
    others = [claim()]
    clock.pass_(seconds=TURN)
    others.append(claim())
    assert killed.key not in {one.key for one in others}, "others go on, and are killed too"
    clock.pass_(seconds=ARRIVES.total_seconds() - TURN)
    assert claim() is None, "the last one is at it"
    clock.pass_(seconds=TURN)
    again = claim()
    assert (again.key, again.unknown) == (killed.key, True)


def test_one_that_hung_marks_what_it_sent_and_takes_nobodys_turn(messages, claim, office, paces, db, clock):
    hung = claim()
    clock.pass_(seconds=TURN + 1)
    assert claim() is not None
    Marking(office, paces).mark(hung, Sent(1, ("C1", "1.0")), clock.now.timestamp())
    with db.reading() as session:
        row = session.scalars(select(Outbox).where(Outbox.key == hung.key)).one()
    assert (row.ts, row.due_at, row.lease_until) == ("1.0", None, None)
    clock.pass_(seconds=2)
    assert claim() is None, "the other one is at it"
