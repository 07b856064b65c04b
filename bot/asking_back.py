"""A specialist's question before they say yes: to whoever escalated, and the answer back."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.away import NO_STATUSES, Statuses
from bot.blocks.text import escape_but_people
from bot.case_view import CaseView
from bot.line import turn_of
from bot.office import Office
from bot.specialists import Specialists, clean
from models.case import Case
from models.errors import NotAllowed
from models.escalation import Escalation, Question
from models.hours import open_time_after
from models.outbox import URGENT, put
from models.people import BOT


@dataclass(frozen=True)
class AskingBack:
    """Ask back, answer."""

    office: Office
    statuses: Statuses = NO_STATUSES

    @property
    def specialists(self) -> Specialists:
        return Specialists(self.office, self.statuses)

    def ask(self, escalation_id: int, question: str, *, by: str) -> str:
        """The question goes to whoever escalated, by direct message. Returns who that is.

        The bot's own escalations, and those of people who are away, are answered by the queue's lead.
        """

        def use(session: Session, case: Case, escalation: Escalation, at: datetime) -> str:
            to = escalation.asked_by
            if to in (BOT.id, by) or self.specialists.away.among(session, [to], at):
                to = self.specialists.lead_of(case)
            within = self.office.playbook.of(case.brand).escalation.acknowledge_within
            hours = self.office.playbook.queue(case.queue).calendar
            asked = escalation.ask_back(
                clean(question) or "",
                to=to,
                by=self.office.person(by, case.brand),
                at=at,
                answer_by=open_time_after(at, within, hours),
            )
            session.flush()
            show_question(session, asked, at)
            self.specialists.redraw(session, escalation, at)
            return to

        return self.specialists.change(escalation_id, use)

    def question(self, question_id: int) -> Question:
        """As it stands now. Raises NotAllowed."""
        with self.office.db.reading() as session:
            found = session.get(Question, question_id)
            if found is None:
                raise NotAllowed("This question is not there any more.")
            return found

    def answer(self, question_id: int, text: str, *, by: str) -> CaseView:
        """Into the specialist's thread and the timeline. The specialist has time anew to say yes."""

        def use(session: Session, case: Case, escalation: Escalation, at: datetime) -> CaseView:
            question = session.get_one(Question, question_id)
            if question is not escalation.open_question:
                raise NotAllowed(f"This question about case {case.id} is no longer open.")
            situation = self.specialists.situation(session, case, by=escalation.asked_by, at=at)
            turn = turn_of(self.office.playbook.of(case.brand), situation, escalation.specialist)
            escalation.answered(
                clean(text) or "",
                by=self.office.person(by, case.brand),
                at=at,
                acknowledge_by=turn.acknowledge_by,
            )
            show_question(session, question, at)
            self.specialists.redraw(session, escalation, at)
            said = f"<@{by}> answers: “{escape_but_people(question.answer or '')}”"
            self.specialists.thread(session, escalation, f"answer{question.id}", said)
            return self.office.view(session, case)

        return self.specialists.change(self.question(question_id).escalation_id, use)


def show_question(session: Session, question: Question, at: datetime) -> None:
    """The direct message with the question shows its present state."""
    put(
        session,
        f"asked_back:{question.id}",
        kind="asked_back",
        subject=question.id,
        channel=question.to,
        at=at,
        priority=URGENT,
    )
