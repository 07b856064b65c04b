"""Who is looking at a case, or writing a reply in it, just now."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

LOOKING, WRITING = "looking", "writing"


class Presence(Base):
    """One person at one case. It ends by itself: a window that nobody closed says nothing for ever."""

    __tablename__ = "presences"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    member: Mapped[str] = mapped_column(String(40), primary_key=True)
    doing: Mapped[str] = mapped_column(String(20))
    until: Mapped[datetime] = mapped_column(index=True)
