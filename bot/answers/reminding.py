"""Does this answer still hold? Asked once for each time that it is due."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.answers.keeping import question_key
from bot.office import Office
from models.approved_answer import APPROVED, ApprovedAnswer
from models.outbox import NORMAL, put

QUESTION = "answer_check"
AT_ONCE = 20
"""Questions in one run: after a long stop the leads are not buried under them; the next run goes on."""


@dataclass(frozen=True)
class AnswerChecks:
    """The scheduled job."""

    office: Office

    def ask_due(self) -> int:
        """Asks the lead who approved an answer, or all leads when they lead no more. Returns how many."""
        now = self.office.clock()

        def work(session: Session) -> int:
            due = session.scalars(
                select(ApprovedAnswer)
                .where(
                    ApprovedAnswer.state == APPROVED,
                    ApprovedAnswer.check_at <= now,
                    ApprovedAnswer.asked_at.is_(None),
                )
                .order_by(ApprovedAnswer.check_at, ApprovedAnswer.id)
                .limit(AT_ONCE)
            ).all()
            for answer in due:
                answer.ask(at=now)
                book = self.office.playbook.of(answer.brand)
                lead = answer.approved_by in book.lead_ids
                put(
                    session,
                    question_key(answer),
                    kind=QUESTION,
                    subject=answer.id,
                    channel=answer.approved_by if lead else book.leads_channel,
                    at=now,
                    priority=NORMAL,
                )
            return len(due)

        return self.office.transact(work)
