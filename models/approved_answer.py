"""Answers that leads approved: what may be said again, who says so, and until when."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.errors import NotAllowed
from models.people import Person

APPROVED, RETIRED = "approved", "retired"
OFFERED, TAKEN, DECLINED = "offered", "taken", "declined"
UNANSWERED_FOR = timedelta(days=14)
"""So long after "does this still hold?" an answer that nobody confirmed is shown as unconfirmed."""


class AnswerEvent(Base):
    """One line of an answer's record: who, when, what. Written with every change, never changed itself."""

    __tablename__ = "answer_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("approved_answers.id"), index=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(40))
    what: Mapped[str] = mapped_column(String(40))
    why: Mapped[str | None] = mapped_column(Text)


class ApprovedAnswer(Base):
    """A text for one topic and language. `version` makes each change a conditional UPDATE, as a case's does.

    approved ⇄ retired. Every verb guards, changes and leaves an event.
    """

    __tablename__ = "approved_answers"
    __table_args__ = (
        Index("ix_approved_answers_state_language", "state", "language"),
        Index("ix_approved_answers_state_check_at", "state", "check_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    state: Mapped[str] = mapped_column(String(20), default=APPROVED)
    title: Mapped[str] = mapped_column(String(80))
    topic: Mapped[str | None] = mapped_column(String(60))
    """A topic of the playbook; None: any."""
    brand: Mapped[str | None] = mapped_column(String(80))
    """The brand whose customers get it; None: all brands'."""
    language: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    """With variables in it: `bot/answers/variables.py`."""
    example: Mapped[str] = mapped_column(Text)
    """What a customer says whom this answers; mentions are compared with it."""
    holds_days: Mapped[int]
    approved_by: Mapped[str] = mapped_column(String(40))
    """The lead who last said that it holds."""
    confirmed_at: Mapped[datetime]
    check_at: Mapped[datetime]
    """When that lead is asked whether it still holds."""
    asked_at: Mapped[datetime | None]
    """When they were asked; None as long as they weren't, and again once they answered."""
    used: Mapped[int] = mapped_column(default=0)
    """Posted replies that were made from it."""
    last_used_at: Mapped[datetime | None]
    request: Mapped[str | None] = mapped_column(String(120), unique=True)
    """Slack's id of the form it came from: submitted twice, it is one answer."""

    events: Mapped[list[AnswerEvent]] = relationship(order_by=AnswerEvent.id)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy's own way to declare it

    @classmethod
    def approve(
        cls,
        *,
        title: str,
        topic: str | None,
        language: str,
        text: str,
        example: str,
        holds_days: int,
        by: Person,
        at: datetime,
        brand: str | None = None,
        request: str | None = None,
        why: str | None = None,
    ) -> "ApprovedAnswer":
        """A new answer. Raises NotAllowed unless `by` leads."""
        _must_lead(by)
        answer = cls(
            state=APPROVED,
            title=title,
            topic=topic,
            brand=brand,
            language=language,
            text=text,
            example=example,
            holds_days=holds_days,
            used=0,
            request=request,
        )
        answer._holds(by, at)
        answer._record("approve", by, at, why)
        return answer

    def change(
        self,
        *,
        title: str,
        topic: str | None,
        language: str,
        text: str,
        example: str,
        holds_days: int,
        by: Person,
        at: datetime,
        brand: str | None = None,
    ) -> None:
        """Other words, or another place for them; whoever changes it says that it holds. A retired one is
        approved again by it. The text that stood there before is kept in the record."""
        _must_lead(by)
        before = self.text if text != self.text else None
        self.state = APPROVED
        self.title, self.topic, self.language, self.brand = title, topic, language, brand
        self.text, self.example, self.holds_days = text, example, holds_days
        self._holds(by, at)
        self._record("change", by, at, before)

    def confirm(self, *, by: Person, at: datetime) -> None:
        """It still holds."""
        _must_lead(by)
        if self.state != APPROVED:
            raise NotAllowed(f"“{self.title}” was retired. Change it, and it is approved again.")
        self._holds(by, at)
        self._record("confirm", by, at)

    def retire(self, *, by: Person, at: datetime) -> bool:
        """It is suggested to nobody any more; False when it was retired already."""
        _must_lead(by)
        if self.state == RETIRED:
            return False
        self.state, self.asked_at = RETIRED, None
        self._record("retire", by, at)
        return True

    def ask(self, *, at: datetime) -> None:
        """Its time has come: the question goes out once for this due time."""
        self.asked_at = at

    def count_use(self, *, at: datetime) -> None:
        """A reply made from it was posted."""
        self.used += 1
        self.last_used_at = at

    @classmethod
    def serves(cls, brand: str) -> ColumnElement[bool]:
        """Those that a brand's customers may get."""
        return cls.brand.is_(None) | (cls.brand == brand)

    def is_unconfirmed(self, now: datetime) -> bool:
        """It was asked about, and nobody said so for a fortnight."""
        return self.asked_at is not None and now >= self.asked_at + UNANSWERED_FOR

    # Helpers.

    def _holds(self, by: Person, at: datetime) -> None:
        self.approved_by, self.confirmed_at, self.asked_at = by.id, at, None
        self.check_at = at + timedelta(days=self.holds_days)

    def _record(self, what: str, by: Person, at: datetime, why: str | None = None) -> None:
        self.events.append(AnswerEvent(at=at, actor=by.id, what=what, why=why))


class AnswerUse(Base):
    """A posted reply that was made from an answer, and the post it answered; each reply counts once."""

    __tablename__ = "answer_uses"
    __table_args__ = (UniqueConstraint("reply_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("approved_answers.id"), index=True)
    mention_id: Mapped[int] = mapped_column(ForeignKey("mentions.id"))
    reply_id: Mapped[int] = mapped_column(ForeignKey("replies.id"))
    at: Mapped[datetime]


class AnswerOffer(Base):
    """Somebody thinks that their reply would serve others: leads say yes or no, once."""

    __tablename__ = "answer_offers"
    __table_args__ = (UniqueConstraint("reply_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    reply_id: Mapped[int] = mapped_column(ForeignKey("replies.id"))
    by: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(20), default=OFFERED)
    decided_by: Mapped[str | None] = mapped_column(String(40))
    decided_at: Mapped[datetime | None]
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("approved_answers.id"))

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy's own way to declare it

    def take(self, answer: ApprovedAnswer, *, by: Person, at: datetime) -> None:
        """It became `answer`, which has its number already."""
        self._decide(TAKEN, by, at)
        self.answer_id = answer.id

    def decline(self, *, by: Person, at: datetime) -> None:
        self._decide(DECLINED, by, at)

    def _decide(self, state: str, by: Person, at: datetime) -> None:
        _must_lead(by)
        if self.state != OFFERED:
            done = "approved" if self.state == TAKEN else "declined"
            raise NotAllowed(f"<@{self.decided_by}> has {done} this already.")
        self.state, self.decided_by, self.decided_at = state, by.id, at


def _must_lead(by: Person) -> None:
    if not by.lead:
        raise NotAllowed("Only a lead can add, change or retire an approved answer.")
