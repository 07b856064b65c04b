"""After an outage: what matters now goes first, the newest of it before the older, and nothing starves."""

import random
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.outbox.claiming import Claiming
from bot.outbox.order import first_to_go
from bot.outbox.pacing import Paces
from models.outbox import NORMAL, SOON, URGENT, Outbox, put

WHAT: dict[str, dict[str, Any]] = {  # key, and how it is put
    "change": {"kind": "card", "channel": "mentions", "priority": NORMAL},
    "card": {"kind": "card", "channel": "mentions", "priority": NORMAL},
    "notice": {"kind": "notice", "channel": "UBO", "priority": SOON},
    "asked": {"kind": "escalation", "channel": "UDAG", "priority": URGENT},
}


@pytest.fixture
def backlog(db, clock):
    """Two hours without Slack: 75 of each kind, the oldest first."""
    with db.transaction() as session:
        for n in range(75):
            for what, how in WHAT.items():
                row = put(session, f"{what}:{n}", at=clock.now, **how)
                if what == "change":  # it was posted before the outage
                    row.ts, row.priority = "1.0", URGENT
            clock.pass_(seconds=96)


def in_order(db, clock):
    with db.reading() as session:
        due = select(Outbox.key).where(Outbox.due_at <= clock.now)
        return list(session.scalars(due.order_by(*first_to_go(clock.now))))


def test_specialists_hear_first_then_people_then_cards_then_changes_each_newest_first(db, clock, backlog):
    expected = [f"{what}:{n}" for what in ("asked", "notice", "card", "change") for n in reversed(range(75))]
    assert in_order(db, clock) == expected


def test_what_somebody_does_now_goes_before_the_backlog(db, clock, backlog):
    with db.transaction() as session:
        row = put(session, "card:now", kind="card", channel="mentions", at=clock.now)
        row.ts, row.priority = "1.0", URGENT
        put(session, "card:new", kind="card", channel="mentions", at=clock.now)
    order = in_order(db, clock)
    assert order[0] == "card:now"
    assert order.index("card:new") < order.index("card:74")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_oldest_leaves_too_while_new_cards_come_as_fast_as_they_go(db, office, clock):
    with db.transaction() as session:
        for n in range(10):
            row = put(session, f"card:{n}", kind="card", channel="mentions", at=clock.now)
            row.ts = "1.0"
    clock.pass_(minutes=5)
    claiming = Claiming(office, Paces(lambda: clock.now.timestamp()), (), random.Random(1))
    for n in range(10, 110):
        with db.transaction() as session:
            put(session, f"card:{n}", kind="card", channel="mentions", at=clock.now)
        claimed = claiming.claim()
        assert claimed is not None
        with db.transaction() as session:
            sent = session.get_one(Outbox, claimed.id)
            sent.due_at = sent.lease_until = None
        clock.now += timedelta(seconds=30)
    with db.reading() as session:
        old = Outbox.id <= 10, Outbox.due_at.is_not(None)
        left = session.scalar(select(func.count(Outbox.id)).where(*old))
    assert left == 0
