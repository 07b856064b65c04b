"""What became of a try is written down, and the channel's turn given back, in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.asking import not_asked
from bot.lost_channels import LOST, tell_of_lost_channel
from bot.office import Office
from bot.outbox.claiming import Claimed, OvertakenError
from bot.outbox.outcomes import Gone, Later, Outcome, Overtaken, Parked, Sent, SlowDown
from bot.outbox.pacing import EVERY, LONGEST_REST, Paces
from models.outbox import NOTICE, Outbox

log = structlog.get_logger()


class Marking:
    """`mark` is called once for each claimed row."""

    def __init__(self, office: Office, paces: Paces) -> None:
        self._office = office
        self._paces = paces

    def mark(self, row: Claimed, outcome: Outcome, answered: float) -> None:
        """`answered`: when Slack had answered (Unix time); to mark it in a busy database may take a while."""
        try:
            self._mark(row, outcome, answered)
        except OvertakenError:
            log.warning("took too long: somebody else has it in hand", key=row.key)

    # Helpers.

    def _mark(self, row: Claimed, outcome: Outcome, answered: float) -> None:
        match outcome:
            case Sent():
                self._settle(row, outcome, answered)
            case Later():
                self._later(row, outcome, answered)
            case SlowDown():
                self._slow_down(row, outcome, answered)
            case Gone():
                self._forget_place(row, answered)
            case Parked():
                self._park(row, outcome, answered)
            case Overtaken():
                raise OvertakenError

    def _park(self, row: Claimed, refused: Parked, answered: float) -> None:
        """Kept with its error, in `doctor` and told to the leads."""
        log.error("parked", key=row.key, channel=row.channel, why=refused.why)

        def work(session: Session) -> None:
            now = self._office.clock()
            with self._ending(session, row, answered + EVERY) as stored:
                stored.parked_at, stored.error = now, refused.why
                stored.due_at = None
                if refused.for_certain:
                    stored.unknown_since = None
            self._tell_of(session, row, stored, refused.why)

        self._office.transact(work)

    def _settle(self, row: Claimed, sent: Sent, answered: float) -> None:
        """Marks what was sent; a change that came meanwhile stays due."""
        now = self._office.clock()
        not_before = answered + EVERY if sent.called else answered
        with self._office.db.transaction() as session, self._ending(session, row, not_before) as stored:
            if sent.place is not None:
                stored.slack_channel, stored.ts = sent.place
            if sent.looks is not None and stored.version == sent.version:
                # Else it was opened again meanwhile, and is drawn once more.
                stored.payload = {**(stored.payload or {}), "shown": sent.looks}
            stored.sent_version, stored.sent_at = sent.version, now
            stored.unknown_since = stored.error = None
            stored.attempts = 0
            stored.due_at = None if stored.version == sent.version else now
            if stored.kind == NOTICE and stored.due_at is None:
                # It may quote what a customer takes back some day. Who says it anew brings the words along.
                stored.payload = None

    def _later(self, row: Claimed, later: Later, answered: float) -> None:
        log.warning("not sent yet", key=row.key, why=later.why, again_in=round(later.seconds, 1))
        failures = row.failures + 1 if later.trouble else 0
        rest = min(LONGEST_REST, 2.0 ** min(row.failures, 5)) if later.trouble else 0.0
        with (
            self._office.db.transaction() as session,
            self._ending(session, row, answered + rest, failures) as stored,
        ):
            stored.due_at = self._office.clock() + timedelta(seconds=later.seconds)
            stored.error = later.why
            if later.nothing_sent:
                self._count_for_nothing(row, stored, tried=later.trouble)

    def _slow_down(self, row: Claimed, asked: SlowDown, answered: float) -> None:
        log.warning("not sent yet", key=row.key, why=asked.why, again_in=asked.seconds, method=asked.method)
        with self._office.db.transaction() as session:
            with self._ending(session, row, answered) as stored:
                # A 429 says for certain that nothing was posted.
                self._count_for_nothing(row, stored, tried=False)
            self._paces.hold(session, asked.method, row.channel, asked.seconds)

    def _forget_place(self, row: Claimed, answered: float) -> None:
        with self._office.db.transaction() as session, self._ending(session, row, answered + EVERY) as stored:
            stored.ts = stored.slack_channel = stored.unknown_since = None
            stored.due_at = self._office.clock()

    @contextmanager
    def _ending(
        self, session: Session, row: Claimed, not_before: float, failures: int = 0
    ) -> Iterator[Outbox]:
        """The row as it is now, kept from changing until this transaction ends (see `put`).

        Raises OvertakenError when somebody took it over: what they found out counts."""
        stored = session.get_one(Outbox, row.id, with_for_update=True)
        if stored.attempts != row.attempts + 1:
            raise OvertakenError
        yield stored
        stored.lease_until = None
        self._paces.end(session, row.lane, row.until, not_before=not_before, failures=failures)

    @staticmethod
    def _count_for_nothing(row: Claimed, stored: Outbox, *, tried: bool) -> None:
        """Nothing was posted by this try. `tried`: the next one waits longer all the same."""
        if not tried:
            stored.attempts = max(0, stored.attempts - 1)
        if not row.unknown:
            stored.unknown_since = None

    def _tell_of(self, session: Session, row: Claimed, stored: Outbox, why: str) -> None:
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
            now = self._office.clock()
            self._office.tell_leads(session, f"parked:{row.id}:{now.timestamp():.0f}", text, None)


def retry_parked(session: Session, office: Office) -> int:
    """Everything parked becomes due again, after somebody mended the cause. Returns how many."""
    done = session.execute(
        update(Outbox)
        .where(Outbox.parked_at.is_not(None))
        .values(parked_at=None, error=None, attempts=0, due_at=office.clock())
    )
    return int(done.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it


def _is_person(channel: str) -> bool:
    return channel.isupper() and channel[0] in "UW"


def _place(channel: str) -> str:
    """How Slack shows a person, a channel by its id, and one by its name."""
    if channel.isupper():
        return f"<@{channel}>" if channel[0] in "UW" else f"<#{channel}>"
    return f"#{channel}"
