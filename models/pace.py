"""Who may speak when: one row per channel or method of Slack, by which all processes together keep its pace.

Times are Unix seconds, so that both databases can count with them. A row that was written in the future tells
that the clock went back since, and holds nobody.
"""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, String, and_, case, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base

CLOCKS_DIFFER = 60.0
"""Seconds by which the clocks of several machines may differ."""


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
    held = or_(Pace.not_before > (now if from_ is None else from_), Pace.busy_until > now)
    return set(session.scalars(select(Pace.name).where(held, Pace.set_at <= now + CLOCKS_DIFFER)))


def begin(session: Session, name: str, now: float, *, until: float) -> int | None:
    """Takes `name` for one who has until `until`. Returns its failures in a row, None if it is not free."""
    first = {"name": name, "not_before": now, "busy_until": until, "set_at": now, "failures": 0}
    again = {"not_before": now, "busy_until": until, "set_at": now}
    return _put(session, first, again, _free(now))


def spend(session: Session, name: str, now: float, *, every: float, burst: int) -> bool:
    """Takes one of a budget that grows by one each `every` seconds, up to `burst`. Whether there was one."""
    earliest = now - every * burst
    start = case((_ahead(now), earliest), (Pace.not_before > earliest, Pace.not_before), else_=earliest)
    first = {"name": name, "not_before": earliest + every, "busy_until": 0.0, "set_at": now, "failures": 0}
    return _put(session, first, {"not_before": start + every, "set_at": now}, _free(now)) is not None


def end(session: Session, name: str, now: float, *, until: float, not_before: float, failures: int) -> None:
    """Lets go of what `begin` took with the same `until`; one who was too late changes nothing."""
    session.execute(
        update(Pace)
        .where(Pace.name == name, Pace.busy_until == until)
        .values(busy_until=0.0, not_before=not_before, set_at=now, failures=failures)
    )


def hold(session: Session, name: str, now: float, *, until: float) -> None:
    """Nobody begins with `name` before `until`."""
    later = case((and_(Pace.not_before > until, ~_ahead(now)), Pace.not_before), else_=until)
    first = {"name": name, "not_before": until, "busy_until": 0.0, "set_at": now, "failures": 0}
    _put(session, first, {"not_before": later, "set_at": now})


def forget_old(session: Session, before: float) -> None:
    """Rows that hold nobody since `before`."""
    session.execute(delete(Pace).where(Pace.not_before < before, Pace.busy_until < before))


# Helpers.


def _free(now: float) -> ColumnElement[bool]:
    return or_(and_(Pace.not_before <= now, Pace.busy_until <= now), _ahead(now))


def _ahead(now: float) -> ColumnElement[bool]:
    return Pace.set_at > now + CLOCKS_DIFFER


def _put(
    session: Session,
    first: Mapping[str, object],
    again: Mapping[str, object],
    where: ColumnElement[bool] | None = None,
) -> int | None:
    """One statement, so that of several processes one wins. Returns the row's failures, None if it lost."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    new = dialect.insert(Pace).values(first)
    put = new.on_conflict_do_update(index_elements=[Pace.name], set_=again, where=where)
    failures: int | None = session.scalar(put.returning(Pace.failures))
    return failures
