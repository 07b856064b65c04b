"""Requests that were carried out already, for the few that would do more when they arrive twice."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Handled(Base):
    """One request by the id that Slack gave it, with the case that it brought."""

    __tablename__ = "handled"

    request: Mapped[str] = mapped_column(String(120), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    at: Mapped[datetime] = mapped_column(index=True)
