"""Who may speak when: one row per channel or method of Slack, by which all processes together keep its pace.

Times are Unix seconds, so that both databases can count with them. A row that was written in the future tells
that the clock went back since, and holds nobody.
"""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Float,
    String,
    Table,
    and_,
    bindparam,
    case,
    delete,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.ahead import CLOCKS_DIFFER
from models.base import Base

_DIFFER = CLOCKS_DIFFER.total_seconds()


class Pace(Base):
    """`name` is free from `not_before` on, unless somebody is at it, who has until `busy_until`."""

    __tablename__ = "paces"

    name: Mapped[str] = mapped_column(String(160), primary_key=True)
    not_before: Mapped[float]
    busy_until: Mapped[float] = mapped_column(default=0.0)
    set_at: Mapped[float]
    failures: Mapped[int] = mapped_column(default=0)
    """Tries in a row that came to nothing."""


def held_names(session: Session, now: float, *, from_: float | None = None) -> set[str]:
    """Names for which nobody may begin now; with `from_` those that somebody is at, and those that are not
    free before then."""
    given = {"now": now, "from": now if from_ is None else from_, "ahead": now + _DIFFER}
    return set(session.scalars(_HELD, given))


def begin(session: Session, name: str, now: float, *, until: float) -> int | None:
    """Takes `name` for one who has until `until`. Returns its failures in a row, None if it is not free."""
    return _put(session, "begin", name, now, until=until)


def spend(session: Session, name: str, now: float, *, every: float, burst: int) -> bool:
    """Takes one of a budget that grows by one each `every` seconds, up to `burst`. Whether there was one."""
    return _put(session, "spend", name, now, every=every, earliest=now - every * burst) is not None


def end(session: Session, name: str, now: float, *, until: float, not_before: float, failures: int) -> None:
    """Lets go of what `begin` took with the same `until`; one who was too late changes nothing."""
    given = {"called": name, "until": until, "now": now, "next": not_before, "failed": failures}
    session.execute(_END, given)


def hold(session: Session, name: str, now: float, *, until: float) -> None:
    """Nobody begins with `name` before `until`."""
    _put(session, "hold", name, now, until=until)


def forget_old(session: Session, before: float) -> None:
    """Rows that hold nobody since `before`."""
    session.execute(delete(Pace).where(Pace.not_before < before, Pace.busy_until < before))


# Helpers.


def _put(session: Session, what: str, name: str, now: float, **given: float) -> int | None:
    """One statement, so that of several processes one wins. Returns the row's failures, None if it lost."""
    statement = _PUT[session.get_bind().dialect.name][what]
    given |= {"now": now, "ahead": now + _DIFFER}
    failures: int | None = session.scalar(statement, {"called": name, **given})
    return failures


# Made once: each message that leaves needs several of them, and to make one takes longer than to run it.

_TABLE = cast(Table, Pace.__table__)
_ROW = _TABLE.c


def _given(name: str) -> BindParameter[float]:
    return bindparam(name, type_=Float)


_NAME: BindParameter[str] = bindparam("called", type_=String)
_FAILED: BindParameter[int] = bindparam("failed")
_NOW, _UNTIL, _EVERY, _EARLIEST = (_given(name) for name in ("now", "until", "every", "earliest"))
_AHEAD = _ROW.set_at > _given("ahead")
_FREE = or_(and_(_ROW.not_before <= _NOW, _ROW.busy_until <= _NOW), _AHEAD)
_HELD = select(_ROW.name).where(or_(_ROW.not_before > _given("from"), _ROW.busy_until > _NOW), ~_AHEAD)
_END = (
    update(_TABLE)
    .where(_ROW.name == _NAME, _ROW.busy_until == _UNTIL)
    .values(busy_until=0.0, not_before=_given("next"), set_at=_NOW, failures=_FAILED)
)


def _puts(insert: Any) -> dict[str, Any]:
    """By what they do: what a name's first row has, what changes on it later, and on which condition."""

    def put(first: Mapping[str, Any], again: Mapping[str, Any], where: ColumnElement[bool] | None) -> Any:
        new = insert(_TABLE).values(name=_NAME, set_at=_NOW, failures=0, **first)
        changed = {"set_at": _NOW, **again}
        return new.on_conflict_do_update(index_elements=[_ROW.name], set_=changed, where=where).returning(
            _ROW.failures
        )

    begun = {"not_before": _NOW, "busy_until": _UNTIL}
    start = case((_AHEAD, _EARLIEST), (_ROW.not_before > _EARLIEST, _ROW.not_before), else_=_EARLIEST)
    later = case((and_(_ROW.not_before > _UNTIL, ~_AHEAD), _ROW.not_before), else_=_UNTIL)
    return {
        "begin": put(begun, begun, _FREE),
        "spend": put(
            {"not_before": _EARLIEST + _EVERY, "busy_until": 0.0}, {"not_before": start + _EVERY}, _FREE
        ),
        "hold": put({"not_before": _UNTIL, "busy_until": 0.0}, {"not_before": later}, None),
    }


_PUT = {"postgresql": _puts(postgresql.insert), "sqlite": _puts(sqlite.insert)}
