"""Owners who do nothing with their case: reminded once, then the case is free again.

Derived from the database, safe to repeat. What the customer does counts for nothing here: the owner must act.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.blocks.text import clock_time, person
from bot.deadlines import calendar_of
from bot.office import Office
from config.hours import Calendar
from config.work import Idle as IdleRules
from config.work import Queue
from models.case import Case
from models.hours import open_time_after
from models.moves import CLAIMED
from models.people import BOT


@dataclass(frozen=True)
class Idle:
    """The clock's view of claimed cases. Without `idle` in the playbook nothing ever happens."""

    office: Office

    def look(self) -> int:
        """Reminds idle owners and releases what stayed idle. Returns how many cases that were."""
        spans = [book.idle.remind_after for book in self.office.playbook.books if book.idle is not None]
        if not spans:
            return 0
        now = self.office.clock()
        with self.office.db.reading() as session:
            # Open time never passes faster than time itself, so whoever is missing here can't be idle.
            quiet = session.scalars(
                select(Case)
                .where(
                    Case.stage == CLAIMED,
                    func.coalesce(Case.touched_at, Case.claimed_at) <= now - min(spans),
                )
                .order_by(Case.id)
            ).all()
            calendars = {q.name: calendar_of(session, q, now) for q in self.office.playbook.queues}
            due = [case.id for case in quiet if self._is_due(case, now, calendars[self._queue(case).name])]
        return sum(self.office.change(number, self._act) for number in due)

    # Helpers, in the order in which they are called.

    def _act(self, session: Session, case: Case, at: datetime) -> bool:
        """One case, as it is now: somebody may have acted since it was found."""
        calendar = calendar_of(session, self._queue(case), at)
        if self._to_release(case, at, calendar):
            self._release(session, case, at)
        elif self._to_remind(case, at, calendar):
            self._remind(session, case, at)
        else:
            return False
        return True

    def _is_due(self, case: Case, now: datetime, calendar: Calendar) -> bool:
        return self._to_remind(case, now, calendar) or self._to_release(case, now, calendar)

    def _to_remind(self, case: Case, now: datetime, calendar: Calendar) -> bool:
        rules = self._rules(case)
        return rules is not None and not case.idle_reminded and _idle(case, rules.remind_after, now, calendar)

    def _to_release(self, case: Case, now: datetime, calendar: Calendar) -> bool:
        """Not before a promise: until then the customer knows when, and so does the owner."""
        rules = self._rules(case)
        promised = case.promised_for is not None and case.promised_for > now
        return rules is not None and not promised and _idle(case, rules.release_after, now, calendar)

    def _rules(self, case: Case) -> IdleRules | None:
        return self.office.playbook.of(case.brand).idle

    def _queue(self, case: Case) -> Queue:
        return self.office.playbook.queue(case.queue)

    def _release(self, session: Session, case: Case, at: datetime) -> None:
        owner, key, since = case.owner, _key(case), self._words(case, at)
        case.release(by=BOT, at=at, why="idle")
        channel = self.office.playbook.queue(case.queue).channel
        if owner is not None:
            self.office.tell(
                session,
                f"idle_released:{key}",
                owner,
                f":leftwards_arrow_with_hook: Case {case.id} waits for somebody again: it had waited for you "
                f"since {since}. `/claim {case.id}` takes it back.",
            )
        self.office.tell_leads(
            session,
            f"idle_leads:{key}",
            f":leftwards_arrow_with_hook: Case {case.id} in #{channel} waits for somebody again: it had "
            f"waited for {person(owner)} since {since}.",
            case.brand,
        )

    def _remind(self, session: Session, case: Case, at: datetime) -> None:
        if case.owner is None:
            return
        case.remind_idle()
        self.office.tell(
            session,
            f"idle:{_key(case)}",
            case.owner,
            f":hourglass: Case {case.id} has waited for you since {self._words(case, at)}: go on with it "
            f"(`/case {case.id}`), hand it over, or release it (`/case release {case.id}`).",
        )

    def _words(self, case: Case, now: datetime) -> str:
        zone = self.office.playbook.queue(case.queue).time_zone
        return clock_time(_since(case) or now, zone, now)


def _idle(case: Case, span: timedelta, now: datetime, calendar: Calendar) -> bool:
    """While a case waits for its customer, nobody is idle: the next word is theirs."""
    since = _since(case)
    if case.stage != CLAIMED or case.paused_at is not None or since is None or since + span > now:
        return False
    return open_time_after(since, span, calendar) <= now


def _since(case: Case) -> datetime | None:
    """A case claimed before this was kept count of has no `touched_at`: its claim counts."""
    return case.touched_at or case.claimed_at


def _key(case: Case) -> str:
    """Names one idleness of one case."""
    since = _since(case)
    return f"{case.id}:{since.timestamp():.0f}" if since else str(case.id)
