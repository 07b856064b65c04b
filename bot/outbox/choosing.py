"""Which few of very many due rows could be the first to go: each found by an index, however many wait.

After an outage of hours a hundred thousand rows are due. To look at them all for each message that leaves
would take longer than Slack's pace lets messages leave. The best one is always among those that are the first
of their own: of what is due since less than a minute; of what is no message in a channel (Homes, pictures,
heaps, replies: few); and of the backlog of each channel, once among new messages and once among changes.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    ScalarSelect,
    SQLColumnExpression,
    bindparam,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from bot.home import HOME
from bot.outbox.order import BACKLOG, first_to_go, in_backlog, oldest_to_go
from bot.outbox.pacing import CHANGE, POST, Held
from bot.rendering import PICTURES
from bot.stories.room import HEAP
from models.base import UTCTime
from models.outbox import LATER, URGENT, Outbox, is_due

FEW = 50
"""Rows that are looked at one by one."""
BESIDE = 8
"""So many of the fresh ones and of those that are no messages: other processes may be at some of them."""


def could_be_first(
    session: Session, held: Held, outward: Collection[str], now: datetime, *, oldest: bool = False
) -> list[int]:
    """The numbers of some due rows that may leave, the first one among them: `first_to_go`, or, if `oldest`,
    `oldest_to_go` and then that."""
    few = session.scalars(_SOME_DUE, {"now": now}).all()
    if not few or (len(few) <= FEW and not held.names):  # nobody has to wait for anything
        return list(few)
    free = (*due(now), held.open_to(outward))
    if len(few) <= FEW:
        return list(session.scalars(select(Outbox.id).where(Outbox.id.in_(few), *free)))
    others = [HEAP, HOME, *PICTURES, *outward]
    order = (*(oldest_to_go(now) if oldest else ()), *first_to_go(now))
    fresh = select(Outbox.id).where(Outbox.due_at > now - BACKLOG, *free).order_by(*first_to_go(now))
    besides = select(Outbox.id).where(Outbox.kind.in_(others), is_due(), *free).order_by(*order)
    found = [*session.scalars(fresh.limit(BESIDE)), *session.scalars(besides.limit(BESIDE))]
    backlog = (*free, in_backlog(now), Outbox.kind.not_in(others))
    if POST not in held.names:
        ways: list[Sequence[SQLColumnExpression[Any]]] = [(Outbox.priority, Outbox.id.desc())]
        found += _of_each_channel(session, held, POST, Outbox.ts.is_(None), backlog, ways)
        if oldest:
            for priority in range(URGENT, LATER + 1):
                which = (*backlog, Outbox.priority == priority)
                found += _of_each_channel(session, held, POST, Outbox.ts.is_(None), which, [(Outbox.id,)])
    if CHANGE not in held.names:
        ways = [(Outbox.id.desc(),)]
        if oldest:
            ways.append((Outbox.id,))
        found += _of_each_channel(session, held, CHANGE, Outbox.ts.is_not(None), backlog, ways)
    return found


def due(now: datetime | BindParameter[datetime]) -> tuple[ColumnElement[bool], ...]:
    return Outbox.due_at <= now, or_(Outbox.lease_until.is_(None), Outbox.lease_until < now)


# Helpers.

_NOW: BindParameter[datetime] = bindparam("now", type_=UTCTime())
_SOME_DUE = select(Outbox.id).where(*due(_NOW)).limit(FEW + 1)
"""Made once: each look begins with it, and there are two a second while nothing happens."""


def _of_each_channel(
    session: Session,
    held: Held,
    method: str,
    half: ColumnElement[bool],
    which: Sequence[ColumnElement[bool]],
    ways: Sequence[Sequence[SQLColumnExpression[Any]]],
) -> list[int]:
    """The first row of `half` and `which` in each channel in which `method` may be called, by each order."""
    # One channel after the other by the index, however many rows each has.
    # https://wiki.postgresql.org/wiki/Loose_indexscan
    first = select(func.min(Outbox.channel).label("name")).where(is_due(), half)
    channels = first.cte("channels", recursive=True)
    later = select(func.min(Outbox.channel)).where(is_due(), half, Outbox.channel > channels.c.name)
    following = select(later.correlate(channels).scalar_subquery()).where(channels.c.name.is_not(None))
    channels = channels.union_all(following)

    def first_by(order: Sequence[SQLColumnExpression[Any]]) -> ScalarSelect[int]:
        here = select(Outbox.id).where(Outbox.channel == channels.c.name, is_due(), half, *which)
        return here.order_by(*order).limit(1).correlate(channels).scalar_subquery()

    closed = held.channels(method)
    rows = session.execute(
        select(*(first_by(order) for order in ways)).where(
            channels.c.name.is_not(None), channels.c.name.not_in(closed)
        )
    )
    return [number for row in rows for number in row if number is not None]
