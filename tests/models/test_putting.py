"""What is to be shown: one by one or together, it is marked by the same rule."""

import threading
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import select

from models.outbox import CALM, NORMAL, SOON, URGENT, Message, Outbox, put, put_all
from tests.people import NOON

STATES = [
    {"ts": ts, "due_at": due_at, "error": error, "parked_at": parked_at}
    for ts, due_at, error, parked_at in product(
        (None, "1.0"),
        (None, *(NOON + timedelta(seconds=s) for s in (-60, 0, 1, CALM.seconds, 60))),
        (None, "rate_limited"),
        (None, NOON),
    )
]
MARKS = (Outbox.version, Outbox.priority, Outbox.due_at, Outbox.parked_at, Outbox.error, Outbox.ts)


def card(key):
    return Message(key, "card", "mentions", subject=1, priority=SOON)


@pytest.fixture
def rows(db):
    """Two rows in each state that a message can be in: `one:<n>` and `other:<n>`."""
    with db.transaction() as session:
        for n, state in enumerate(STATES):
            for which in ("one", "other"):
                row = put(session, f"{which}:{n}", kind="card", channel="mentions", at=NOON, priority=NORMAL)
                for name, value in state.items():
                    setattr(row, name, value)


def marks(db, which):
    with db.reading() as session:
        mine = select(*MARKS).where(Outbox.key.startswith(f"{which}:"))
        return session.execute(mine.order_by(Outbox.id)).all()


def test_together_and_one_by_one_come_to_the_same(db, rows):
    with db.transaction() as session:
        put_all(session, [card(f"one:{n}") for n in range(len(STATES))], at=NOON)
    with db.transaction() as session:
        for n in range(len(STATES)):
            put(session, f"other:{n}", kind="card", channel="mentions", at=NOON, priority=SOON)
    assert marks(db, "one") == marks(db, "other")
    assert [mark.version for mark in marks(db, "one")] == [2] * len(STATES)


def test_what_was_never_said_is_new_and_a_home_that_was_never_opened_stays_away(db):
    with db.transaction() as session:
        put(session, "home:UANA", kind="home", channel="UANA", at=NOON).due_at = None
    later = NOON + timedelta(hours=1)
    with db.transaction() as session:
        put_all(session, [card("card:1")], at=later, homes=["home:UANA", "home:UBO"])
    with db.reading() as session:
        rows = session.execute(select(Outbox.key, Outbox.version, Outbox.due_at).order_by(Outbox.key)).all()
    assert rows == [("card:1", 1, later), ("home:UANA", 2, later)]


def test_who_read_a_message_before_sees_it_as_it_is_marked(db):
    with db.transaction() as session:
        row = put(session, "card:1", kind="card", channel="mentions", at=NOON)
        row.ts = "1.0"
        put_all(session, [card("card:1")], at=NOON)
        assert (row.ts, row.version, row.priority) == ("1.0", 2, URGENT)


def test_two_who_change_it_at_once_are_both_counted(db):
    with db.transaction() as session:
        put(session, "card:1", kind="card", channel="mentions", at=NOON)
    start = threading.Barrier(4)

    def change():
        start.wait(20)
        with db.transaction() as session:
            put_all(session, [card("card:1")], at=NOON)

    threads = [threading.Thread(target=change) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    with db.reading() as session:
        assert session.scalar(select(Outbox.version)) == 5
