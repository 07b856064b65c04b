"""What the team taught the sift: about one post, what the rules said and what a person said."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

DISMISSED, CORRECTED, BROUGHT_BACK, LOGGED = "dismissed", "corrected", "brought_back", "logged"
NO_TOPIC = ""
"""Somebody said that it is about none of the topics; None: nobody said anything about the topic."""


class Lesson(Base):
    """Holds no text: the post's own row does, so that what its author deletes is gone here too.

    What nobody said is None. One lesson of a post counts at a time (`live`); a later word on the same post
    replaces it, and is replaced by it again when it is taken back.
    """

    __tablename__ = "lessons"
    __table_args__ = (Index("ix_lessons_brand_at", "brand", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    live: Mapped[int | None] = mapped_column(unique=True)
    """The mention's id while this lesson counts; None when it was replaced or taken back."""
    mention_id: Mapped[int] = mapped_column(ForeignKey("mentions.id", ondelete="CASCADE"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    how: Mapped[str] = mapped_column(String(20))
    by: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    brand: Mapped[str] = mapped_column(String(80))

    ruled_kind: Mapped[str] = mapped_column(String(20))
    ruled_topic: Mapped[str | None] = mapped_column(String(60))
    ruled_language: Mapped[str] = mapped_column(String(10))
    ruled_shown: Mapped[bool]

    kind: Mapped[str | None] = mapped_column(String(20))
    topic: Mapped[str | None] = mapped_column(String(60))
    """A topic's name, or NO_TOPIC."""
    language: Mapped[str | None] = mapped_column(String(10))
    needed: Mapped[bool | None]
    """Whether somebody had to see it."""

    replaces: Mapped[int | None]
    """The lesson that it took the place of."""
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(40))

    def end(self, *, by: str, at: datetime) -> None:
        """It counts no longer."""
        self.live, self.ended_at, self.ended_by = None, at, by

    def count_again(self) -> None:
        """What took its place was taken back."""
        self.live, self.ended_at, self.ended_by = self.mention_id, None, None
