"""After an outage: what matters now goes first, the newest of it before the older, and nothing starves."""

import random
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.home import HOME
from bot.outbox.choosing import FEW, could_be_first
from bot.outbox.claiming import Claiming
from bot.outbox.order import first_to_go, oldest_to_go
from bot.outbox.pacing import CHANGE, POST, Held, Paces
from bot.rendering import PICTURES
from bot.stories.room import HEAP
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


@pytest.fixture
def mixed(db, clock) -> None:
    """Rows of every sort: new and known, fresh and old, failed, leased, in many channels."""
    chance = random.Random(5)
    with db.transaction() as session:
        for n in range(8 * FEW):
            kind = chance.choice(["card"] * 9 + ["notice"] * 3 + [HEAP, HOME, *PICTURES, "x_reply"])
            channel = f"U{n % 7}" if kind in ("notice", HOME) else f"mentions-{n % 3}"
            ago = timedelta(seconds=chance.choice([-5, 1, 20, 50, 70, 300, 7000]))
            row = put(session, f"{kind}:{n}", kind=kind, channel=channel, at=clock.now - ago)
            row.priority = chance.choice([URGENT, SOON, NORMAL])
            row.ts = "1.0" if kind != HOME and chance.random() < 0.4 else None
            row.error = "no answer" if chance.random() < 0.1 else None
            row.unknown_since = clock.now - ago if chance.random() < 0.05 else None
            row.lease_until = clock.now + timedelta(seconds=9) if chance.random() < 0.1 else None


HOLDS = [
    *[set[str]()] * 2,
    {POST},
    {CHANGE},
    {POST, CHANGE},
    {"to:mentions-0", "home:U2", "to:U3", f"{POST}|mentions-1"},
    {f"{CHANGE}|mentions-2", "to:mentions-1", "conversations"},
]


@pytest.mark.usefixtures("mixed")
@pytest.mark.parametrize("oldest", [False, True])
def test_of_very_many_the_first_is_found_without_looking_at_all(db, clock, oldest):
    """Sent one by one, until nothing is left that may leave: each time it is the one that all would show."""
    outward, order = {"x_reply"}, [*(oldest_to_go(clock.now) if oldest else ()), *first_to_go(clock.now)]
    for number in range(150):
        held = Held(frozenset(HOLDS[number % len(HOLDS)]))
        with db.transaction() as session:
            free = held.open_to(outward), Outbox.due_at <= clock.now
            rested = Outbox.lease_until.is_(None)
            first = session.scalars(select(Outbox).where(*free, rested).order_by(*order).limit(1)).first()
            among = could_be_first(session, held, outward, clock.now, oldest=oldest)
            found = session.scalars(
                select(Outbox).where(Outbox.id.in_(among), *free, rested).order_by(*order).limit(1)
            ).first()
            assert found is first, number
            assert first is not None
            first.due_at = None


def test_of_a_few_all_are_looked_at(db, clock):
    with db.transaction() as session:
        for n in range(3):
            put(session, f"card:{n}", kind="card", channel=f"mentions-{n}", at=clock.now)
        session.flush()
        assert could_be_first(session, Held(frozenset()), (), clock.now - timedelta(seconds=1)) == []
        held = Held(frozenset({"to:mentions-1"}))
        assert len(could_be_first(session, held, (), clock.now)) == 2
