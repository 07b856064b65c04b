"""What happened in a case while somebody was writing a reply in it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.case import Case
from models.event import Event
from models.mention import Mention
from models.reply import POSTED, SENDING, UNKNOWN, Reply

TOLD = (
    "note",
    "promise",
    "private_reply",
    "hand_over",
    "claim",
    "accept",
    "release",
    "escalate",
    "return_to_owner",
    "reopen",
    "withdrawn",
    "edited",
)
"""Moves and notes of others that a writer should know of before sending."""
REMEMBERED = 40
"""Replies whose numbers a window remembers: its memory holds 3,000 characters."""


@dataclass(frozen=True)
class Seen:
    """What a window showed of a case: everything up to these numbers."""

    event: int = 0
    post: int = 0
    replies: tuple[int, ...] = ()
    """Replies of others that are posted or on their way."""

    @classmethod
    def now(cls, session: Session, case: Case, by: str) -> "Seen":
        return cls(
            max((event.id for event in case.events), default=0),
            max((mention.id for mention in case.mentions), default=0),
            tuple(reply.id for reply in _of_others(session, case, by)),
        )

    @property
    def remembered(self) -> list[Any]:
        """For a window's memory."""
        return [self.event, self.post, list(self.replies)]

    @classmethod
    def recalled(cls, memory: object) -> "Seen | None":
        """From a window's memory; None when it has none (it was opened by an older version)."""
        match memory:
            case [int(event), int(post), list(replies)]:
                return cls(event, post, tuple(int(each) for each in replies))
        return None


@dataclass(frozen=True)
class News:
    """Posts, replies of others, and moves and notes of others; oldest first."""

    posts: tuple[Mention, ...] = ()
    replies: tuple[Reply, ...] = ()
    events: tuple[Event, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.posts or self.replies or self.events)


def whats_new(session: Session, case: Case, seen: Seen | None, by: str) -> News:
    """What `by` has not seen. Nothing when it is not known what they saw."""
    if seen is None:
        return News()
    return News(
        tuple(mention for mention in case.mentions if mention.id > seen.post),
        tuple(reply for reply in _of_others(session, case, by) if reply.id not in seen.replies),
        tuple(e for e in case.events if e.id > seen.event and e.actor != by and e.what in TOLD),
    )


def _of_others(session: Session, case: Case, by: str) -> list[Reply]:
    newest = session.scalars(
        select(Reply)
        .where(Reply.case_id == case.id, Reply.by != by, Reply.state.in_((SENDING, POSTED, UNKNOWN)))
        .order_by(Reply.id.desc())
        .limit(REMEMBERED)
    ).all()
    return list(reversed(newest))
