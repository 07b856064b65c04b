"""What time does to heaps and stories. Derived from the database, safe to repeat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from bot.office import Office
from bot.stories.room import Room
from models.ahead import ahead
from models.case import Case
from models.heap import Heap
from models.moves import OPEN, WAITING

QUIET = timedelta(seconds=20)
"""After so long without a new post what is left of a heap may get cards of its own."""
FEW = 25
"""What more than these are stays a heap: they would fill the channel."""
LIVES, LASTS = timedelta(minutes=2), timedelta(minutes=15)
"""A heap takes in more until so long after the last, and so long after the first; then another begins."""


@dataclass(frozen=True)
class StoryClock:
    """The clock's view of what has no card of its own."""

    office: Office

    def look(self) -> int:
        """Ends heaps, brings cases forward when it is quiet, hands stories on. Returns how many came."""
        now = self.office.clock()
        with self.office.db.reading() as session:
            something = session.scalar(
                select(exists().where(Heap.live.is_not(None)) | exists().where(_waits_behind()))
            )
        if not something:
            return 0
        return self.office.transact(lambda session: self._look(session, now))

    # Helpers, in the order in which they are called.

    def _look(self, session: Session, now: datetime) -> int:
        over = (Heap.last_at <= now - LIVES) | (Heap.opened_at <= now - LASTS) | ahead(Heap.last_at, now)
        session.execute(update(Heap).where(Heap.live.is_not(None), over).values(live=None))
        room = Room(self.office, session, now)
        forward = self._stories_rise(session, room, now) + self._few_are_left(session, room, now)
        self._hand_on(session, now)
        return forward

    def _stories_rise(self, session: Session, room: Room, now: datetime) -> int:
        """What many tell gets its own card out of a quiet heap, the story of most first."""
        copy = aliased(Case)
        told = (
            select(Case, func.count(copy.id))
            .join(copy, copy.like_id == Case.id)
            .join(Heap, Heap.id == Case.heap_id)
            .where(Case.behind, Case.like_id.is_(None), _is_quiet(now))
            .where(Case.stage == WAITING)
            .group_by(Case.id)
            .having(func.count(copy.id) > 1)
            .order_by(func.count(copy.id).desc(), Case.id)
            .limit(20)
        )
        risen = [case for case, _ in session.execute(told) if self._come_forward(case, room)]
        # Their copies, and those for which there was no room on a card that they count on.
        first = aliased(Case)
        session.flush()
        shown = exists().where(first.id == Case.like_id, first.behind.is_(False))
        quiet = select(Heap.id).where(_is_quiet(now))
        back = session.scalars(
            select(Case).where(_waits_behind(), Case.heap_id.in_(quiet), shown).order_by(Case.id).limit(1000)
        ).all()
        self.office.redraw_counts(session, [*risen, *back])
        for case in [*risen, *back]:
            case.heap_id = None
        self.office.redraw_all(session, risen)
        self.office.redraw_counts(session, back)
        return len(risen)

    def _few_are_left(self, session: Session, room: Room, now: datetime) -> int:
        waiting = (
            select(Case.heap_id)
            .join(Heap, Heap.id == Case.heap_id)
            .where(_waits_behind(), _is_quiet(now))
            .group_by(Case.heap_id)
            .having(func.count(Case.id) <= FEW)
        )
        few: Sequence[int | None] = session.scalars(waiting).all()
        left = session.scalars(
            select(Case)
            .where(_waits_behind(), Case.heap_id.in_(few), Case.like_id.is_(None))
            .order_by(Case.id)
        ).all()
        forward = [case for case in left if self._come_forward(case, room)]
        self.office.redraw_all(session, forward)
        return len(forward)

    @staticmethod
    def _come_forward(case: Case, room: Room) -> bool:
        channel = room.channel(case)
        if not room.left(channel):
            return False
        room.take(channel)
        case.come_forward()
        return True

    def _hand_on(self, session: Session, now: datetime) -> None:
        """A story whose first case is closed while others wait too long: the oldest of them leads it."""
        first = aliased(Case)
        oldest = (
            select(func.min(Case.id))
            .join(first, first.id == Case.like_id)
            .where(_waits_behind(), Case.target_missed_at.is_not(None), first.stage.not_in(OPEN))
            .group_by(Case.like_id)
            .limit(20)
        )
        for case in session.scalars(select(Case).where(Case.id.in_(oldest)).with_for_update()).all():
            before, case.like_id = case.like_id, None
            case.come_forward()
            session.flush()
            rest = select(Case).where(Case.like_id == before, Case.stage == WAITING)
            for other in session.scalars(rest.with_for_update()):
                other.like_id = case.id
            self.office.redraw_all(session, [case])


def _is_quiet(now: datetime) -> ColumnElement[bool]:
    """No new post for a while; nor may one that a clock brought which was ahead hold it up."""
    return (Heap.last_at <= now - QUIET) | ahead(Heap.last_at, now)


def _waits_behind() -> ColumnElement[bool]:
    return Case.behind & (Case.stage == WAITING)
