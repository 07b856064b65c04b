"""What goes first when much waits."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, not_, or_
from sqlalchemy import case as sql_case

from bot.home import HOME
from bot.stories.room import HEAP
from models.outbox import Outbox

HEAP_WAITS = timedelta(seconds=3)
BACKLOG = timedelta(seconds=60)
"""What waits for longer, or failed before, is the backlog of an outage or a rush."""


def first_to_go(now: datetime) -> tuple[SQLColumnExpression[Any], ...]:
    """What people did just now, by priority and in its order. Of the backlog the newest by importance: what
    specialists are asked, other messages to people, cards, and at last what changed on messages that stand.

    A heap that has waited comes right after what people did, as it counts for very many.
    """
    backlog = in_backlog(now)
    late_heap = (Outbox.kind == HEAP) & (Outbox.due_at <= now - HEAP_WAITS)
    old_change = and_(backlog, Outbox.ts.is_not(None), Outbox.kind != HOME)
    importance = sql_case((late_heap, 1), (old_change, 5), else_=2 * Outbox.priority)
    newest = sql_case((backlog, -Outbox.id), else_=0)
    return importance, sql_case((backlog, 1), else_=0), newest, Outbox.due_at, Outbox.id


def oldest_to_go(now: datetime) -> tuple[ColumnElement[Any], ...]:
    """The oldest of the backlog before all: its turn comes now and then, so that nothing waits for ever."""
    return sql_case((not_(in_backlog(now)), 1), else_=0), sql_case((in_backlog(now), Outbox.id), else_=0)


def in_backlog(now: datetime) -> ColumnElement[bool]:
    return or_(Outbox.due_at <= now - BACKLOG, Outbox.error.is_not(None))
