"""What a lead's Home shows besides: queues, who is on and who is away, and surges."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from bot.away import Away, Gone
from bot.brands import cases_of, mentions_of
from bot.ledger import month_of
from bot.lessons.standing import Standing, standings
from bot.office import Office
from bot.surges.counting import Heard, heard
from config.remits import Remit
from config.staff import Specialist
from config.work import Queue
from models.case import Case
from models.heap import is_set_aside
from models.hours import is_open
from models.mention import Mention
from models.moves import OPEN, WAITING
from models.surge import Surge

ASIDE_SINCE = timedelta(days=7)
"""Nobody looks again at what was set aside before, and all that ever was would take ever longer to count."""
MOST_ASIDE = 1_000
"""So many are counted."""


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
    of_all: bool = True
    """They lead all brands."""
    cost: str | None = None
    """What reading X has cost this month, where it is read."""
    learned: Sequence[Standing] = ()
    """How far the sift has come with learning, by brand."""


def lead_now(office: Office, session: Session, remit: Remit, now: datetime) -> LeadNow:
    """As things are at `now`, of the queues and brands that this lead looks after."""
    book, mine = office.playbook, cases_of(remit)
    queues = [q for q in book.queues if q.name in remit.queues]
    lately = Mention.stored_at > now - ASIDE_SINCE
    found = select(Mention.id).where(is_set_aside(), lately, mentions_of(remit)).limit(MOST_ASIDE)
    aside = select(func.count()).select_from(found.subquery())
    surges = session.scalars(select(Surge).where(Surge.live.is_not(None)).order_by(Surge.id))
    books = [book.of(brand) for brand in remit.brands] or book.books
    specialists = [one for each in books for one in each.specialists]
    away = Away(office).all_now(session, now)
    return LeadNow(
        [_queue(session, q, mine, now) for q in queues],
        session.scalar(aside) or 0,
        _on(session, mine, specialists, {one.member for one in away}, now),
        away,
        [one for one in surges if remit.has(one.brand)],
        heard(session, now),
        not remit.brands,
        f"X: {month_of(session, book, now)}" if book.sources.x else None,
        [one for one in standings(session, book) if remit.has(one.brand)],
    )


def _queue(session: Session, queue: Queue, mine: ColumnElement[bool], now: datetime) -> QueueNow:
    waiting = mine & (Case.queue == queue.name) & (Case.stage == WAITING)
    count, oldest = session.execute(
        select(func.count(Case.id), func.min(Case.opened_at)).where(waiting)
    ).one()
    silent = mine & (Case.queue == queue.name) & Case.stage.in_(OPEN) & Case.first_response_at.is_(None)
    overdue = session.scalar(select(func.count(Case.id)).where(silent, Case.respond_by <= now))
    return QueueNow(queue.channel, count, overdue or 0, oldest)


def _on(
    session: Session,
    mine: ColumnElement[bool],
    known: Sequence[Specialist],
    away: set[str],
    now: datetime,
) -> list[tuple[str, int]]:
    """Specialists by their hours, and everybody who has a case; nobody who is away.

    Of employees whose hours the playbook does not know, a case is the one sign that they are at work.
    """
    load = (
        select(Case.owner, func.count(Case.id))
        .where(mine, Case.stage.in_(OPEN), Case.owner.is_not(None))
        .group_by(Case.owner)
    )
    has = {str(owner): int(count) for owner, count in session.execute(load)}
    specialists = {one.slack: is_open(now, one.calendar) for one in known}
    here = {member for member, at_work in specialists.items() if at_work}
    here |= {member for member in has if member not in specialists}
    return sorted(((one, has.get(one, 0)) for one in here - away), key=lambda pair: (-pair[1], pair[0]))
