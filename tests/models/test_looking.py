"""A look at the database: it stores nothing, and what PostgreSQL learned by it is kept."""

import pytest
from sqlalchemy import insert, text

from models.database import Database
from models.employee import Employee
from tests.people import NOON


def added(session):
    session.add(Employee(id="U1", name="Ana", seen_at=NOON))


def added_and_sent(session):
    added(session)
    session.flush()


def inserted(session):
    session.execute(insert(Employee).values(id="U1", name="Ana", seen_at=NOON))


def written_out(session):
    values = {"at": NOON.isoformat()}
    session.execute(text("INSERT INTO employees (id, name, seen_at) VALUES ('U1', 'Ana', :at)"), values)


@pytest.mark.parametrize("change", [added, added_and_sent, inserted, written_out])
def test_what_is_changed_in_a_look_is_thrown_away(db, change):
    with db.reading() as session:
        change(session)
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
