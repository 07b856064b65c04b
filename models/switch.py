"""What a team lead switches on for a while: crisis mode, and a day's hours. Each row is one switching."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import Date, ForeignKey, Select, String, Text, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from config.hours import Calendar, Shifts, read_shifts
from models.base import Base
from models.people import BOT_ID

CRISIS, HOURS = "crisis", "hours"
ALL = ""
"""In place of a queue's name: every queue."""
WHY_LIMIT = 200
_LOCK = 7_230_002
"""A number of our own among PostgreSQL's advisory locks."""
REMEMBERED = timedelta(days=60)
"""How long a crisis that is over still counts for times that lie in it."""


class Switch(Base):
    """Switched by whom, when, why, until when; never deleted. While `live` stands there it is in force."""

    __tablename__ = "switches"

    id: Mapped[int] = mapped_column(primary_key=True)
    live: Mapped[str | None] = mapped_column(String(120), unique=True)
    """What it switches, so that two leads can't switch it at once; None when it was taken back or is over."""
    kind: Mapped[str] = mapped_column(String(20))
    queue: Mapped[str] = mapped_column(String(60))
    by: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(index=True)
    until: Mapped[datetime | None]
    why: Mapped[str | None] = mapped_column(Text)
    day: Mapped[date | None] = mapped_column(Date)
    """For hours: the day, in the queue's time zone."""
    hours: Mapped[list[str] | None]
    """For hours: the shifts as `08:00-20:00`; empty: closed."""
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    ended_by: Mapped[str | None] = mapped_column(String(40))

    # A crisis that was opened at a surge's alarm; one row for each of its queues.
    surge_id: Mapped[int | None] = mapped_column(ForeignKey("surges.id"), index=True)
    brand: Mapped[str | None] = mapped_column(String(80))
    topic: Mapped[str | None] = mapped_column(String(60))
    """None, with a surge: everything about the brand."""
    level: Mapped[int | None]
    """Cases about it are taken by people of this level only; None: as always."""
    answer_id: Mapped[int | None]
    """The approved answer that is offered first to those who reply."""
    called_in: Mapped[list[str] | None]
    """Members who were asked to come."""

    def end(self, *, by: str, at: datetime) -> None:
        self.live, self.ended_at, self.ended_by = None, at, by

    @property
    def stops(self) -> datetime | None:
        """When it is, or was, over; None: nobody knows yet."""
        times = [at for at in (self.until, self.ended_at) if at is not None]
        return min(times, default=None)

    @property
    def counts(self) -> bool:
        """For hours: nobody took it back; a day that is over had these hours."""
        return self.live is not None or self.ended_by == BOT_ID

    def concerns(self, brand: str, topic: str | None, queue: str) -> bool:
        """For the crisis of a surge: whether a case is about it."""
        return self.brand == brand and self.topic in (None, topic) and self.queue in (ALL, queue)

    def is_on(self, at: datetime) -> bool:
        return self.at <= at and (self.stops is None or at < self.stops)


def live_key(kind: str, queue: str, day: date | None = None, surge: int | None = None) -> str:
    """A queue may have one crisis of its own and one for each surge; a day has hours once."""
    last = day.isoformat() if day else f"surge {surge}" if surge else None
    return ":".join([kind, queue, *([last] if last else [])])


def in_crisis(session: Session, queue: str, at: datetime) -> bool:
    """Whether crisis mode is on for a queue, by itself or for all."""
    switches = session.scalars(_of(queue).where(Switch.kind == CRISIS, Switch.live.is_not(None)))
    return any(switch.is_on(at) for switch in switches)


def of_surge(surge: int) -> Select[Switch]:
    """What is in force of the crisis that was opened at a surge's alarm; one row for each queue."""
    return select(Switch).where(Switch.surge_id == surge, Switch.live.is_not(None)).order_by(Switch.id)


def demanding(session: Session, at: datetime) -> list[Switch]:
    """The crises that ask for a level now."""
    live = select(Switch).where(Switch.level.is_not(None), Switch.live.is_not(None)).order_by(Switch.id)
    return [row for row in session.scalars(live) if row.is_on(at)]


def hold_still(session: Session, *, alone: bool = False) -> None:
    """Hours don't change while a transaction counts with them, and the other way round: a case that comes
    in while a lead switches is counted before and moved, or counted after. SQLite's writers take turns.
    """
    if session.get_bind().dialect.name == "postgresql":
        lock = func.pg_advisory_xact_lock if alone else func.pg_advisory_xact_lock_shared
        session.execute(select(lock(_LOCK)))


def as_switched(session: Session, queue: str, calendar: Calendar, at: datetime) -> Calendar:
    """A queue's calendar with what leads switched: crises are open all the time, some days differ."""
    hold_still(session)
    rows = session.scalars(
        _of(queue)
        .where(or_(Switch.ended_at.is_(None), Switch.ended_at > at - REMEMBERED))
        .order_by(Switch.queue, Switch.id)  # what is for all comes first, so that a queue's own wins
    ).all()
    crises = tuple((row.at, row.stops) for row in rows if row.kind == CRISIS)
    special = {
        row.day: shifts_of(row.hours or [])
        for row in rows
        if row.kind == HOURS and row.day is not None and row.counts
    }
    if not crises and not special:
        return calendar
    return replace(calendar, special=special, always=crises)


def shifts_of(hours: list[str]) -> Shifts:
    """`["08:00-12:00", "13:00-17:00"]` as shifts; none for none. Raises ValueError."""
    return read_shifts([[part.strip() for part in one.split("-")] for one in hours]) if hours else ()


def _of(queue: str) -> Select[Switch]:
    return select(Switch).where(Switch.queue.in_((ALL, queue)))
