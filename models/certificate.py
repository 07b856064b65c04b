"""What somebody has been trained for, and what a lead let them do once."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Certificate(Base):
    """A course passed, by the quiz or taught face to face; the newest of a course counts."""

    __tablename__ = "certificates"
    __table_args__ = (Index("ix_certificates_member_course", "member", "course"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member: Mapped[str] = mapped_column(String(40))
    course: Mapped[str] = mapped_column(String(60))
    passed_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    recorded_by: Mapped[str] = mapped_column(String(40))
    """The member's own id after the quiz; a lead's after a course taught face to face."""
    reminded: Mapped[bool] = mapped_column(default=False)


class Allowance(Base):
    """A lead let somebody take one case above their level."""

    __tablename__ = "allowances"
    __table_args__ = (UniqueConstraint("case_id", "member"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    member: Mapped[str] = mapped_column(String(40))
    by: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
