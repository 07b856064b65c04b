"""What reading costs where posts are paid for: each post once a UTC day, as the platform charges it."""

from datetime import date

from sqlalchemy import BigInteger, Date, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class PaidPost(Base):
    """A post that was read on that day. Kept for two days, to know what was paid for already."""

    __tablename__ = "paid_posts"

    platform: Mapped[str] = mapped_column(String(40), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    external_id: Mapped[str] = mapped_column(String(255), primary_key=True)


class PaidDay(Base):
    """How many posts were read on a UTC day by one kind of reading, and what that is thought to cost."""

    __tablename__ = "paid_days"

    platform: Mapped[str] = mapped_column(String(40), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    posts: Mapped[int]
    """Each once, under the kind that read it first that day."""
    micros: Mapped[int] = mapped_column(BigInteger)
    """Millionths of the playbook's currency, at the price of that day."""
