"""What waits for somebody, and what of it one person may and can take."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, literal, not_, or_, select, true
from sqlalchemy import case as sql_case
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from bot.brands import by_playbook
from bot.levels import Levels
from bot.office import Office
from config.playbook import Playbook
from config.staff import Training
from models.case import Case
from models.certificate import Allowance
from models.employee import Employee
from models.moves import OPEN, WAITING
from models.people import Person
from models.switch import ALL, Switch, demanding

LOOKED_AT = 100
"""Waiting cases that somebody is offered one after the other, when others are quicker."""


@dataclass(frozen=True)
class Count:
    """All that waits: what the person can take, what is above their level, what is in other languages."""

    takable: int
    above_level: int
    other_languages: int


@dataclass(frozen=True)
class Waiting:
    """Counts and orders in the database, so they are true for any number of cases."""

    office: Office

    def for_(self, session: Session, person: Person, at: datetime, limit: int = LOOKED_AT) -> Sequence[int]:
        """The cases that this person may and can take, most urgent first."""
        fits = and_(self._may(session, person, at), self._can(session, person.id))
        return self._first(session, fits, at, limit)

    def above(self, session: Session, person: Person, at: datetime) -> int | None:
        """Of the cases that only their level keeps from them, the one for which they lack least."""
        fits = and_(not_(self._may(session, person, at)), self._can(session, person.id))
        return next(iter(self._first(session, fits, at, 1, self._needed(session, at))), None)

    def count(self, session: Session, person: Person, at: datetime) -> Count:
        may, can = self._may(session, person, at), self._can(session, person.id)
        sums = [
            func.coalesce(func.sum(sql_case((kind, 1), else_=0)), 0)
            for kind in (and_(may, can), not_(may), and_(may, not_(can)))
        ]
        return Count(*(int(n) for n in session.execute(select(*sums).where(Case.stage == WAITING)).one()))

    def languages(self, session: Session, member: str) -> tuple[str, ...]:
        """Those that somebody answers in: by their own word, else by the playbook; none: all."""
        employee = session.get(Employee, member)
        if employee is not None and employee.languages:
            return tuple(employee.languages)
        known = (s for book in self.office.playbook.books for s in book.specialists)
        return next((s.languages for s in known if s.slack == member), ())

    def told_already(self, session: Session) -> int | None:
        """The first case of a story that waits for its answer while others wait behind it."""
        return session.scalar(select(Case.like_id).where(Case.stage == WAITING, _told_already()).limit(1))

    # Helpers.

    @staticmethod
    def _first(
        session: Session, fits: ColumnElement[bool], at: datetime, limit: int, *before: ColumnElement[Any]
    ) -> Sequence[int]:
        """By `before`, then by urgency."""
        waits = select(Case.id).where(Case.stage == WAITING, fits, not_(_told_already()))
        return session.scalars(waits.order_by(*before, *by_urgency(at)).limit(limit)).all()

    @staticmethod
    def _claims(session: Session, training: Training, at: datetime) -> dict[int, ColumnElement[bool]]:
        """What each level claims for itself, lowest level first: as `Levels` says of a single case."""
        topic = func.coalesce(Case.topic, "")
        crises = demanding(session, at)
        return {
            level.level: or_(
                Case.kind.in_(level.kinds),
                topic.in_(level.topics),
                false() if level.severity is None else Case.severity >= level.severity,
                *(_concerned(one) for one in crises if one.level == level.level),
            )
            for level in training.levels
        }

    def _needed(self, session: Session, at: datetime) -> ColumnElement[Any]:
        """The level that a case needs; 0 without levels."""
        *own, (main, _) = by_playbook(self.office.playbook)
        needed = self._needed_by(session, main, at)
        whens = [(theirs, self._needed_by(session, book, at)) for book, theirs in own]
        return sql_case(*whens, else_=needed) if whens else needed

    def _needed_by(self, session: Session, book: Playbook, at: datetime) -> ColumnElement[Any]:
        if book.training is None:
            return literal(0)
        claims = reversed(self._claims(session, book.training, at).items())
        return sql_case(*((fits, level) for level, fits in claims), else_=book.training.levels[0].level)

    def _may(self, session: Session, person: Person, at: datetime) -> ColumnElement[bool]:
        """Trained for it, its specialist, or allowed once: as `Levels.may_take` says of a single case."""
        *own, (main, other) = by_playbook(self.office.playbook)
        may = self._may_by(session, main, person, at)
        if not own:
            return may
        return or_(other & may, *(theirs & self._may_by(session, book, person, at) for book, theirs in own))

    def _may_by(self, session: Session, book: Playbook, person: Person, at: datetime) -> ColumnElement[bool]:
        training = book.training
        if training is None or person.id in book.lead_ids:
            return true()
        have, topic = Levels(self.office).of(session, person.id, at, training), func.coalesce(Case.topic, "")
        needs = self._claims(session, training, at)
        too_high = [fits for level, fits in needs.items() if level > have]
        if training.levels[0].level > have:
            too_high.append(not_(or_(*needs.values())))
        own = [t for s in book.specialists if s.slack == person.id for t in s.topics]
        once = select(Allowance.case_id).where(Allowance.member == person.id)
        return or_(not_(or_(false(), *too_high)), topic.in_(own), Case.id.in_(once))

    def _can(self, session: Session, member: str) -> ColumnElement[bool]:
        known = self.languages(session, member)
        return Case.language.in_([*known, "unknown"]) if known else true()


def _concerned(crisis: Switch) -> ColumnElement[bool]:
    """As `Switch.concerns` says of a single case."""
    return and_(
        Case.brand == crisis.brand,
        true() if crisis.topic is None else func.coalesce(Case.topic, "") == crisis.topic,
        true() if crisis.queue == ALL else Case.queue == crisis.queue,
    )


def is_copy() -> ColumnElement[bool]:
    """It stands behind the first case of its story."""
    return Case.behind & Case.like_id.is_not(None)


def _told_already() -> ColumnElement[bool]:
    """It stands behind a first case that is still to be answered: one person answers the story."""
    first = aliased(Case)
    to_answer = exists().where(
        first.id == Case.like_id, first.stage.in_(OPEN), first.first_response_at.is_(None)
    )
    return and_(is_copy(), to_answer)


def by_urgency(now: datetime) -> Sequence[ColumnElement[Any] | InstrumentedAttribute[Any]]:
    """Severe first, then overdue, then complaints and questions, then the nearest target time.

    What tells a story that has a card already comes after all that is told for the first time.
    """
    return (
        sql_case((Case.severity >= 2, -Case.severity), else_=0),
        sql_case((is_copy(), 1), else_=0),
        sql_case((Case.respond_by <= now, 0), else_=1),
        Case.severity.desc(),
        sql_case((Case.kind == "complaint", 0), (Case.kind == "question", 1), else_=2),
        Case.respond_by,
        Case.id,
    )
