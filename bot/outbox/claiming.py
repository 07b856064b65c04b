"""A row is claimed by a conditional UPDATE with a lease, and its channel's turn with it, by one process.

A lease runs out when its holder was killed; also when it is slow, or when somebody set the clock ahead. So
whoever finds one that ran out first lets pass the time in which what the holder sent may still arrive, and a
holder that was slow makes sure that the row is still its own before it sends.
"""

import random
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.home import HOME
from bot.office import Office
from bot.outbox.choosing import could_be_first, due
from bot.outbox.order import first_to_go, oldest_to_go
from bot.outbox.pacing import TURN, Held, Paces, Turn
from models.outbox import Outbox

LEASE = timedelta(seconds=TURN)
"""From the claim, or from the moment when a slow holder was `still_mine`."""
FRESH = 3.0
"""Seconds after the claim in which a holder may send without asking whether the row is still its own."""
ARRIVES = timedelta(seconds=15)
"""After a lease ran out: longer than FRESH and Slack's client's timeout, 10 s, together."""
OLDEST = 0.2
"""How often it is the turn of the oldest of a backlog, rather than of its most important."""


class OvertakenError(Exception):
    """Somebody else was faster, or took the row over: what the transaction took is given back."""


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
    begun: float
    """When, on this process's own clock that nobody sets (`time.monotonic`)."""

    @property
    def is_fresh(self) -> bool:
        return time.monotonic() < self.begun + FRESH


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
        while True:
            with self._office.db.reading() as session:  # nobody's writing waits while we look
                held = self._paces.held(session)
                among = could_be_first(session, held, self._outward, now, oldest=oldest)
            if not among:
                return None
            try:
                with self._office.db.transaction() as session:
                    claimed = self._take(session, among, held, now, oldest=oldest)
            except OvertakenError:
                return None
            if claimed is not None:
                return claimed

    def still_mine(self, row: Claimed) -> bool:
        """Whether nobody took it over; then it is ours for one more lease."""
        until = self._office.clock() + LEASE
        mine = update(Outbox).where(Outbox.id == row.id, Outbox.attempts == row.attempts + 1)
        with self._office.db.transaction() as session:
            done = session.execute(mine.values(lease_until=until))
        return bool(done.rowcount == 1)  # type: ignore[attr-defined]  # an UPDATE's result has it

    def is_due(self, within: float) -> bool:
        """Whether anything is due that may leave in so many seconds."""
        with self._office.db.reading() as session:
            held = self._paces.held(session, within=within)
            return bool(could_be_first(session, held, self._outward, self._office.clock()))

    # Helpers.

    def _take(
        self, session: Session, among: Collection[int], held: Held, now: datetime, *, oldest: bool
    ) -> Claimed | None:
        """None: the first one was in somebody's hand and is put off for a moment."""
        first = select(Outbox).where(Outbox.id.in_(among), *due(now), held.open_to(self._outward)).limit(1)
        if len(among) > 1:
            first = first.order_by(*(oldest_to_go(now) if oldest else ()), *first_to_go(now))
        row = session.scalar(first.with_for_update(skip_locked=True))
        if row is None:
            raise OvertakenError
        if row.lease_until is not None and row.ts is None and row.kind != HOME:
            row.lease_until, row.due_at = None, now + ARRIVES
            row.error = "who had it in hand did not come back"  # so `put` does not bring it forward
            return None
        turn = Turn.of(row, self._outward)
        taken = self._paces.begin(session, turn)
        if taken is None:
            raise OvertakenError
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
            begun=time.monotonic(),
        )
        mine = session.execute(
            update(Outbox)
            .where(Outbox.id == row.id, *due(now))
            .values(lease_until=now + LEASE, attempts=Outbox.attempts + 1, unknown_since=unknown_since)
            .execution_options(synchronize_session=False)
        )
        if mine.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result has it
            raise OvertakenError
        return claimed
