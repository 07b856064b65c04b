"""A transaction begins when its connection leaves the pool, and so does each one after it."""

import pytest
from sqlalchemy import insert, select, text

from models.database import Database
from models.handled import Handled


@pytest.mark.parametrize("transactions", [1, 2, 3])
def test_what_is_rolled_back_is_gone_whichever_transaction_of_a_connection_it_was(db, clock, transactions):
    with db.engine.connect() as connection:
        for n in range(transactions):
            connection.execute(insert(Handled).values(request=f"kept {n}", at=clock.now))
            connection.commit()
        connection.execute(insert(Handled).values(request="thrown away", at=clock.now))
        connection.rollback()
    with db.reading() as session:
        kept = session.scalars(select(Handled.request).order_by(Handled.request)).all()
    assert kept == [f"kept {n}" for n in range(transactions)]


def test_a_statement_is_planned_for_the_values_that_it_is_asked_about(postgres):
    db = Database(postgres())
    with db.reading() as session:
        assert session.scalar(text("SHOW plan_cache_mode")) == "force_custom_plan"
    db.close()
