"""What time does to a case: answers overdue, promises due. Derived from the database, safe to repeat."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.office import Office
from models.case import Case
from models.moves import OPEN


@dataclass(frozen=True)
class Targets:
    """The clock's view of open cases."""

    office: Office

    def miss_targets(self) -> int:
        """Marks first responses that are overdue, redraws their cards and tells the leads, once each."""
        now = self.office.clock()
        with self.office.db.reading() as session:
            due = session.scalars(
                select(Case.id).where(
                    Case.stage.in_(OPEN),
                    Case.respond_by <= now,
                    Case.first_response_at.is_(None),
                    Case.target_missed_at.is_(None),
                )
            ).all()

        def use(session: Session, case: Case, at: datetime) -> bool:
            if case.target_missed_at is not None or not case.is_overdue(at):
                return False
            case.miss_target(at=at)
            queue = self.office.playbook.queue(case.queue)
            who = f"<@{case.owner}> has it" if case.owner else "nobody has it"
            self.office.tell_leads(
                session,
                f"overdue:{case.id}",
                f":red_circle: Case {case.id} in #{queue.channel} has no answer in time; {who}.",
            )
            return True

        return sum(self.office.change(number, use) for number in due)

    def remind_promises(self) -> int:
        """Reminds owners of what they promised a customer, once, when the time has come."""
        now = self.office.clock()
        with self.office.db.reading() as session:
            due = session.scalars(
                select(Case.id).where(
                    Case.stage.in_(OPEN), Case.promised_for <= now, Case.promise_reminded.is_(False)
                )
            ).all()

        def use(session: Session, case: Case, at: datetime) -> bool:
            if case.promise_reminded or case.promised_for is None or case.promised_for > at:
                return False
            case.promise_reminded = True
            to = case.owner or self.office.playbook.leads[0].slack
            self.office.tell(
                session,
                f"promise:{case.id}:{case.promised_for.timestamp():.0f}",
                to,
                f":alarm_clock: The customer of case {case.id} was promised an answer by now.",
            )
            return True

        return sum(self.office.change(number, use) for number in due)
