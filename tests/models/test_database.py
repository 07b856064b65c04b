"""Migrations and transactions, on SQLite and on PostgreSQL."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import inspect, select

from models.employee import Employee
from models.migrating import scripts
from models.outbox import Outbox, put
from models.schema import metadata
from models.versions import known_versions
from tests.people import NOON

FTS5_PARTS = ("_data", "_idx", "_content", "_config")
"""Tables of SQLite's own behind each that it searches: https://www.sqlite.org/fts5.html#fts5_data_structures"""


def test_the_migrations_make_exactly_the_tables_of_the_models(db):
    have = inspect(db.engine)
    virtual = {table for table in metadata.tables.values() if table.info.get("fts5")}
    if db.engine.dialect.name != "sqlite":
        virtual = set()
    theirs = {f"{table.name}{part}" for table in virtual for part in FTS5_PARTS}
    assert set(have.get_table_names()) - theirs - {"alembic_version"} == set(metadata.tables)
    for name, table in metadata.tables.items():
        if table in virtual:
            assert {c["name"] for c in have.get_columns(name)} == {"words"}
            continue
        assert {c["name"] for c in have.get_columns(name)} == {c.name for c in table.columns}, name
        assert {i["name"] for i in have.get_indexes(name) if not i.get("duplicates_constraint")} == {
            i.name for i in table.indexes
        }, name


def test_upgrading_twice_changes_nothing(db):
    db.upgrade()
    assert db.schema_version() == db.newest_version()


def test_the_names_of_the_migrations_say_what_alembic_finds_in_them():
    in_order = [script.revision for script in scripts().walk_revisions()][::-1]
    assert (known_versions(), known_versions()[-1]) == (tuple(in_order), scripts().get_current_head())


def test_times_come_back_aware_and_in_utc(db):
    with db.transaction() as session:
        session.add(Employee(id="U1", name="Ana", seen_at=datetime.fromisoformat("2026-03-10T13:00+01:00")))
    with db.reading() as session:
        seen = session.get_one(Employee, "U1").seen_at
    assert (seen, seen.tzinfo) == (NOON, UTC)


def test_a_time_without_a_zone_is_refused(db):
    with pytest.raises(Exception, match="without a time zone"), db.transaction() as session:
        session.add(Employee(id="U1", name="Ana", seen_at=datetime(2026, 3, 10)))  # noqa: DTZ001  # the point


def add_and_fail(db):
    with db.transaction() as session:
        session.add(Employee(id="U1", name="Ana", seen_at=NOON))
        session.flush()
        raise RuntimeError


def test_an_error_leaves_nothing_behind(db):
    with pytest.raises(RuntimeError):
        add_and_fail(db)
    with db.reading() as session:
        assert session.get(Employee, "U1") is None


def test_a_message_put_twice_is_one_row_with_a_newer_version(db):
    for _ in range(2):
        with db.transaction() as session:
            put(session, "card:1", kind="card", channel="mentions", at=NOON, subject=1)
    with db.reading() as session:
        row = session.scalars(select(Outbox)).one()
    assert (row.version, row.sent_version, row.due_at) == (2, 0, NOON)


def test_a_message_that_waits_because_slack_asked_keeps_waiting(db):
    later = datetime(2026, 3, 10, 13, 0, tzinfo=UTC)
    with db.transaction() as session:
        put(session, "card:1", kind="card", channel="mentions", at=later, subject=1)
    with db.transaction() as session:
        put(session, "card:1", kind="card", channel="mentions", at=NOON, subject=1)
    with db.reading() as session:
        assert session.scalars(select(Outbox)).one().due_at == later
