"""A look at the database: it stores nothing, and what PostgreSQL learned by it is kept."""

import pytest
from sqlalchemy import text

from models.database import Database
from models.employee import Employee
from tests.people import NOON


@pytest.mark.parametrize("sent", [False, True])
def test_what_is_changed_in_a_look_is_thrown_away(db, sent):
    with db.reading() as session:
        session.add(Employee(id="U1", name="Ana", seen_at=NOON))
        if sent:
            session.flush()
    with db.reading() as session:
        assert session.get(Employee, "U1") is None


def test_a_question_asked_again_and_again_is_planned_once(postgres):
    db = Database(postgres())
    for _ in range(6):  # from the sixth time on psycopg has it prepared
        with db.reading() as session:
            session.get(Employee, "U1")
    with db.reading() as session:
        known = session.scalars(text("SELECT statement FROM pg_prepared_statements")).all()
    db.close()
    assert [statement for statement in known if "FROM employees" in statement]
