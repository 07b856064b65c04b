"""Cases that came too many at once; by what posts are found that are alike; and reposts."""

from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, String, exists
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.mention import Mention


class Heap(Base):
    """Everyday cases that share one card, because each would have waited too long for one of its own.

    While `live` stands there ("channel:topic") later ones may come in; of a channel and topic one is live.
    """

    __tablename__ = "heaps"

    id: Mapped[int] = mapped_column(primary_key=True)
    live: Mapped[str | None] = mapped_column(String(150), unique=True)
    channel: Mapped[str] = mapped_column(String(80), index=True)
    topic: Mapped[str | None] = mapped_column(String(60))
    """None: about several things."""
    opened_at: Mapped[datetime]
    last_at: Mapped[datetime]
    """When the newest came in."""

    def close(self) -> None:
        """Nothing comes in any more; what is in it stays."""
        self.live = None


class LikenessKey(Base):
    """One of the keys of a case's first post (`bot.stories.likeness`): posts that are alike share some."""

    __tablename__ = "likeness_keys"
    __table_args__ = (Index("ix_likeness_keys_key", "key", "at"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)


class Repost(Base):
    """A bare repost of a post that has a case. It needs nobody, and counts on the case's card."""

    __tablename__ = "reposts"

    mention_id: Mapped[int] = mapped_column(ForeignKey("mentions.id"), primary_key=True, autoincrement=False)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)


def is_set_aside() -> ColumnElement[bool]:
    """A mention that needs nobody, is still there, and counts nowhere either."""
    there = Mention.case_id.is_(None) & Mention.gone_at.is_(None)
    return there & ~exists().where(Repost.mention_id == Mention.id)
