"""One line of a case's timeline."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Event(Base):
    """Who, when, what, why. Written with every move, never changed."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_what_at", "what", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(40))
    what: Mapped[str] = mapped_column(String(40))
    why: Mapped[str | None] = mapped_column(Text)
