"""What was learned from a brand's lessons in one night, with its score."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

LEARNING, IN_USE, SILENT = "learning", "in_use", "silent"


class SiftModel(Base):
    """One row per brand and night, so that of any number of processes one learns."""

    __tablename__ = "sift_models"
    __table_args__ = (UniqueConstraint("brand", "night"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    brand: Mapped[str] = mapped_column(String(80))
    night: Mapped[date] = mapped_column(Date)
    begun_at: Mapped[datetime]
    made_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(20))
    why: Mapped[str | None] = mapped_column(Text)
    """Why it is silent, in words that a team lead reads."""
    lessons: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many it was made from."""
    as_of: Mapped[datetime]
    """The newest change among the lessons that it has seen."""
    scores: Mapped[dict[str, Any] | None]
    """`bot.lessons.figures.Score` as JSON, and as `rows_of` the `bot.lessons.pieces.fingerprint`."""
    weights: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Arrays without objects, see `bot.lessons.packing`; of the newest row that is in use only."""
