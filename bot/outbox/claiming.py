"""A row is claimed by a conditional UPDATE with a lease, and its channel's turn with it, by one process."""

import random
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.office import Office
from bot.outbox.choosing import could_be_first, due
from bot.outbox.order import first_to_go, oldest_to_go
from bot.outbox.pacing import AT_IT, Held, Paces, Turn
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
        with self._office.db.reading() as session:  # nobody's writing waits while we look
            held = self._paces.held(session)
            among = could_be_first(session, held, self._outward, now, oldest=oldest)
        if not among:
            return None
        try:
            with self._office.db.transaction() as session:
                return self._take(session, among, held, now, oldest=oldest)
        except _OvertakenError:
            return None

    def is_due(self, within: float) -> bool:
        """Whether anything is due that may leave in so many seconds."""
        with self._office.db.reading() as session:
            held = self._paces.held(session, within=within)
            return bool(could_be_first(session, held, self._outward, self._office.clock()))

    # Helpers.

    def _take(
        self, session: Session, among: Collection[int], held: Held, now: datetime, *, oldest: bool
    ) -> Claimed:
        first = select(Outbox).where(Outbox.id.in_(among), *due(now), held.open_to(self._outward)).limit(1)
        if len(among) > 1:
            first = first.order_by(*(oldest_to_go(now) if oldest else ()), *first_to_go(now))
        row = session.scalar(first.with_for_update(skip_locked=True))
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
            min(row.unknown_since or now, now).timestamp(),  # the clock may have been ahead
            turn.lane,
            *taken,
        )
        mine = session.execute(
            update(Outbox)
            .where(Outbox.id == row.id, *due(now))
            .values(lease_until=now + LEASE, attempts=Outbox.attempts + 1, unknown_since=unknown_since)
            .execution_options(synchronize_session=False)
        )
        if mine.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result has it
            raise _OvertakenError
        return claimed


class _OvertakenError(Exception):
    """Somebody else was faster: what this transaction took is given back."""
