"""What an employee writes to a customer in private, below a comment of theirs."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class PrivateReply(Base):
    """One for each comment, as Facebook takes no more. Its states are those of a reply from `sending` on:
    sending → posted | refused | unknown (nobody can tell; a person looks, nothing is sent twice). One that
    was refused may be written anew in the same row.
    """

    __tablename__ = "private_replies"

    id: Mapped[int] = mapped_column(primary_key=True)
    mention_id: Mapped[int] = mapped_column(ForeignKey("mentions.id"), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    by: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20))
    error: Mapped[str | None] = mapped_column(Text)
    message_id: Mapped[str | None] = mapped_column(String(255))
    """The platform's own number of the message."""
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
