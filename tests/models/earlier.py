"""Databases as earlier versions left them: any version's schema, with rows in every table."""

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy import URL, Column, Connection, MetaData, Table, make_url

from models.database import Database
from models.migrating import migrate, scripts
from tests.people import ANA, BO, NOON

ROWS = 3
"""In each table; in the last one what may be empty is empty."""
MEANT: dict[str, list[Any]] = {
    # One case waits, one is somebody's, one is closed; all else that has meaning follows them.
    "cases.stage": ["waiting", "claimed", "resolved"],
    "cases.owner": [None, ANA, BO],
    "cases.closed_at": [None, None, NOON],
    "cases.claimed_at": [None, NOON, NOON],
    "cases.touched_at": [None, NOON, NOON],
    "cases.opened_at": [NOON] * ROWS,
    "cases.paused_at": [None] * ROWS,
    "cases.promised_for": [None] * ROWS,
    "cases.offered_to": [None] * ROWS,
    "cases.like_id": [None, None, 1],
    "cases.heap_id": [None] * ROWS,
    "cases.private": [False] * ROWS,
    "cases.behind": [False] * ROWS,
    "cases.first_response_at": [None, None, NOON],
    "cases.queue": ["everyone"] * ROWS,
    "cases.brand": ["Tindra"] * ROWS,
    "cases.kind": ["complaint"] * ROWS,
    "cases.language": ["en"] * ROWS,
    "cases.topic": ["leak", "leak", None],
    "cases.source": ["x"] * ROWS,
    "cases.author": ["mia_j", "jon", "kim"],
    "cases.conversation": ["7001", "7002", None],
    "mentions.source": ["x"] * ROWS,
    "mentions.author": ["mia_j", "jon", "kim"],
    "mentions.conversation": ["7001", "7002", None],
    "mentions.queue": ["everyone"] * ROWS,
    "mentions.brand": ["Tindra"] * ROWS,
    "mentions.kind": ["complaint"] * ROWS,
    "mentions.language": ["en"] * ROWS,
    "mentions.gone_at": [None] * ROWS,
    "mentions.text": ["Ünsere Tindra leckt 💧 <!channel> & 'drips'", "My Tindra leaks", "It leaks"],
    "mentions.created_at": [NOON] * ROWS,
    "mentions.stored_at": [NOON] * ROWS,
    "escalations.state": ["overtaken"] * ROWS,
    "escalations.resolve_by": [None] * ROWS,
    "escalations.ask_at": [None] * ROWS,
    "handovers.state": ["overtaken"] * ROWS,
    "replies.state": ["posted", "replaced", "draft"],
    "replies.by": [ANA] * ROWS,
    "replies.case_id": [2, 2, 3],
    "ticks.step": ["helps", "helps", "helps"],
    "events.what": ["open"] * ROWS,
    "switches.ended_at": [NOON] * ROWS,
    "surges.ended_at": [NOON] * ROWS,
    "lessons.ended_at": [NOON] * ROWS,
    "outbox.due_at": [None] * ROWS,
    "outbox.kind": ["card"] * ROWS,
    "outbox.key": ["card:1", "card:2", "card:3"],
    "outbox.subject": [1, 2, 3],
    "outbox.parked_at": [None] * ROWS,
    "source_states.cursor": [{"since": "7"}, {"since": "8"}, None],
    "post_words.words": ["'leak'", "'drip' 'leak'", "'ünsere'"],
    "note_words.words": ["'phone'"] * ROWS,
    "employees.id": [ANA, BO, "UZOE"],
}
LISTS = {"mentions.personal_data", "replies.advice", "practices.ticks", "employees.languages"}
LISTS |= {"surges.words", "overrules.stops", "switches.called_in"}
SEARCHED = ("post_words", "note_words")
_names = itertools.count()


def versions() -> list[str]:
    """Every version's number, the oldest first."""
    found = [script.revision for script in scripts().walk_revisions()]
    return found[::-1]


class Earlier:
    """Makes copies of an empty database at any version; each version is migrated to once."""

    def __init__(
        self, empty: Callable[[], str], copy: Callable[[str], str], drop: Callable[[URL], None]
    ) -> None:
        self._empty, self._copy, self.drop = empty, copy, drop
        self._made: dict[str, str] = {}

    def at(self, version: str) -> str:
        """The address of a fresh database at `version`."""
        return self._copy(self._template(version))

    def _template(self, version: str) -> str:
        if version not in self._made:
            before = versions().index(version) - 1
            url = self._copy(self._template(versions()[before])) if before >= 0 else self._empty()
            database = Database(url)
            migrate(database.engine, version)
            database.close()
            self._made[version] = url
        return self._made[version]


def sqlite_databases(folder: Path) -> Earlier:
    def empty() -> str:
        return f"sqlite:///{folder / f'{next(_names)}.db'}"

    def copy(url: str) -> str:
        to = empty()
        Path(to.removeprefix("sqlite:///")).write_bytes(Path(url.removeprefix("sqlite:///")).read_bytes())
        return to

    return Earlier(empty, copy, lambda url: Path(url.database or "").unlink())


def postgres_databases(address: str) -> Earlier:
    """`address`: of any database on the server."""

    def create(template: str) -> str:
        name = f"earlier_{next(_names)}"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE {name} TEMPLATE "{template}"'.encode())
        return make_url(address).set(database=name).render_as_string(hide_password=False)

    def drop(url: URL) -> None:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {url.database}".encode())

    return Earlier(lambda: create("template0"), lambda url: create(str(make_url(url).database)), drop)


def schema_of(connection: Connection) -> MetaData:
    """The tables as they are in this database."""
    schema = MetaData()
    schema.reflect(connection)
    schema.remove(schema.tables["alembic_version"])
    if connection.dialect.name == "sqlite":
        for table in list(schema.tables.values()):
            if table.name.startswith(SEARCHED):  # SQLite's own, and what it makes of them
                schema.remove(table)
    return schema


def fill(connection: Connection, schema: MetaData) -> None:
    """Puts ROWS rows into every table of `schema`, with the columns that it knows and no others."""
    for table in schema.sorted_tables:
        for row in range(ROWS):
            values = dict(_values(table, row, connection.dialect.name))
            connection.execute(table.insert().values(values))


def contents(connection: Connection, schema: MetaData) -> dict[str, list[tuple[Any, ...]]]:
    """Every value in the tables and columns of `schema`, whatever else there is by now."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for table in schema.sorted_tables:
        rows = connection.execute(sa.select(table).order_by(*table.primary_key.columns))
        found[table.name] = [tuple(row) for row in rows]
    return found


# Helpers.


def _values(table: Table, row: int, dialect: str) -> Iterator[tuple[str, Any]]:
    for column in table.columns:
        name = f"{table.name}.{column.name}"
        if column.name == "id" and isinstance(column.type, sa.Integer):
            continue  # the database counts
        meant = MEANT.get(name)
        if meant is not None:
            value = meant[row]
        elif column.nullable and row == ROWS - 1:
            value = None
        elif column.foreign_keys:
            value = _referred(column, row)
        else:
            value = _some(column, name, row)
        if dialect == "sqlite" and isinstance(value, datetime):
            value = value.replace(tzinfo=None)
        yield column.name, value


def _referred(column: Column[Any], row: int) -> Any:
    """A row of the table it refers to; all of these have numbers."""
    return row + 1


def _some(column: Column[Any], name: str, row: int) -> Any:
    """A value of the column's type, another one in each row."""
    kind = column.type
    if isinstance(kind, sa.Boolean):
        return row % 2 == 1
    if isinstance(kind, sa.JSON):
        return [f"a{row}", "ü"] if name in LISTS else {"likes": row}
    if isinstance(kind, sa.Integer):
        return row + 1
    if isinstance(kind, sa.Float | sa.Numeric):
        return row + 0.5
    if isinstance(kind, sa.LargeBinary):
        return bytes([row, 255])
    if kind.python_type is timedelta:
        return timedelta(hours=row)
    if isinstance(kind, sa.DateTime):
        # Intervals are stored as points after 1970 on SQLite, and read back by reflection as such.
        return (
            datetime(1970, 1, 1, row, tzinfo=UTC)
            if column.name == "resolve_left"
            else NOON + timedelta(days=row)
        )
    if isinstance(kind, sa.Date):
        return date(2026, 3, 10 + row)
    if isinstance(kind, sa.String):
        length = kind.length or 40
        return f"{row}{column.name} ü"[:length]
    raise AssertionError(f"{name}: no value for a {kind}")
