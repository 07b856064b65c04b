"""What time does to a case: answers overdue, promises due. Derived from the database, safe to repeat."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from bot.blocks.text import clock_time
from bot.deadlines import calendar_of
from bot.office import Office
from bot.waiting import by_urgency
from models.case import Case
from models.hours import open_time_before
from models.moves import OPEN

AT_ONCE = 5
"""More cases than this overdue in one look (the program was stopped, say) are told in one message."""
IN_ONE_LOOK = 300


@dataclass(frozen=True)
class Targets:
    """The clock's view of open cases."""

    office: Office

    def miss_targets(self) -> int:
        """Marks first responses that are overdue, and tells their owners and the leads, once each.

        All in one transaction, so that however many are overdue and however many clocks look at once,
        there is one message where one is enough.
        """
        with self.office.db.reading() as session:
            if session.scalar(select(Case.id).where(_overdue(self.office.clock())).limit(1)) is None:
                return 0

        def work(session: Session) -> int:
            now = self.office.clock()
            late = session.scalars(
                select(Case)
                .where(_overdue(now))
                .order_by(*by_urgency(now))
                .limit(IN_ONE_LOOK)
                .with_for_update()
            ).all()
            for case in late:
                case.miss_target(at=now)
                self.office.redraw(session, case)
            # Who tells a story again is counted on its first card; one line about the story is enough.
            told = [case for case in late if case.like_id is None or not case.behind]
            if told:
                for theirs in self._by_leads(told):
                    self._tell_leads(session, theirs, now)
                self._tell_owners(session, told, now)
            return len(late)

        return self.office.transact(work)

    def remind_promises(self) -> int:
        """Reminds owners of what they promised a customer: once before the time, once when it is over."""
        now = self.office.clock()
        with self.office.db.reading() as session:
            promised = session.scalars(
                select(Case).where(Case.stage.in_(OPEN), Case.promised_for.is_not(None))
            ).all()
            due = [case.id for case in promised if _is_over(case, now) or self._is_near(session, case, now)]
        return sum(self.office.change(number, self._remind) for number in due)

    # Helpers, in the order in which they are called.

    def _by_leads(self, cases: Sequence[Case]) -> Iterable[list[Case]]:
        """Each channel of leads hears of its own brands' cases."""
        channels: dict[str, list[Case]] = {}
        for case in cases:
            channels.setdefault(self.office.playbook.of(case.brand).leads_channel, []).append(case)
        return channels.values()

    def _tell_leads(self, session: Session, late: Sequence[Case], now: datetime) -> None:
        if len(late) > AT_ONCE:
            free = sum(case.owner is None for case in late)
            first = ", ".join(f"{case.id} in {self._channel(case)}" for case in late[:3])
            self.office.tell_leads(
                session,
                f"overdue:{late[0].id}:{len(late)}:{now.timestamp():.0f}",
                f":red_circle: {len(late)} cases have no answer in time; nobody has {free} of them. The most "
                f"urgent: {first}. `/case queue` shows what waits.",
                late[0].brand,
            )
            return
        for case in late:
            who = f"<@{case.owner}> has it" if case.owner else "nobody has it"
            self.office.tell_leads(
                session,
                f"overdue:{case.id}:{case.respond_by.timestamp():.0f}",
                f":red_circle: Case {case.id} in {self._channel(case)} has no answer in time; {who}.",
                case.brand,
            )

    def _tell_owners(self, session: Session, late: Sequence[Case], now: datetime) -> None:
        for owner in dict.fromkeys(case.owner for case in late if case.owner):
            theirs = [case for case in late if case.owner == owner]
            key = f"overdue:{owner}:{theirs[0].id}:{now.timestamp():.0f}"
            if len(theirs) == 1:
                case = theirs[0]
                by = clock_time(case.respond_by, self.office.playbook.queue(case.queue).time_zone, now)
                words = f"The customer of case {case.id} was to have an answer by {by}: *Reply…* on its card"
            else:
                numbers = ", ".join(str(case.id) for case in theirs[:20])
                words = f"{len(theirs)} of your cases were to have an answer by now ({numbers}): reply"
            self.office.tell(session, key, owner, f":red_circle: {words}, or let somebody else take over.")

    def _channel(self, case: Case) -> str:
        return f"#{self.office.playbook.queue(case.queue).channel}"

    def _is_near(self, session: Session, case: Case, now: datetime) -> bool:
        """In the queue's hours; not where the promise itself was made later than that."""
        if case.promise_warned or case.promise_reminded:  # it was over already, by a clock that was ahead
            return False
        if case.promised_for is None or case.promised_for <= now:
            return False
        calendar = calendar_of(session, self.office.playbook.queue(case.queue), now)
        before = self.office.playbook.of(case.brand).promises.remind_before
        try:
            near = open_time_before(case.promised_for, before, calendar)
        except ValueError:
            return False  # so rarely open that the promise was made later than that, whenever it was
        return near <= now and (case.promised_at is None or case.promised_at < near)

    def _remind(self, session: Session, case: Case, at: datetime) -> bool:
        """One case as it is now: it may have been answered since it was found."""
        if case.promised_for is None or not case.is_open:
            return False
        zone = self.office.playbook.queue(case.queue).time_zone
        key = f"promise:{case.id}:{case.promised_for.timestamp():.0f}"
        to = case.owner or self.office.playbook.of(case.brand).leads[0].slack
        by = clock_time(case.promised_for, zone, at)
        if case.break_promise(at=at):
            words = (
                f":alarm_clock: The customer of case {case.id} was promised an answer by now. Write to them; "
                f"if you have, `/case promise {case.id} kept` says so."
            )
        elif self._is_near(session, case, at):
            case.promise_warned = True
            key += ":before"
            words = f":alarm_clock: The customer of case {case.id} was promised an answer by {by}."
        else:
            return False
        self.office.tell(session, key, to, words)
        return True


def _overdue(now: datetime) -> ColumnElement[bool]:
    return (
        Case.stage.in_(OPEN)
        & (Case.respond_by <= now)
        & Case.first_response_at.is_(None)
        & Case.target_missed_at.is_(None)
    )


def _is_over(case: Case, now: datetime) -> bool:
    return case.promised_for is not None and case.promised_for <= now and not case.promise_reminded
