"""What was written while the wall clock was ahead must not wait until that time comes again.

Whoever can see by itself that a time was written by a clock that was ahead does (`models.ahead`). Here is the
rest: what very many wait for, or what would have to be looked up again each time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from bot.office import Office
from bot.outbox.claiming import LEASE
from bot.presence import LASTS
from models.ahead import CLOCKS_DIFFER, ahead, is_ahead
from models.outbox import CALLBACK, Outbox, is_due
from models.presence import Presence
from models.source_state import SourceState

FARTHEST = timedelta(minutes=2)
"""No message to people is put off for longer, so what is due later than that was written by a clock that was
ahead. What Slack asks for stands elsewhere (`models.pace`)."""
FARTHEST_CALLBACK = timedelta(minutes=15)


@dataclass(frozen=True)
class ClockSetBack:
    """Deadlines that were given in that time stay as they were given: people may have been told."""

    office: Office

    def look(self) -> int:
        """Puts right what would wait. Returns how many rows."""
        now = self.office.clock()
        late = _is_late(now)
        asked_later = ahead(SourceState.asked_to_wait_at, now) | ahead(SourceState.failing_since, now)
        lasts = Presence.until > now + max(LASTS.values()) + CLOCKS_DIFFER
        with self.office.db.reading() as session:
            found = [
                session.scalar(select(Outbox.id).where(late).limit(1)),
                session.scalar(select(SourceState.name).where(asked_later).limit(1)),
                session.scalar(select(Presence.case_id).where(lasts).limit(1)),
            ]
        if found == [None, None, None]:
            return 0

        def work(session: Session) -> int:
            rows = session.scalars(select(Outbox).where(late).order_by(Outbox.id).with_for_update()).all()
            for row in rows:
                _make_due(row, now)
            states = session.scalars(select(SourceState).where(asked_later).with_for_update()).all()
            for state in states:
                _count_anew(state, now)
            ended = session.execute(update(Presence).where(lasts).values(until=now))
            return len(rows) + len(states) + int(ended.rowcount)  # type: ignore[attr-defined]

        return self.office.transact(work)


# Helpers.


def _is_late(now: datetime) -> ColumnElement[bool]:
    late = or_(
        and_(Outbox.due_at > now + FARTHEST, Outbox.kind != CALLBACK),
        Outbox.due_at > now + FARTHEST_CALLBACK,
        Outbox.lease_until > now + LEASE + CLOCKS_DIFFER,
    )
    return is_due() & late


def _make_due(row: Outbox, now: datetime) -> None:
    farthest = FARTHEST_CALLBACK if row.kind == CALLBACK else FARTHEST
    if row.due_at is not None and row.due_at > now + farthest:
        row.due_at = now
    if row.lease_until is not None and row.lease_until > now + LEASE + CLOCKS_DIFFER:
        row.lease_until = now + LEASE  # its sender may be at work still


def _count_anew(state: SourceState, now: datetime) -> None:
    """For as long as it asked for, from now on: when that was by the true time nobody knows."""
    if state.asked_to_wait_at is not None and is_ahead(state.asked_to_wait_at, now):
        if state.next_at is not None:
            state.next_at = now + (state.next_at - state.asked_to_wait_at)
        state.asked_to_wait_at = now
    if state.failing_since is not None and is_ahead(state.failing_since, now):
        state.failing_since = now
