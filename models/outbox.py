"""The only way anything leaves: one row per message, which remembers what was sent of it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Index,
    String,
    Table,
    Text,
    and_,
    bindparam,
    func,
    insert,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlalchemy import case as sql_case
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.dml import ReturningUpdate

from models.base import Base, UTCTime

CALLBACK = "callback"
"""The kind of a row by which a tool hears what becomes of a mention that it sent."""
NOTICE = "notice"
"""The kind of a sentence to somebody."""
# Smaller goes first when several wait.
URGENT, SOON, NORMAL, LATER = 0, 1, 2, 3
CALM = timedelta(seconds=3)
"""So long a message whose counts alone change stays as it is."""
_AT_ONCE = 500
"""Keys in one statement: databases bound them."""


_A_HOME = text("kind = 'home'")
_TOLD = text("kind = 'notice' AND due_at IS NULL AND parked_at IS NULL")
_PARKED = text("parked_at IS NOT NULL")
_DUE = text("due_at IS NOT NULL")
_DUE_NEW = text("due_at IS NOT NULL AND ts IS NULL")
_DUE_KNOWN = text("due_at IS NOT NULL AND ts IS NOT NULL")


class Outbox(Base):
    """A message that should exist and be current.

    `version` rises whenever what it shows changed; `sent_version` is what the world has seen. Rendering
    happens when it is sent, so only the newest state ever leaves. `due_at` is None when there is nothing
    to do. While an attempt runs `lease_until` keeps others away; `unknown_since` is set before the first
    call goes out and cleared when its outcome is known, so that after a crash the message is looked for
    before it is sent again.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due_at_priority", "due_at", "priority"),
        Index("ix_outbox_homes", "due_at", sqlite_where=_A_HOME, postgresql_where=_A_HOME),
        Index("ix_outbox_told", "sent_at", sqlite_where=_TOLD, postgresql_where=_TOLD),
        Index("ix_outbox_kind_subject", "kind", "subject"),
        Index("ix_outbox_channel_sent_at", "channel", "sent_at"),
        Index("ix_outbox_parked", "channel", sqlite_where=_PARKED, postgresql_where=_PARKED),
        Index("ix_outbox_due_kind", "kind", sqlite_where=_DUE, postgresql_where=_DUE),
        Index(
            "ix_outbox_due_new",
            "channel",
            "priority",
            text("id DESC"),
            sqlite_where=_DUE_NEW,
            postgresql_where=_DUE_NEW,
        ),
        Index("ix_outbox_due_known", "channel", "id", sqlite_where=_DUE_KNOWN, postgresql_where=_DUE_KNOWN),
    )

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


@dataclass(frozen=True)
class Message:
    """What is to be said: see `Outbox` for what its parts mean."""

    key: str
    kind: str
    channel: str
    subject: int | None = None
    payload: dict[str, Any] | None = None
    priority: int = NORMAL
    calm: bool = False
    """Only counts changed that stand on it: where it exists it is shown anew, a few seconds after the last
    time at the earliest, and after what waited before it."""


def is_a_home() -> ColumnElement[bool]:
    """A row that is somebody's Home tab: few among very many cards, so they have an index of their own. It
    serves only where the kind stands in the statement itself."""
    return Outbox.kind == literal_column("'home'")


def is_told() -> ColumnElement[bool]:
    """A sentence to somebody that was sent and will not change. They have an index of their own, as homes."""
    return (Outbox.kind == literal_column("'notice'")) & Outbox.due_at.is_(None) & Outbox.parked_at.is_(None)


def is_due() -> ColumnElement[bool]:
    """A row that is to leave now or later: said so plainly, the small indexes of these serve."""
    return Outbox.due_at.is_not(None)


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
    message = Message(key, kind, channel, subject, payload, priority)
    row = session.scalar(select(Outbox).where(Outbox.key == key).with_for_update())
    if row is None:
        row = Outbox(**_new(message, at))
        session.add(row)
    else:
        _again(row, message, at)
    return row


def put_all(
    session: Session, messages: Iterable[Message], *, at: datetime, homes: Collection[str] = ()
) -> None:
    """`put` for many messages at once, each key once; and `show_again` for the Homes of these keys."""
    wanted = {message.key: message for message in messages}
    if any(message.calm or message.payload is not None for message in wanted.values()):
        known = _put_each_again(session, wanted, at)
        show_again(session, homes, at)
    else:
        known = _put_again(session, [*wanted, *homes], at)
    new = [_new(one, at) for key, one in wanted.items() if key not in known and not one.calm]
    if new:
        session.execute(insert(Outbox), new)


def show_again(session: Session, keys: Collection[str], at: datetime) -> None:
    """Those of the messages `keys` that exist are shown anew; the others stay away."""
    if not keys:
        return
    session.execute(
        update(Outbox)
        .where(Outbox.key.in_(keys), Outbox.parked_at.is_(None))
        .values(version=Outbox.version + 1, due_at=func.coalesce(Outbox.due_at, at))
        .execution_options(synchronize_session=False)
    )


# Helpers.


def _put_each_again(session: Session, wanted: Mapping[str, Message], at: datetime) -> set[str]:
    """Returns which of them were there."""
    known: set[str] = set()
    for some in _several(wanted):
        found = select(Outbox).where(Outbox.key.in_(some)).order_by(Outbox.id).with_for_update()
        for row in session.scalars(found):
            _again(row, wanted[row.key], at)
            known.add(row.key)
    return known


def _put_again(session: Session, keys: Collection[str], at: datetime) -> set[str]:
    """`_again` for messages without a payload and not `calm`, as nearly every move of a case needs it: in one
    statement, made once. Returns which of them were there."""
    session.flush()  # what was changed before is locked before, too
    known: set[str] = set()
    for some in _several(keys):
        known.update(session.scalars(_AGAIN, {"keys": some, "at": at, "soon": at + CALM}))
    for row in session.identity_map.values():
        if isinstance(row, Outbox) and row.__dict__.get("key") in known:
            session.expire(row)  # somebody read it before
    return known


def _several(keys: Collection[str]) -> Iterator[list[str]]:
    in_order = sorted(keys)
    for start in range(0, len(in_order), _AT_ONCE):
        yield in_order[start : start + _AT_ONCE]


def _new(message: Message, at: datetime) -> dict[str, Any]:
    return {
        "key": message.key,
        "kind": message.kind,
        "subject": message.subject,
        "channel": message.channel,
        "payload": message.payload,
        "priority": message.priority,
        "version": 1,
        "sent_version": 0,
        "attempts": 0,
        "due_at": at,
        "created_at": at,
    }


def _again(row: Outbox, message: Message, at: datetime) -> None:
    row.version = Outbox.version + 1  # counted by the database, so two never tie
    if message.calm:
        if row.parked_at is None and row.due_at is None:
            row.due_at, row.priority = max(at, (row.sent_at or at) + CALM), NORMAL
        return
    if message.payload is not None:
        row.payload = message.payload
    if row.ts is not None:
        # A message that people can already see must not go stale behind a burst of new ones.
        row.priority = URGENT
    if row.parked_at is None and (row.due_at is None or (row.error is None and row.due_at <= at + CALM)):
        # Keeps a wait that Slack asked for: a later due time set by a failed attempt stays.
        row.due_at = min(row.due_at or at, at)


def _made_once() -> ReturningUpdate[tuple[str]]:
    """`_again` as a statement; locked in one order, so that no two wait for each other."""
    row = cast(Table, Outbox.__table__).c
    keys: BindParameter[str] = bindparam("keys", expanding=True)
    at, soon = (bindparam(name, type_=UTCTime()) for name in ("at", "soon"))
    found = select(row.id).where(row.key.in_(keys)).order_by(row.id).with_for_update()
    stays = or_(
        row.parked_at.is_not(None), row.due_at > soon, and_(row.due_at.is_not(None), row.error.is_not(None))
    )
    earlier = sql_case((row.due_at < at, row.due_at), else_=at)
    return (
        update(cast(Table, Outbox.__table__))
        .where(row.id.in_(found))
        .values(
            version=row.version + 1,
            priority=sql_case((row.ts.is_not(None), URGENT), else_=row.priority),
            due_at=sql_case((stays, row.due_at), else_=earlier),
        )
        .returning(row.key)
    )


_AGAIN = _made_once()
