"""A person in the workspace, as far as the desk needs to know them."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Employee(Base):
    """Cached from the workspace, so that an introduction can carry their name."""

    __tablename__ = "employees"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    seen_at: Mapped[datetime]
