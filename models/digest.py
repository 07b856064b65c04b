"""That a lead got the digest of a date. One row each, so never twice."""

from datetime import date, datetime

from sqlalchemy import Date, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class DigestSent(Base):
    __tablename__ = "digests"
    __table_args__ = (UniqueConstraint("lead", "date"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    lead: Mapped[str] = mapped_column(String(40))
    date: Mapped[date] = mapped_column(Date)
    made_at: Mapped[datetime]
