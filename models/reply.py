"""What an employee writes to a customer in public."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

DRAFT, READY, SENDING, POSTED, REFUSED, UNKNOWN = "draft", "ready", "sending", "posted", "refused", "unknown"
REPLACED = "replaced"
COMPANY, OWN = "company", "own"
"""Whose account a reply was posted from."""


class Reply(Base):
    """A draft that was checked, and how it was posted.

    draft → ready (the check has nothing that stops it, or a lead overruled it) → posted by hand, or →
    sending → posted | refused | unknown (the platform did not say; a person is asked, nothing is sent twice).
    Only a draft's text changes: what was ready and is written anew is `replaced` by a further row, so that
    the number of a reply always means the text that its writer saw.
    """

    __tablename__ = "replies"
    __table_args__ = (Index("ix_replies_case_id_by", "case_id", "by"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    mention_id: Mapped[int] = mapped_column(ForeignKey("mentions.id"))
    by: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), default=DRAFT)
    advice: Mapped[list[str]]
    url: Mapped[str | None] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(Text)
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("approved_answers.id"))
    """The approved answer that it was made from."""
    created_at: Mapped[datetime]
    posted_at: Mapped[datetime | None]
    account: Mapped[str | None] = mapped_column(String(20))
    """COMPANY or OWN, once it is posted."""
