"""A case on its way to a specialist."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.case import Case
from models.errors import NotAllowed
from models.people import Person, named

ASKED, ACCEPTED, SENT_BACK, PASSED_ON = "asked", "accepted", "sent back", "passed on"


class Escalation(Base):
    """One person asked, with a deadline to say yes. The next in line gets a row of their own."""

    __tablename__ = "escalations"
    __table_args__ = (Index("ix_escalations_state_acknowledge_by", "state", "acknowledge_by"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    case: Mapped[Case] = relationship()
    round: Mapped[int]
    """0 for the first asked, 1 for the next in line …"""
    specialist: Mapped[str] = mapped_column(String(40))
    asked_by: Mapped[str] = mapped_column(String(40))
    why: Mapped[str | None] = mapped_column(Text)
    asked_at: Mapped[datetime]
    acknowledge_by: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(20), default=ASKED)
    answered_at: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(Text)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy's own way to declare it

    def accept(self, *, by: Person, at: datetime) -> None:
        """The specialist takes the case."""
        self._must_be_asked(by)
        self.case.accept(by=by, at=at)
        self.state, self.answered_at = ACCEPTED, at

    def send_back(self, *, by: Person, at: datetime, answer: str | None) -> None:
        """Not theirs, or a question first: the case waits again."""
        self._must_be_asked(by)
        self.case.send_back(by=by, at=at, why=answer)
        self.state, self.answered_at, self.answer = SENT_BACK, at, answer

    def pass_on(self, *, at: datetime) -> None:
        """Nobody said yes in time; somebody else is asked."""
        self.state, self.answered_at = PASSED_ON, at

    def _must_be_asked(self, by: Person) -> None:
        if self.state == PASSED_ON:
            raise NotAllowed(f"Nobody answered in time, so case {self.case_id} went to the next in line.")
        if self.state != ASKED:
            raise NotAllowed(f"Case {self.case_id} was answered already: {self.state}.")
        if by.id != self.specialist and not by.lead:
            raise NotAllowed(f"{named(self.specialist)} was asked; only they or a lead can answer.")
