"""When somebody is away: nothing is asked of them until they are back."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Absence(Base):
    """One absence of one person, kept after it is over. `ended_at`: they were back before `until`."""

    __tablename__ = "away"
    __table_args__ = (Index("ix_away_member_until", "member", "until"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member: Mapped[str] = mapped_column(String(40))
    since: Mapped[datetime]
    until: Mapped[datetime]
    """When they are asked again."""
    by: Mapped[str] = mapped_column(String(40))
    why: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(40))
