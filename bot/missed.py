"""A first response that is overdue escalates by itself: once, most urgent first, never many at a time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from bot.deadlines import calendar_of
from bot.escalating import Escalations
from bot.office import Office
from bot.waiting import by_urgency, is_copy
from models.case import Case
from models.errors import NotAllowed
from models.event import Event
from models.hours import open_time_after
from models.moves import CLAIMED, WAITING
from models.people import BOT_ID

WHY = "nobody has answered in time"
"""Also how such an escalation is known in the timeline: what has it is not escalated again."""
AT_MOST, WITHIN = 10, timedelta(minutes=10)
"""Escalations by themselves: after a day at a standstill, specialists get no flood."""
LOOKED_AT = 200


@dataclass(frozen=True)
class Missed:
    """The clock's view of cases whose first response is overdue."""

    office: Office
    escalations: Escalations

    def escalate(self) -> int:
        """Escalates what nobody has at once, and what somebody has after a second such time."""
        now = self.office.clock()
        with self.office.db.reading() as session:
            left = AT_MOST - self._lately(session, now)
            due = self._due(session, now)[: max(left, 0)] if left > 0 else []
        return sum(self._escalate(number, owner, now) for number, owner in due)

    # Helpers, in the order in which they are called.

    def _lately(self, session: Session, now: datetime) -> int:
        by_itself = (Event.what == "escalate") & (Event.actor == BOT_ID) & (Event.why == WHY)
        return session.scalar(select(func.count(Event.id)).where(by_itself, Event.at > now - WITHIN)) or 0

    def _due(self, session: Session, now: datetime) -> list[tuple[int, str | None]]:
        before = exists().where(
            Event.case_id == Case.id,
            Event.what == "escalate",
            Event.actor == BOT_ID,
            Event.why == WHY,
            Event.at >= Case.target_missed_at,
        )
        late = session.scalars(
            select(Case)
            .where(
                Case.stage.in_((WAITING, CLAIMED)),
                Case.first_response_at.is_(None),
                Case.target_missed_at.is_not(None),
                ~is_copy(),  # a story is escalated once, with its first case
                ~before,
            )
            .order_by(*by_urgency(now))
            .limit(LOOKED_AT)
        )
        return [(case.id, case.owner) for case in late if self._is_due(session, case, now)]

    def _is_due(self, session: Session, case: Case, now: datetime) -> bool:
        queue = self.office.playbook.queue(case.queue)
        if not queue.targets.escalate_when_missed:
            return False
        if case.stage == WAITING or case.claimed_at is None:
            return True
        since = max(case.respond_by, case.claimed_at)
        return open_time_after(since, queue.targets.first_response, calendar_of(session, queue, now)) <= now

    def _escalate(self, number: int, owner: str | None, now: datetime) -> bool:
        try:
            self.escalations.escalate(number, by=BOT_ID, why=WHY)
        except NotAllowed:
            return False  # answered, claimed or escalated in the meantime
        if owner is not None:
            key = f"missed:{number}:{now.timestamp():.0f}"
            words = (
                f":arrow_upper_right: Case {number} went to a specialist: its customer has waited for an "
                "answer twice as long as they should."
            )
            self.office.transact(lambda session: self.office.tell(session, key, owner, words))
        return True
