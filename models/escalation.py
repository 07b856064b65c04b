"""A case on its way to a specialist."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.case import Case
from models.errors import NotAllowed
from models.people import BOT, Person, named

WAITS, ASKED, QUESTIONED = "waits", "asked", "questioned"
ACCEPTED, SENT_BACK, SENT_ON, PASSED_ON = "accepted", "sent back", "sent on", "passed on"
UNRESOLVED = "unresolved"
PENDING = (WAITS, ASKED, QUESTIONED)
"""An answer is still to come: nobody is at work yet, somebody is asked, or they asked something first."""
QUESTION_LIMIT = 1000


class Question(Base):
    """What a specialist wants to know before they say yes, and the answer."""

    __tablename__ = "escalation_questions"
    __table_args__ = (Index("ix_escalation_questions_answered_at", "answered_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    escalation_id: Mapped[int] = mapped_column(ForeignKey("escalations.id"), index=True)
    by: Mapped[str] = mapped_column(String(40))
    to: Mapped[str] = mapped_column(String(40))
    question: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    reminded: Mapped[bool] = mapped_column(default=False, server_default=false())
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[str | None] = mapped_column(String(40))
    answered_at: Mapped[datetime | None]
    """None while it is open; with no `answer` it was given up."""


class Escalation(Base):
    """One person asked, with a deadline to say yes. The next in line gets a row of their own."""

    __tablename__ = "escalations"
    __table_args__ = (
        Index("ix_escalations_state_acknowledge_by", "state", "acknowledge_by"),
        Index("ix_escalations_specialist", "specialist"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    case: Mapped[Case] = relationship()
    round: Mapped[int]
    """0 for the first asked, 1 for the next in line …"""
    specialist: Mapped[str] = mapped_column(String(40))
    instead_of: Mapped[str | None] = mapped_column(String(40))
    """Whose stand-in they are, when they are asked as one."""
    by_name: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Somebody chose this very person; the line was not consulted."""
    asked_by: Mapped[str] = mapped_column(String(40))
    why: Mapped[str | None] = mapped_column(Text)
    asked_at: Mapped[datetime]
    ask_at: Mapped[datetime | None]
    """While it waits: when somebody is at work who can be asked."""
    acknowledge_by: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(20), default=ASKED)
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(String(40))
    answer: Mapped[str | None] = mapped_column(Text)
    resolve_by: Mapped[datetime | None] = mapped_column(index=True)
    """Once accepted: when whoever accepted is asked how it goes."""
    reminded_at: Mapped[datetime | None]
    questions: Mapped[list[Question]] = relationship(order_by=Question.id, lazy="selectin")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy's own way to declare it

    @property
    def is_pending(self) -> bool:
        return self.state in PENDING

    @property
    def open_question(self) -> Question | None:
        return next((q for q in self.questions if q.answered_at is None), None)

    def accept(self, *, by: Person, at: datetime) -> None:
        """The specialist takes the case. A question that they had asked before is no longer one."""
        self._must_be_asked(by)
        self.case.accept(by=by, at=at)
        self._close(ACCEPTED, by, at)

    def send_back(self, *, by: Person, at: datetime, answer: str | None) -> None:
        """Not theirs, and nobody comes to mind: the case waits for anybody again."""
        self._must_be_asked(by)
        self.case.send_back(by=by, at=at, why=answer)
        self._close(SENT_BACK, by, at)
        self.answer = answer

    def ask_back(self, question: str, *, to: str, by: Person, at: datetime, answer_by: datetime) -> Question:
        """A question first, to whoever asked. The case stays with the specialist's yes to come."""
        self._must_be_asked(by)
        if self.state == QUESTIONED:
            raise NotAllowed(f"{named(self.questions[-1].to)} has not answered your first question yet.")
        if not question:
            raise NotAllowed("A question needs words.")
        if len(question) > QUESTION_LIMIT:
            raise NotAllowed(f"A question has {QUESTION_LIMIT:,} characters at most; this one has more.")
        asked = Question(by=by.id, to=to, question=question, asked_at=at, answer_by=answer_by, reminded=False)
        self.questions.append(asked)
        self.state = QUESTIONED
        self.case.asked_back(named(to), question, by=by, at=at)
        return asked

    def answered(self, answer: str, *, by: Person, at: datetime, acknowledge_by: datetime) -> None:
        """The answer to the open question; from now on there is time anew to say yes."""
        question = self.open_question
        if self.state != QUESTIONED or question is None:
            raise NotAllowed(f"This question about case {self.case_id} is no longer open.")
        if by.id != question.to and not by.lead:
            raise NotAllowed(f"{named(question.to)} was asked; only they or a lead can answer.")
        if not answer:
            raise NotAllowed("An answer needs words.")
        question.answer, question.answered_by, question.answered_at = answer[:QUESTION_LIMIT], by.id, at
        self.state, self.acknowledge_by = ASKED, acknowledge_by
        self.case.answered_back(named(question.by), question.answer, by=by, at=at)

    def give_up(self, *, at: datetime) -> None:
        """Nobody answered the specialist's question: the case waits for anybody again, with the question."""
        question = self.questions[-1]
        self.case.send_back(by=BOT, at=at, why=f"no answer to {named(question.by)}'s question")
        self._close(SENT_BACK, BOT, at)

    def send_on(self, *, by: Person, at: datetime) -> None:
        """Somebody else is named, who is asked in their stead."""
        self._must_be_asked(by)
        self._close(SENT_ON, by, at)

    def take_back(self, *, by: Person, at: datetime) -> None:
        """Whoever escalated has it go back to the queue before anybody was asked."""
        if self.state != WAITS:
            raise NotAllowed(f"{named(self.specialist)} is asked already and will answer.")
        if by.id != self.asked_by and not by.lead:
            raise NotAllowed(f"{named(self.asked_by)} escalated it; only they or a lead can take it back.")
        self.case.send_back(by=by, at=at, why="before anybody was asked")
        self._close(SENT_BACK, by, at)

    def ask_now(self, *, at: datetime, acknowledge_by: datetime) -> None:
        """It waited until somebody is at work; now they are asked."""
        self.state, self.ask_at = ASKED, None
        self.asked_at, self.acknowledge_by = at, acknowledge_by

    def pass_on(self, *, at: datetime) -> None:
        """Nobody said yes in time; somebody else is asked."""
        self._close(PASSED_ON, None, at)

    def take_away(self, *, at: datetime) -> None:
        """Accepted, and then not resolved in time: the line begins anew."""
        self.state, self.resolve_by = UNRESOLVED, None
        self.answered_at = at

    # Helpers.

    def _must_be_asked(self, by: Person) -> None:
        if self.state == PASSED_ON:
            raise NotAllowed(f"Nobody answered in time, so case {self.case_id} went to the next in line.")
        if self.state not in (ASKED, QUESTIONED):
            raise NotAllowed(f"Case {self.case_id} was answered already: {self.state}.")
        if by.id != self.specialist and not by.lead:
            raise NotAllowed(f"{named(self.specialist)} was asked; only they or a lead can answer.")

    def _close(self, state: str, by: Person | None, at: datetime) -> None:
        self.state, self.answered_at, self.answered_by = state, at, by.id if by else None
        question = self.open_question
        if question is not None:
            question.answered_at = at
