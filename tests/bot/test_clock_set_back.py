"""The wall clock was ahead for a while: what was written then goes out, and what is held is let go."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.clock_set_back import ClockSetBack
from bot.outbox.claiming import LEASE
from models.outbox import Outbox
from tests.people import post


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_card_of_a_clock_that_was_ahead_is_due_now_and_a_retry_keeps_its_wait(hear, office, clock, db):
    hear(post())
    with db.transaction() as session:
        soon = clock.now + timedelta(minutes=5)
        session.scalars(select(Outbox)).one().due_at = soon
    assert ClockSetBack(office).look() == 0
    clock.pass_(hours=-1)
    with db.transaction() as session:
        session.scalars(select(Outbox)).one().lease_until = clock.now + timedelta(hours=1)
    assert (ClockSetBack(office).look(), ClockSetBack(office).look()) == (1, 0)
    with db.reading() as session:
        row = session.scalars(select(Outbox)).one()
    assert (row.due_at, row.lease_until) == (clock.now, clock.now + LEASE)
