"""A case offered to a colleague, and what they said."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.case import Case
from models.errors import NotAllowed
from models.people import Person, named

ASKED, TAKEN, TURNED_DOWN, TAKEN_BACK, OVERTAKEN = "asked", "taken", "turned down", "taken back", "overtaken"


class Handover(Base):
    """One colleague asked to take over a case. Until they say yes it stays with its owner.

    One row of a case is `asked` at the most, the one for `Case.offered_to`.
    """

    __tablename__ = "handovers"
    __table_args__ = (Index("ix_handovers_state_answer_by", "state", "answer_by"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    case: Mapped[Case] = relationship()
    colleague: Mapped[str] = mapped_column(String(40), index=True)
    asked_by: Mapped[str] = mapped_column(String(40))
    """The owner, or a lead in their place."""
    owner: Mapped[str] = mapped_column(String(40))
    note: Mapped[str | None] = mapped_column(Text)
    asked_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    """When the owner is told that there is no answer; the colleague may still say yes after it."""
    told_late_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(20), default=ASKED)
    answered_at: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(Text)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy's own way to declare it

    def take(self, *, by: Person, at: datetime) -> None:
        """Yes: the case is theirs."""
        self._must_be_asked(by)
        self.case.take_over(by=by, at=at)
        self.state, self.answered_at = TAKEN, at

    def turn_down(self, *, by: Person, at: datetime, why: str | None) -> None:
        """No: the case stays where it is."""
        self._must_be_asked(by)
        self.case.turn_down(by=by, at=at, why=why)
        self.state, self.answered_at, self.answer = TURNED_DOWN, at, why

    def close(self, state: str, *, at: datetime) -> None:
        """Taken back, or overtaken by what happened to the case."""
        self.state, self.answered_at = state, at

    def _must_be_asked(self, by: Person) -> None:
        if by.id != self.colleague:
            raise NotAllowed(f"{named(self.colleague)} was asked; only they can answer.")
        if self.state == OVERTAKEN:
            raise NotAllowed(f"Case {self.case_id} has moved on meanwhile: {self._now()}.")
        if self.state == TAKEN_BACK:
            raise NotAllowed(f"{named(self.owner)} keeps case {self.case_id} after all.")
        if self.state != ASKED:
            raise NotAllowed(f"You have answered this already: {self.state}.")

    def _now(self) -> str:
        owner = self.case.owner if self.case.stage == "claimed" else None
        return f"{named(owner)} has it" if owner else f"it is {self.case.stage}"
