"""What was written while the wall clock was ahead must not wait until that time comes again."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.office import Office
from bot.outbox.claiming import LEASE
from models.outbox import Outbox, is_due

FARTHEST = timedelta(minutes=15)
"""Nothing is put off for longer, so what is due later than that was written by a clock that was ahead."""


@dataclass(frozen=True)
class ClockSetBack:
    """The outbox is what everybody waits for; deadlines given in that time stay as they were given."""

    office: Office

    def look(self) -> int:
        """Makes due what would lie, and ends leases that would last. Returns how many messages."""
        now = self.office.clock()
        late, held = Outbox.due_at > now + FARTHEST, Outbox.lease_until > now + 2 * LEASE
        wrong = is_due() & (late | held)
        with self.office.db.reading() as session:
            if session.scalar(select(Outbox.id).where(wrong).limit(1)) is None:
                return 0

        def work(session: Session) -> int:
            found = session.scalars(select(Outbox).where(wrong).order_by(Outbox.id).with_for_update())
            rows = found.all()
            for row in rows:
                if row.due_at is not None and row.due_at > now + FARTHEST:
                    row.due_at = now
                if row.lease_until is not None and row.lease_until > now + 2 * LEASE:
                    row.lease_until = now + LEASE  # its sender may be at work still
            return len(rows)

        return self.office.transact(work)
