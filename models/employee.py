"""A person in the workspace, as far as the desk needs to know them."""

from datetime import datetime

from sqlalchemy import String, false
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Employee(Base):
    """Cached from the workspace: their name for an introduction, and whether they can have a case."""

    __tablename__ = "employees"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    seen_at: Mapped[datetime]
    """When the workspace was last asked about them."""
    bot: Mapped[bool] = mapped_column(default=False, server_default=false())
    left_at: Mapped[datetime | None]
    """Since when their account is known to be deactivated; None while it works."""
    languages: Mapped[list[str] | None]
    """The languages they answer in, by their own word; None: all."""
