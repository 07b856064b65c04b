"""What a lead's Home shows besides: queues, who is on and who is away, and surges."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.away import Away, Gone
from bot.ledger import month_of
from bot.lessons.standing import Standing, standings
from bot.office import Office
from bot.surges.counting import Heard, heard
from models.case import Case
from models.heap import is_set_aside
from models.hours import is_open
from models.mention import Mention
from models.moves import OPEN, WAITING
from models.people import Person
from models.surge import Surge

ASIDE_SINCE = timedelta(days=7)
"""Nobody looks again at what was set aside before, and all that ever was would take ever longer to count."""


@dataclass(frozen=True)
class QueueNow:
    """A queue's waiting cases: how many, how many overdue, and since when the oldest waits."""

    channel: str
    waiting: int
    overdue: int
    oldest: datetime | None


@dataclass(frozen=True)
class LeadNow:
    """`aside`: posts set aside lately (ASIDE_SINCE); `on`: members at work now with how many open cases each
    has, the most first."""

    queues: list[QueueNow]
    aside: int
    on: list[tuple[str, int]]
    away: list[Gone]
    surges: list[Surge]
    heard: Heard
    """Which sources are known well enough to tell a surge, and until when others are learning."""
    cost: str | None = None
    """What reading X has cost this month, where it is read."""
    learned: Sequence[Standing] = ()
    """How far the sift has come with learning, by brand."""


def lead_now(office: Office, session: Session, person: Person, now: datetime) -> LeadNow:
    """As things are at `now`, of the queues that this lead looks after."""
    book = office.playbook
    lead = next(one for one in book.leads if one.slack == person.id)
    queues = [q for q in book.queues if not lead.queues or q.name in lead.queues]
    names = [q.name for q in queues]
    lately = Mention.stored_at > now - ASIDE_SINCE
    aside = select(func.count(Mention.id)).where(is_set_aside(), lately, Mention.queue.in_(names))
    away = Away(office).all_now(session, now)
    return LeadNow(
        [_queue(session, q.name, q.channel, now) for q in queues],
        session.scalar(aside) or 0,
        _on(office, session, names, {one.member for one in away}, now),
        away,
        list(session.scalars(select(Surge).where(Surge.live.is_not(None)).order_by(Surge.id))),
        heard(session, now),
        f"X: {month_of(session, book, now)}" if book.sources.x else None,
        standings(session, book),
    )


def _queue(session: Session, name: str, channel: str, now: datetime) -> QueueNow:
    waiting = (Case.queue == name) & (Case.stage == WAITING)
    count, oldest = session.execute(
        select(func.count(Case.id), func.min(Case.opened_at)).where(waiting)
    ).one()
    silent = (Case.queue == name) & Case.stage.in_(OPEN) & Case.first_response_at.is_(None)
    overdue = session.scalar(select(func.count(Case.id)).where(silent, Case.respond_by <= now))
    return QueueNow(channel, count, overdue or 0, oldest)


def _on(
    office: Office, session: Session, queues: list[str], away: set[str], now: datetime
) -> list[tuple[str, int]]:
    """Specialists by their hours, and everybody who has a case; nobody who is away.

    Of employees whose hours the playbook does not know, a case is the one sign that they are at work.
    """
    load = (
        select(Case.owner, func.count(Case.id))
        .where(Case.queue.in_(queues), Case.stage.in_(OPEN), Case.owner.is_not(None))
        .group_by(Case.owner)
    )
    has = {str(owner): int(count) for owner, count in session.execute(load)}
    specialists = {one.slack: is_open(now, one.calendar) for one in office.playbook.specialists}
    here = {member for member, at_work in specialists.items() if at_work}
    here |= {member for member in has if member not in specialists}
    return sorted(((one, has.get(one, 0)) for one in here - away), key=lambda pair: (-pair[1], pair[0]))
