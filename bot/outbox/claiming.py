"""A row is claimed by a conditional UPDATE with a lease, and its channel's turn with it, by one process."""

import random
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, or_, select, update
from sqlalchemy.orm import Session

from bot.office import Office
from bot.outbox.order import first_to_go, oldest_to_go
from bot.outbox.pacing import AT_IT, Paces, Turn
from models.outbox import Outbox

LEASE = timedelta(seconds=AT_IT)
OLDEST = 0.2
"""How often it is the turn of the oldest of a backlog, rather than of its most important."""


@dataclass(frozen=True)
class Claimed:
    """A row as it was when this process got it."""

    id: int
    key: str
    kind: str
    subject: int | None
    channel: str
    slack_channel: str | None
    ts: str | None
    attempts: int
    unknown: bool
    since: float
    """Unix time of the first try whose outcome may be unknown."""
    lane: str
    until: float
    """The turn is taken until then (Unix time)."""
    failures: int
    """Tries that came to nothing in its channel, in a row."""


class Claiming:
    """One per process; `outward` are the kinds that are no Slack messages."""

    def __init__(self, office: Office, paces: Paces, outward: Collection[str], chance: random.Random) -> None:
        self._office = office
        self._paces = paces
        self._outward = outward
        self._chance = chance

    def claim(self) -> Claimed | None:
        """What leaves next; None when nothing may now, or somebody else was faster."""
        now = self._office.clock()
        oldest = self._chance.random() < OLDEST
        with self._office.db.reading() as session:  # where nothing is due, nobody's writing waits for us
            if session.scalar(self._next(session, now, oldest=oldest).with_only_columns(Outbox.id)) is None:
                return None
        try:
            with self._office.db.transaction() as session:
                return self._take(session, now, oldest=oldest)
        except _OvertakenError:
            return None

    def is_due(self, within: float) -> bool:
        """Whether anything is due that may leave in so many seconds."""
        with self._office.db.reading() as session:
            free = self._paces.open_to(session, self._outward, within=within)
            due = select(Outbox.id).where(*_due(self._office.clock()), free)
            return session.scalar(due.limit(1)) is not None

    # Helpers.

    def _next(self, session: Session, now: datetime, *, oldest: bool) -> Select[Outbox]:
        order = oldest_to_go(now) if oldest else ()
        free = self._paces.open_to(session, self._outward)
        return select(Outbox).where(*_due(now), free).order_by(*order, *first_to_go(now)).limit(1)

    def _take(self, session: Session, now: datetime, *, oldest: bool) -> Claimed:
        row = session.scalar(self._next(session, now, oldest=oldest).with_for_update(skip_locked=True))
        if row is None:
            raise _OvertakenError
        turn = Turn.of(row, self._outward)
        taken = self._paces.begin(session, turn)
        if taken is None:
            raise _OvertakenError
        unknown_since = row.unknown_since or (None if row.ts else now)
        claimed = Claimed(
            row.id,
            row.key,
            row.kind,
            row.subject,
            row.channel,
            row.slack_channel,
            row.ts,
            row.attempts,
            row.unknown_since is not None,
            (row.unknown_since or now).timestamp(),
            turn.lane,
            *taken,
        )
        mine = session.execute(
            update(Outbox)
            .where(Outbox.id == row.id, *_due(now))
            .values(lease_until=now + LEASE, attempts=Outbox.attempts + 1, unknown_since=unknown_since)
            .execution_options(synchronize_session=False)
        )
        if mine.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result has it
            raise _OvertakenError
        return claimed


class _OvertakenError(Exception):
    """Somebody else was faster: what this transaction took is given back."""


def _due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Outbox.due_at <= now, or_(Outbox.lease_until.is_(None), Outbox.lease_until < now)
