"""What is remembered of each source between fetches."""

from datetime import datetime
from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class SourceState(Base):
    """Cursor and health of one source. The cursor moves in the transaction that stores its mentions."""

    __tablename__ = "source_states"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    cursor: Mapped[dict[str, Any] | None]
    next_at: Mapped[datetime | None]
    """It asked, at `asked_to_wait_at`, to be left alone until then."""
    asked_to_wait_at: Mapped[datetime | None]
    last_ok_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)
    leads_told_at: Mapped[datetime | None]
