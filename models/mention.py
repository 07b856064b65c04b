"""One public post, as a source saw it, with what the sift made of it."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.address import own_key
from models.base import Base
from models.post import NO_NAME, Post

if TYPE_CHECKING:
    from models.case import Case

DELETED, HIDDEN = "deleted", "hidden"
GONE_WORDS = {DELETED: "was deleted by its author", HIDDEN: "is not public any more"}
_DIRECTIONS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


_ASIDE = text("case_id IS NULL AND gone_at IS NULL")


class Mention(Base):
    """Unique by (source, external_id). `case_id` is None while it is set aside."""

    __tablename__ = "mentions"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        Index("ix_mentions_source_author", "source", "author", "stored_at"),
        Index("ix_mentions_heard_from_created_at", "heard_from", "created_at"),
        Index("ix_mentions_aside", "case_id", "stored_at", sqlite_where=_ASIDE, postgresql_where=_ASIDE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(40))
    external_id: Mapped[str] = mapped_column(String(255))
    author: Mapped[str] = mapped_column(String(200))
    author_id: Mapped[str | None] = mapped_column(String(200))
    author_name: Mapped[str | None] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    address_key: Mapped[str | None] = mapped_column(String(255), index=True)
    """Which post or page it is, however the address is written: see `models.address`."""
    conversation: Mapped[str | None] = mapped_column(String(255))
    about: Mapped[str | None] = mapped_column(String(255))
    """The source's id of the post that it reposts or quotes."""
    mentions_us: Mapped[bool]
    metrics: Mapped[dict[str, int]]
    created_at: Mapped[datetime]
    stored_at: Mapped[datetime] = mapped_column(index=True)
    heard_from: Mapped[str] = mapped_column(String(80), default="", server_default="")
    """The entry of `sources:` that brought it, such as "x-search"; empty when somebody logged it."""

    shown: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(20))
    topic: Mapped[str | None] = mapped_column(String(60))
    brand: Mapped[str] = mapped_column(String(80))
    queue: Mapped[str] = mapped_column(String(60))
    severity: Mapped[int] = mapped_column(default=0, server_default="0")
    """0 everyday, 1 worth a second look, 2 severe, 3 danger."""
    personal_data: Mapped[list[str]]
    ruled: Mapped[dict[str, Any] | None]
    """What the rules alone said (`kind`, `topic`, `language`, `shown`), where a person changed it, or what
    was learned from the team; `learned` then says so in words. None: it stands as the rules said."""

    gone_at: Mapped[datetime | None]
    """When we learned that its author deleted it, or that it is not public any more; its words, its author
    and what they led to are gone since."""
    gone_because: Mapped[str | None] = mapped_column(String(20))
    """DELETED or HIDDEN."""
    edited_at: Mapped[datetime | None]
    """When its author last changed it, as far as we know."""
    checked_at: Mapped[datetime | None] = mapped_column(index=True)
    """When it was last looked for where it was posted."""

    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    case: Mapped["Case | None"] = relationship(viewonly=True)

    @classmethod
    def from_post(cls, post: Post, *, stored_at: datetime, heard_from: str = "", **sifted: Any) -> "Mention":
        """A row from the post's own half and the sift's, which may also be set later. Over-long fields are
        cut."""
        return cls.made(
            source=post.source[:40],
            external_id=post.external_id[:255],
            author=post.author[:200],
            author_id=post.author_id[:200] if post.author_id else None,
            author_name=_one_line(post.author_name)[:200] or None,
            text=post.text.replace("\x00", ""),
            url=post.url,
            address_key=own_key(post.source, post.external_id, post.url),
            conversation=post.conversation[:255] if post.conversation else None,
            about=post.about[:255] if post.about else None,
            mentions_us=post.mentions_us,
            metrics=dict(post.metrics),
            created_at=post.created_at,
            stored_at=stored_at,
            edited_at=post.edited_at,
            heard_from=heard_from[:80],
            **{"severity": 0, **sifted},
        )

    def edit(self, post: Post, *, at: datetime) -> None:
        """It says what `post` says; who wrote it is taken from there only where it knows more."""
        self.text, self.edited_at = post.text.replace("\x00", ""), post.edited_at or at
        self.external_id = post.external_id[:255]
        self.address_key = own_key(post.source, post.external_id, post.url or self.url)
        self.author_name = _one_line(post.author_name)[:200] or self.author_name
        self.url, self.metrics = post.url or self.url, dict(post.metrics) or self.metrics
        self.mentions_us = post.mentions_us or self.mentions_us

    def is_known_as(self, itself: "Mention") -> None:
        """It is the same post as `itself`, which came from the platform where it was written."""
        self.source, self.external_id = itself.source, itself.external_id
        self.conversation = itself.conversation
        self.author, self.author_id, self.author_name = itself.author, itself.author_id, itself.author_name
        self.text, self.personal_data = itself.text, itself.personal_data
        self.url, self.about, self.created_at = itself.url or self.url, itself.about, itself.created_at

    def withdraw(self, because: str, *, at: datetime) -> bool:
        """Its author took it back: words, author and link go; that there was a post stays. False: known."""
        if self.gone_at is not None:
            return False
        self.gone_at, self.gone_because = at, because
        self.text, self.reason = "", GONE_WORDS[because]
        self.author, self.author_id, self.author_name = NO_NAME, None, None
        self.url, self.about, self.metrics, self.personal_data = None, None, {}, []
        return True


def _one_line(name: str | None) -> str:
    """A name as a name: no line breaks, and nothing that turns the direction of what stands around it."""
    plain = "".join(c for c in name or "" if c not in _DIRECTIONS)
    return " ".join(plain.split())
