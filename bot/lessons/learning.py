"""Every night, once for each brand whichever process does it, the sift learns from the lessons there are."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.lessons.comparing import compared
from bot.lessons.examples import Example, read_examples, ruled_of
from bot.lessons.figures import NEEDED
from bot.lessons.recording import rules_said
from bot.office import Office
from models.ahead import is_ahead
from models.lesson import Lesson
from models.mention import Mention
from models.sift_model import IN_USE, LEARNING, SILENT, SiftModel

if TYPE_CHECKING:
    from bot.lessons.training import Trained

log = structlog.get_logger()
AT_HOUR = 3
"""From this hour on, in the zone of the queue that takes everything; after a stop also later that day."""
GIVEN_UP = timedelta(minutes=30)
"""A process that has not finished by then has ended; another one begins again."""
ORDINARY = 1000
"""Posts of late that the rules showed: how much of them it would set aside is looked at."""
LATELY = timedelta(days=30)


@dataclass(frozen=True)
class Learning:
    """The nightly job. It reads and writes in short transactions; what lies between takes no lock."""

    office: Office

    def learn_due(self) -> int:
        """Learns for each brand that has new lessons and was not learned for tonight. Returns how many."""
        now, book = self.office.clock(), self.office.playbook
        there = now.astimezone(ZoneInfo(book.everything.time_zone))
        if not book.sift.learn or there.hour < AT_HOUR:
            return 0
        return sum(self._learn(brand.name, there.date(), now) for brand in book.brands)

    # Helpers, in the order in which they are called.

    def _learn(self, brand: str, night: date, now: datetime) -> bool:
        number = self._begin(brand, night, now)
        if number is None:
            return False
        with self.office.db.reading() as session:
            examples = read_examples(session, self.office.playbook, brand, now)
            usual = ordinary(session, brand, now)
        lessons = sum(one.is_lesson for one in examples)
        if lessons < NEEDED:
            self._end(number, None, lessons, f"there are {lessons} of the {NEEDED} lessons that it takes")
            return True
        from bot.lessons.training import train  # here, as numpy comes with it: 15 MB until then not needed

        try:
            trained = train(examples, usual)
        except Exception as error:  # the rules go on alone, and leads see that something broke
            log.exception("learning failed", brand=brand)
            self._end(number, None, lessons, f"learning failed ({type(error).__name__}); the log says more")
            return True
        self._end(number, trained, lessons, trained.why_silent)
        return True

    def _begin(self, brand: str, night: date, now: datetime) -> int | None:
        """The number of tonight's row if it is ours to fill; None when another does, or nothing is new."""
        with self.office.db.reading() as session:
            count, as_of = _state_of_lessons(session, brand)
            last = session.scalars(
                select(SiftModel).where(SiftModel.brand == brand).order_by(SiftModel.id.desc()).limit(1)
            ).first()
        if last is not None and last.night == night:
            return self._take_over(last, now) if last.state == LEARNING else None
        if as_of is None or (last is not None and last.as_of >= as_of and not _must_be_made_anew(last)):
            return None
        if count < NEEDED and (last is None or last.state != IN_USE):
            return None
        row = SiftModel(brand=brand, night=night, begun_at=now, state=LEARNING, as_of=as_of, lessons=0)
        try:
            with self.office.db.transaction() as session:
                session.add(row)
        except IntegrityError:
            return None  # another process was quicker
        return row.id

    def _take_over(self, row: SiftModel, now: datetime) -> int | None:
        """Of a process that began and ended in between."""
        if now - row.begun_at < GIVEN_UP and not is_ahead(row.begun_at, now):
            return None
        mine = update(SiftModel).where(SiftModel.id == row.id, SiftModel.begun_at == row.begun_at)
        with self.office.db.transaction() as session:
            taken = session.execute(mine.values(begun_at=now))
            return row.id if taken.rowcount == 1 else None  # type: ignore[attr-defined]  # an UPDATE has it

    def _end(self, number: int, trained: "Trained | None", lessons: int, why: str | None) -> None:
        weights, scores = None, None
        if trained is not None:
            from bot.lessons.model import BadModel, Model, pack
            from bot.lessons.pieces import fingerprint

            scores = {**trained.score.as_json(), "rows_of": fingerprint()}
            try:
                weights = pack(Model(trained.heads, frozenset(trained.score.in_use))) if why is None else None
            except BadModel as error:
                why = str(error)

        def work(session: Session) -> None:
            row = session.get_one(SiftModel, number, with_for_update=True)
            row.made_at, row.lessons, row.why, row.weights = self.office.clock(), lessons, why, weights
            row.state = IN_USE if weights is not None else SILENT
            row.scores = scores
            # Only the newest is ever read.
            session.execute(
                update(SiftModel)
                .where(SiftModel.brand == row.brand, SiftModel.id != number)
                .values(weights=None)
                .execution_options(synchronize_session=False)
            )
            self.office.refresh_homes(session, self.office.playbook.remits.keys(), self.office.clock())

        self.office.transact(work)
        log.info("learned from the team", row=number, lessons=lessons, silent=why)


def _state_of_lessons(session: Session, brand: str) -> tuple[int, datetime | None]:
    """How many count, and when the last of them came or went."""
    count = select(func.count(Lesson.live)).where(Lesson.brand == brand)
    came, went = session.execute(
        select(func.max(Lesson.at), func.max(Lesson.ended_at)).where(Lesson.brand == brand)
    ).one()
    return session.scalar(count) or 0, max((at for at in (came, went) if at is not None), default=None)


def _must_be_made_anew(last: SiftModel) -> bool:
    """Nobody finished it, or another version of the library reads posts otherwise."""
    from bot.lessons.pieces import fingerprint

    return last.state == LEARNING or (
        last.state == IN_USE and (last.scores or {}).get("rows_of") != fingerprint()
    )


def ordinary(session: Session, brand: str, now: datetime) -> list[Example]:
    """Of posts of late that the rules showed, the newest."""
    newest = (
        select(Mention)
        .where(Mention.brand == brand, Mention.stored_at > now - LATELY)
        .order_by(Mention.stored_at.desc(), Mention.id.desc())
        .limit(2 * ORDINARY)
    )
    shown = (one for one in session.scalars(newest) if rules_said(one)["shown"])
    found = [
        Example(compared(one.text, one.personal_data), None, now, ruled_of(one), {})
        for one in islice(shown, ORDINARY)
    ]
    return [one for one in found if one.text]
