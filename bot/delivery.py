"""Outbox → Slack, and outward replies. The only place that posts.

A row is claimed by a conditional UPDATE with a lease, drawn as things are now, sent, and marked. Sending
stays outside transactions. A crash, a timeout or a 5xx leaves `unknown_since` on the row: the message is
then looked for by its block ids before it is posted again.
"""

import hashlib
import json
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from slack_sdk import WebClient
from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy import case as sql_case
from sqlalchemy.orm import Session

from bot.asking import not_asked
from bot.home import HOME
from bot.lost_channels import LOST, tell_of_lost_channel
from bot.moving_cards import block_ids_begin_with
from bot.office import Office
from bot.rendering import PICTURES, render
from bot.slack_errors import Refused, Wait, what_happened
from bot.slack_files import is_shared, share_picture
from bot.slack_places import find_message
from bot.stories.room import HEAP
from models.outbox import Outbox

log = structlog.get_logger()

EVERY = 1.0
"""Seconds between messages to one channel: Slack takes about one per second and channel.
https://docs.slack.dev/apis/web-api/rate-limits"""
LEASE = timedelta(seconds=25)
"""Longer than a call can take (the client's timeout is 10 s, a lookup and a post are two)."""
LONGEST_WAIT = 300.0
"""Seconds between tries at the most."""
THREAD_WAIT = 5.0
"""Seconds after which a message that belongs into a thread looks again whether the thread is there."""
HEAP_WAITS = timedelta(seconds=3)
SENDERS = 4
IDLE = 0.05


class Outward(Protocol):
    """Sends something that is not a Slack message; `again`: an earlier try had an unknown outcome."""

    def __call__(self, subject: int, *, again: bool) -> None: ...


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


class Delivery:
    """One per process that delivers. `drain` may be called from any thread, any number of times."""

    def __init__(
        self,
        office: Office,
        slack: WebClient,
        outward: dict[str, Outward] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._office = office
        self._slack = slack
        self._outward = outward or {}
        self._monotonic = monotonic
        self._pool = ThreadPoolExecutor(SENDERS, thread_name_prefix="delivery")
        self._lock = threading.Lock()
        self._in_flight: set[str] = set()
        self._not_before: dict[str, float] = {}
        self._answered: dict[str, float] = {}
        self._one_drain = threading.Lock()
        self._stopping = threading.Event()

    def drain(self) -> None:
        """Sends whatever is due, at each channel's pace, until nothing is."""
        if not self._one_drain.acquire(blocking=False):
            return
        try:
            while not self._stopping.is_set():
                claimed = self._claim()
                if claimed is not None:
                    self._pool.submit(self._deliver, claimed)
                elif self._quiet():
                    return
                else:
                    self._stopping.wait(IDLE)
        finally:
            self._one_drain.release()

    def stop(self) -> None:
        """Finishes what is in hand; the rest stays in the outbox."""
        self._stopping.set()
        with (
            self._one_drain
        ):  # a drain under way sees it within a moment, and hands on nothing it has claimed
            self._pool.shutdown(wait=True)

    # Helpers, in the order in which they are called.

    def _claim(self) -> Claimed | None:
        now = self._office.clock()
        with self._lock:
            paced = {c for c, at in self._not_before.items() if at > self._monotonic()}
            busy = self._in_flight | paced
        free = (
            Outbox.due_at <= now,
            or_(Outbox.lease_until.is_(None), Outbox.lease_until < now),
            Outbox.channel.not_in(busy),
        )
        with self._office.db.reading() as session:
            row = session.scalar(
                select(Outbox).where(*free).order_by(first_to_go(now), Outbox.due_at, Outbox.id).limit(1)
            )
        if row is None:
            return None
        unknown_since = row.unknown_since or (None if row.ts else now)
        with self._office.db.transaction() as session:
            mine = session.execute(
                update(Outbox)
                .where(Outbox.id == row.id, *free)
                .values(lease_until=now + LEASE, attempts=Outbox.attempts + 1, unknown_since=unknown_since)
            )
            if mine.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result has it
                return None
        with self._lock:
            self._in_flight.add(row.channel)
        since = (row.unknown_since or now).timestamp()
        return Claimed(
            row.id,
            row.key,
            row.kind,
            row.subject,
            row.channel,
            row.slack_channel,
            row.ts,
            row.attempts,
            row.unknown_since is not None,
            since,
        )

    def _quiet(self) -> bool:
        """Nothing in hand, and nothing due but in channels that Slack asked us to leave alone."""
        with self._lock:
            if self._in_flight:
                return False
            soon = self._monotonic() + EVERY
            left_alone = [channel for channel, at in self._not_before.items() if at > soon]
        now = self._office.clock()
        due = select(Outbox.id).where(
            Outbox.due_at <= now,
            or_(Outbox.lease_until.is_(None), Outbox.lease_until < now),
            Outbox.channel.not_in(left_alone),
        )
        with self._office.db.reading() as session:
            return session.scalar(due.limit(1)) is None

    def _deliver(self, row: Claimed) -> None:
        try:
            if row.kind in self._outward:
                self._send_outward(row)
            elif row.kind == HOME:
                self._publish(row)
            elif row.kind in PICTURES:
                self._share(row)
            else:
                self._send_to_slack(row)
        except Exception as error:  # a sender thread must survive whatever one row does
            log.exception("delivery broke", key=row.key)
            self._park(row, f"{type(error).__name__}: {error}", for_certain=False)
        finally:
            with self._lock:
                self._in_flight.discard(row.channel)
                # From when Slack had answered: marking it in a busy database may take a while.
                answered = self._answered.pop(row.channel, self._monotonic())
                self._not_before[row.channel] = max(self._not_before.get(row.channel, 0.0), answered + EVERY)

    def _send_outward(self, row: Claimed) -> None:
        with self._office.db.reading() as session:
            version = session.get_one(Outbox, row.id).version
        self._outward[row.kind](row.subject or 0, again=row.unknown)
        with self._office.db.transaction() as session:
            self._settle(session, self._locked(session, row), version)

    def _publish(self, row: Claimed) -> None:
        """Somebody's Home tab. It replaces what was there, so doing it twice does no harm.

        One that would look as it did stays: a Home is marked whenever anything happens anywhere, and Slack
        takes about a hundred of them a minute (https://docs.slack.dev/reference/methods/views.publish).
        """
        with self._office.db.reading() as session:
            stored = session.get_one(Outbox, row.id)
            drawn = render(session, stored, self._office)
            shown = (stored.payload or {}).get("shown")
        looks = hashlib.sha256(json.dumps(drawn.blocks, sort_keys=True).encode()).hexdigest()
        if looks == shown:
            with self._office.db.transaction() as session:
                self._settle(session, self._locked(session, row), drawn.version)
            return
        try:
            self._slack.views_publish(user_id=row.channel, view={"type": "home", "blocks": drawn.blocks})
        except Exception as error:  # noqa: BLE001  # sorted by what_happened; what it can't name is re-raised
            self._failed(row, error)
            return
        with self._office.db.transaction() as session:
            stored = self._locked(session, row)
            if stored.version == drawn.version:  # else it was opened again meanwhile, and is drawn once more
                stored.payload = {**(stored.payload or {}), "shown": looks}
            self._settle(session, stored, drawn.version)

    def _share(self, row: Claimed) -> None:
        """A picture, into the thread of its message; drawn here, where nobody waits for it."""
        with self._office.db.reading() as session:
            stored = session.get_one(Outbox, row.id)
            under = str((stored.payload or {})["under"])
            first = session.scalars(select(Outbox).where(Outbox.key == under)).one()
            picture = PICTURES[row.kind](session, stored, self._office)
        if first.ts is None or first.slack_channel is None:
            self._wait_for(row, first)
            return
        try:
            place = first.slack_channel, first.ts
            if not (row.unknown and is_shared(self._slack, picture, *place)):
                share_picture(self._slack, picture, *place)
        except Exception as error:  # noqa: BLE001  # sorted by what_happened; what it can't name is re-raised
            self._failed(row, error)
            return
        with self._office.db.transaction() as session:
            self._settle(session, self._locked(session, row), stored.version)

    def _send_to_slack(self, row: Claimed) -> None:
        with self._office.db.reading() as session:
            message = render(session, session.get_one(Outbox, row.id), self._office)
            first = self._first_of_thread(session, message.under)
        if first is not None and first.ts is None:
            self._wait_for(row, first)
            return
        thread = first.ts if first else None
        channel = (first.slack_channel if first else None) or row.channel
        try:
            place = (row.slack_channel, row.ts) if row.ts and row.slack_channel else None
            if place is None and row.unknown:
                known_by = block_ids_begin_with(row.kind, row.key, row.subject)
                place = find_message(self._slack, known_by, row.slack_channel or channel, row.since, thread)
            if place is None:
                answer = self._slack.chat_postMessage(
                    channel=channel,
                    thread_ts=thread,
                    text=message.text,
                    blocks=message.blocks,
                    unfurl_links=False,
                    unfurl_media=False,
                )
                place = str(answer["channel"]), str(answer["ts"])
            else:
                self._slack.chat_update(
                    channel=place[0], ts=place[1], text=message.text, blocks=message.blocks
                )
        except Exception as error:  # noqa: BLE001  # sorted by what_happened; what it can't name is re-raised
            self._failed(row, error)
            return
        with self._lock:
            self._answered[row.channel] = self._monotonic()
        with self._office.db.transaction() as session:
            stored = self._locked(session, row)
            stored.slack_channel, stored.ts = place
            self._settle(session, stored, message.version)

    @staticmethod
    def _first_of_thread(session: Session, key: str | None) -> Outbox | None:
        """The message in whose thread another stands."""
        return session.scalars(select(Outbox).where(Outbox.key == key)).one() if key else None

    def _wait_for(self, row: Claimed, first: Outbox) -> None:
        """There is no thread yet: later, or never when what should begin it was refused."""
        if first.parked_at is not None:
            why = f"Slack refused {first.key}, under which it belongs"
            self._park(row, why, for_certain=not row.unknown)
        else:
            self._later(row, THREAD_WAIT, f"{first.key} is not posted yet", nothing_sent=True)

    @staticmethod
    def _locked(session: Session, row: Claimed) -> Outbox:
        """The row as it is now, kept from changing until this transaction ends (see `put`)."""
        return session.get_one(Outbox, row.id, with_for_update=True)

    def _settle(self, session: Session, stored: Outbox, version: int) -> None:
        """Marks what was sent; a change that came meanwhile stays due."""
        now = self._office.clock()
        stored.sent_version, stored.sent_at = version, now
        stored.lease_until = stored.unknown_since = stored.error = None
        stored.attempts = 0
        stored.due_at = None if stored.version == version else now

    def _failed(self, row: Claimed, error: Exception) -> None:
        happened = what_happened(error)
        if isinstance(happened, Refused):
            if happened.gone:
                self._forget_place(row)
            else:
                self._park(row, happened.why, for_certain=not row.unknown)
            return
        if isinstance(happened, Wait):
            seconds = happened.seconds
            with self._lock:
                self._not_before[row.channel] = self._monotonic() + seconds
        else:
            seconds = min(LONGEST_WAIT, 2.0 ** min(row.attempts, 10)) * random.uniform(0.7, 1.3)
        log.warning("not sent yet", key=row.key, why=happened.why, again_in=round(seconds, 1))
        # A 429 says for certain that nothing was posted.
        self._later(row, seconds, happened.why, nothing_sent=isinstance(happened, Wait))

    def _later(self, row: Claimed, seconds: float, why: str, *, nothing_sent: bool) -> None:
        """Due again after `seconds`. `nothing_sent`: this try posted nothing and counts for nothing."""
        with self._office.db.transaction() as session:
            stored = self._locked(session, row)
            stored.due_at = self._office.clock() + timedelta(seconds=seconds)
            stored.lease_until, stored.error = None, why
            if nothing_sent:
                stored.attempts = max(0, stored.attempts - 1)
                if not row.unknown:
                    stored.unknown_since = None

    def _forget_place(self, row: Claimed) -> None:
        """Somebody deleted the message in Slack: it is posted anew."""
        with self._office.db.transaction() as session:
            stored = self._locked(session, row)
            stored.ts = stored.slack_channel = stored.lease_until = stored.unknown_since = None
            stored.due_at = self._office.clock()

    def _park(self, row: Claimed, why: str, *, for_certain: bool) -> None:
        """Refused for good: kept with its error, in `doctor` and told to the leads.

        Unless it is `for_certain` that it was never sent, `unknown_since` stays, so that a retry looks first.
        """
        log.error("parked", key=row.key, channel=row.channel, why=why)

        def work(session: Session) -> None:
            now = self._office.clock()
            stored = self._locked(session, row)
            stored.parked_at, stored.error = now, why
            stored.due_at = stored.lease_until = None
            if for_certain:
                stored.unknown_since = None
            if row.kind == "asked_channel":  # a channel that one person named: theirs to mend
                sentence = not_asked(_place(row.channel), why)
                self._office.tell(session, f"not_asked:{row.id}", str((stored.payload or {})["by"]), sentence)
            elif why in LOST and not _is_person(row.channel):
                tell_of_lost_channel(self._office, session, row.channel, why)
            elif row.channel != self._office.playbook.leads_channel:
                where = _place(row.channel)
                text = (
                    f":warning: Slack refused a message ({row.key}) for {where}: {why}. "
                    "`python app.py doctor` shows it and, with `--retry`, sends it again."
                )
                self._office.tell_leads(session, f"parked:{row.id}:{now.timestamp():.0f}", text)

        self._office.transact(work)


def first_to_go(now: datetime) -> ColumnElement[int]:
    """By priority; a heap that has waited comes right after what people did, as it counts for very many."""
    late = (Outbox.kind == HEAP) & (Outbox.due_at <= now - HEAP_WAITS)
    return sql_case((late, 1), else_=2 * Outbox.priority)


def _is_person(channel: str) -> bool:
    return channel.isupper() and channel[0] in "UW"


def _place(channel: str) -> str:
    """How Slack shows a person, a channel by its id, and one by its name."""
    if channel.isupper():
        return f"<@{channel}>" if channel[0] in "UW" else f"<#{channel}>"
    return f"#{channel}"


def retry_parked(session: Session, office: Office) -> int:
    """Everything parked becomes due again, after somebody mended the cause. Returns how many."""
    done = session.execute(
        update(Outbox)
        .where(Outbox.parked_at.is_not(None))
        .values(parked_at=None, error=None, attempts=0, due_at=office.clock())
    )
    return int(done.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it
