"""Many new rows at once: numbered before they are written, and written as they are.

A flush keeps books of every row that it writes; for thousands of new ones that nothing refers to yet, that is
most of its work.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, func, insert, select, text
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from models.base import Base


def give_numbers(session: Session, rows: Sequence[Base]) -> None:
    """Gives new rows of one table their `id`, in order; called in a transaction that writes."""
    if not rows:
        return
    table = _table(rows)
    if session.get_bind().dialect.name == "postgresql":
        taken: Sequence[int] = session.scalars(
            text("SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)"),
            {"table": table.name, "count": len(rows)},
        ).all()
    else:  # nobody else writes until this transaction ends
        last = session.scalar(select(func.max(table.c.id))) or 0
        taken = range(last + 1, last + 1 + len(rows))
    for row, number in zip(rows, taken, strict=True):
        row.__dict__["id"] = number


def write(session: Session, rows: Sequence[Base]) -> None:
    """Inserts new rows of one table, which the session does not know of before or after."""
    if not rows:
        return
    table = _table(rows)
    given = set().union(*(row.__dict__ for row in rows))
    defaults: dict[str, Any] = {}
    for column in table.columns:
        default = column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else None
        if column.key in given or default is not None:
            defaults[column.key] = default
    session.execute(
        insert(table),
        [{name: row.__dict__.get(name, default) for name, default in defaults.items()} for row in rows],
    )


def _table(rows: Sequence[Base]) -> Table:
    table = type(rows[0]).__table__
    assert isinstance(table, Table)  # noqa: S101  # each of our classes has one table of its own
    return table
