"""The only way anything leaves: one row per message, which remembers what was sent of it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base

# Smaller goes first when several wait.
URGENT, SOON, NORMAL, LATER = 0, 1, 2, 3


class Outbox(Base):
    """A message that should exist and be current.

    `version` rises whenever what it shows changed; `sent_version` is what the world has seen. Rendering
    happens when it is sent, so only the newest state ever leaves. `due_at` is None when there is nothing
    to do. While an attempt runs `lease_until` keeps others away; `unknown_since` is set before the first
    call goes out and cleared when its outcome is known, so that after a crash the message is looked for
    before it is sent again.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due_at_priority", "due_at", "priority"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    """Names the message: "card:214". Its `block_id`s begin with it, which is how it is found again."""
    kind: Mapped[str] = mapped_column(String(30), index=True)
    subject: Mapped[int | None]
    channel: Mapped[str] = mapped_column(String(80))
    """Channel name or id, or a member id for a direct message."""
    payload: Mapped[dict[str, Any] | None]
    priority: Mapped[int] = mapped_column(default=NORMAL)
    version: Mapped[int] = mapped_column(default=1)
    sent_version: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    unknown_since: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    parked_at: Mapped[datetime | None] = mapped_column(index=True)
    error: Mapped[str | None] = mapped_column(Text)
    slack_channel: Mapped[str | None] = mapped_column(String(40))
    ts: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


def put(
    session: Session,
    key: str,
    *,
    kind: str,
    channel: str,
    at: datetime,
    subject: int | None = None,
    payload: dict[str, Any] | None = None,
    priority: int = NORMAL,
) -> Outbox:
    """Makes sure that the message `key` exists and is shown anew; called in the change's transaction.

    The row is locked, as delivery locks it to mark what it sent: else each would write over what the other
    had just written, and a card could stay out of date for good.
    """
    row = session.scalar(select(Outbox).where(Outbox.key == key).with_for_update())
    if row is None:
        row = Outbox(
            key=key,
            kind=kind,
            subject=subject,
            channel=channel,
            payload=payload,
            priority=priority,
            version=1,
            sent_version=0,
            attempts=0,
            due_at=at,
            created_at=at,
        )
        session.add(row)
        return row
    row.version = Outbox.version + 1  # counted by the database, so two never tie
    row.payload = payload
    if row.ts is not None:
        # A message that people can already see must not go stale behind a burst of new ones.
        row.priority = URGENT
    if row.parked_at is None:
        # Keeps a wait that Slack asked for: a later due time set by a failed attempt stays.
        row.due_at = row.due_at or at
    return row


def show_again(session: Session, keys: Collection[str], at: datetime) -> None:
    """Those of the messages `keys` that exist are shown anew; the others stay away."""
    session.execute(
        update(Outbox)
        .where(Outbox.key.in_(keys), Outbox.parked_at.is_(None))
        .values(version=Outbox.version + 1, due_at=func.coalesce(Outbox.due_at, at))
        .execution_options(synchronize_session=False)
    )
