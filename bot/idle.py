"""Owners who do nothing with their case: reminded once, then the case is free again.

Derived from the database, safe to repeat. What the customer does counts for nothing here: the owner must act.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.blocks.text import clock_time, person
from bot.office import Office
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
        rules = self.office.playbook.idle
        if rules is None:
            return 0
        now = self.office.clock()
        with self.office.db.reading() as session:
            # Open time never passes faster than time itself, so whoever is missing here can't be idle.
            quiet = session.scalars(
                select(Case)
                .where(
                    Case.stage == CLAIMED,
                    func.coalesce(Case.touched_at, Case.claimed_at) <= now - rules.remind_after,
                )
                .order_by(Case.id)
            ).all()
            due = [case.id for case in quiet if self._to_remind(case, now) or self._to_release(case, now)]
        return sum(self.office.change(number, self._act) for number in due)

    # Helpers, in the order in which they are called.

    def _act(self, session: Session, case: Case, at: datetime) -> bool:
        """One case, as it is now: somebody may have acted since it was found."""
        if self._to_release(case, at):
            self._release(session, case, at)
        elif self._to_remind(case, at):
            self._remind(session, case, at)
        else:
            return False
        return True

    def _to_remind(self, case: Case, now: datetime) -> bool:
        rules = self.office.playbook.idle
        return rules is not None and not case.idle_reminded and self._idle_for(case, rules.remind_after, now)

    def _to_release(self, case: Case, now: datetime) -> bool:
        """Not before a promise: until then the customer knows when, and so does the owner."""
        rules = self.office.playbook.idle
        promised = case.promised_for is not None and case.promised_for > now
        return rules is not None and not promised and self._idle_for(case, rules.release_after, now)

    def _idle_for(self, case: Case, span: timedelta, now: datetime) -> bool:
        since, queue = _since(case), self.office.playbook.queue(case.queue)
        if case.stage != CLAIMED or since is None or since + span > now:
            return False
        return open_time_after(since, span, queue.calendar) <= now

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


def _since(case: Case) -> datetime | None:
    """A case claimed before this was kept count of has no `touched_at`: its claim counts."""
    return case.touched_at or case.claimed_at


def _key(case: Case) -> str:
    """Names one idleness of one case."""
    since = _since(case)
    return f"{case.id}:{since.timestamp():.0f}" if since else str(case.id)
