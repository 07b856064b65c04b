"""The surges of a day, with the crises that were opened about them: for the digest."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.surge import Surge
from models.switch import Switch


@dataclass(frozen=True)
class SurgeOfDay:
    """`crises`: each once, though it has a row for each of its queues."""

    surge: Surge
    crises: list[Switch]


def surges_between(session: Session, since: datetime, until: datetime) -> list[SurgeOfDay]:
    """Those that went on, or whose crisis was on, at any time of since < t <= until; oldest first."""
    on = select(Switch.surge_id).where(
        Switch.surge_id.is_not(None),
        Switch.at <= until,
        or_(Switch.ended_at.is_(None), Switch.ended_at > since),
    )
    rows = session.scalars(
        select(Surge)
        .where(
            Surge.began_at <= until,
            or_(Surge.ended_at.is_(None), Surge.ended_at > since, Surge.id.in_(on)),
        )
        .order_by(Surge.began_at, Surge.id)
    ).all()
    return [SurgeOfDay(row, _crises(session, row.id, until)) for row in rows]


def _crises(session: Session, surge: int, until: datetime) -> list[Switch]:
    rows = session.scalars(
        select(Switch).where(Switch.surge_id == surge, Switch.at <= until).order_by(Switch.id.desc())
    )
    return list({row.at: row for row in rows}.values())[::-1]
