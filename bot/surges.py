"""Surges: far more posts about one topic within the last hour than usual for this hour of the week."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy import case as sql_case
from sqlalchemy.orm import Session

from models.mention import Mention

AT_LEAST, TIMES = 10, 3
"""So many posts, and so many times as many as usual: three posts in place of one are chance."""
HOUR, WEEK, WEEKS = timedelta(hours=1), timedelta(weeks=1), 4


@dataclass(frozen=True)
class Surge:
    """`usual`: posts in this hour of the week, on average over the last four weeks."""

    topic: str
    now: int
    usual: float


def surges(session: Session, at: datetime) -> list[Surge]:
    """Topics that surge at `at`, the largest first. Posts that were set aside do not count."""
    hours = [(at - week * WEEK - HOUR, at - week * WEEK) for week in range(WEEKS + 1)]
    within = [and_(Mention.stored_at > begin, Mention.stored_at <= end) for begin, end in hours]
    counts = [func.sum(sql_case((one, 1), else_=0)) for one in (within[0], or_(*within[1:]))]
    rows = session.execute(
        select(Mention.topic, *counts)
        .where(or_(*within), Mention.topic.is_not(None), Mention.case_id.is_not(None))
        .group_by(Mention.topic)
    )
    found = [Surge(topic, int(now), int(before) / WEEKS) for topic, now, before in rows]
    return sorted(
        (one for one in found if one.now >= AT_LEAST and one.now >= TIMES * one.usual),
        key=lambda one: (-one.now, one.topic),
    )
