"""Open Homes follow what happens: seen once a second in one look-up, and shown anew by one statement."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from bot.office import Office
from models.absence import Absence
from models.event import Event
from models.mention import Mention
from models.outbox import LATER, Outbox, is_a_home
from models.surge import Surge
from models.switch import Switch

IN_USE = timedelta(hours=10)
"""Slack tells when somebody opens their Home and never when they leave it: so long it counts as open."""
TIMES_AGE = timedelta(minutes=5)
"""A Home says for how long something waits, so now and then it is drawn anew though nothing happened."""


class HomeWatch:
    """One per process that runs the clock; it remembers what it saw last.

    Moves, posts, switches and absences leave rows of their own, so the newest tell whether anything happened.
    Writing to every open Home within each move would make all moves wait for each other.
    """

    def __init__(self, office: Office) -> None:
        self._office = office
        self._seen: tuple[Any, ...] | None = None
        self._all_at: datetime | None = None

    def look(self) -> int:
        """Marks the open Homes as out of date when something happened. Returns how many."""
        now, newest = self._office.clock(), self._newest()
        times_hold = self._all_at is not None and now - TIMES_AGE < self._all_at <= now
        if newest == self._seen and times_hold:
            return 0
        with self._office.db.transaction() as session:
            marked = session.execute(
                update(Outbox)
                .where(
                    is_a_home(),
                    Outbox.due_at.is_(None),
                    Outbox.parked_at.is_(None),
                    Outbox.payload["opened"].as_string() > (now - IN_USE).isoformat(),
                )
                # Behind cards: whoever looks at their Home did not ask for this one.
                .values(version=Outbox.version + 1, due_at=now, priority=LATER)
                .execution_options(synchronize_session=False)
            ).rowcount  # type: ignore[attr-defined]  # an UPDATE's result has it
        self._seen, self._all_at = newest, now
        if marked:
            self._office.nudge()
        return int(marked)

    def _newest(self) -> tuple[Any, ...]:
        newest = (
            Event.id, Mention.id, Switch.id, Switch.ended_at, Absence.id, Absence.ended_at,
            Surge.id, Surge.counted_at, Surge.ended_at,
        )  # fmt: skip
        with self._office.db.reading() as session:
            look_ups = (select(func.max(column)).scalar_subquery() for column in newest)
            return tuple(session.execute(select(*look_ups)).one())
