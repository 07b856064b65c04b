"""The lessons as leads look at them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.blocks.text import escape
from bot.lessons.recording import take_back
from bot.lessons.standing import Standing, counts, standings
from bot.office import Office
from config.remits import Remit
from models.errors import NotAllowed
from models.lesson import Lesson

SHOWN = 10


@dataclass(frozen=True)
class Taught:
    """What there is of lessons: the newest that count, and how many count of each brand."""

    newest: Sequence[Lesson]
    counts: dict[str, int]
    standings: Sequence[Standing]


@dataclass(frozen=True)
class Lessons:
    """For leads only: who taught the sift what."""

    office: Office

    def newest(self, *, by: str) -> Taught:
        """Raises NotAllowed."""
        remit = self._remit(by)
        with self.office.db.reading() as session:
            newest = select(Lesson).where(Lesson.live.is_not(None)).order_by(Lesson.id.desc()).limit(SHOWN)
            if remit.brands:
                newest = newest.where(Lesson.brand.in_(remit.brands))
            return Taught(
                session.scalars(newest).all(),
                {brand: count for brand, count in counts(session).items() if remit.has(brand)},
                [one for one in standings(session, self.office.playbook) if remit.has(one.brand)],
            )

    def take_back(self, number: int, *, by: str) -> bool:
        """It counts no longer; the case stays as it is. False when it counted no longer already."""
        remit = self._remit(by)

        def work(session: Session) -> bool:
            lesson = session.get(Lesson, number, with_for_update=True)
            if lesson is not None and not remit.has(lesson.brand):
                raise NotAllowed(f"Only a lead of {escape(lesson.brand)} can take this lesson back.")
            return lesson is not None and take_back(session, lesson, by=by, at=self.office.clock())

        return self.office.transact(work)

    def _remit(self, by: str) -> Remit:
        remit = self.office.playbook.remits.get(by)
        if remit is None:
            raise NotAllowed("Only leads look at what others taught. `/case is 12 praise` teaches.")
        return remit
