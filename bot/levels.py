"""Levels: who may take which case, and what would allow it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.office import Office
from config.courses import courses
from config.playbook import Playbook
from config.staff import Level, Training
from models.case import Case
from models.certificate import Allowance, Certificate
from models.errors import NotAllowed
from models.people import Person, named
from models.switch import Switch, demanding

NAMED = 3
"""Colleagues who are named as able to take a case."""


class AboveLevel(NotAllowed):
    """The case needs a higher level than the person has."""


def level_reached(training: Training, base: int, passed: Collection[str]) -> int:
    """The level that somebody has who passed these courses: each level needs its own and all below."""
    reached = 0
    for level in training.levels:
        if not level.courses or not set(level.courses) <= set(passed):
            break
        reached = level.level
    return max(base, reached)


def level_needed(training: Training, kind: str, topic: str | None, severity: int = 0) -> Level:
    """The highest level that claims this kind, topic or severity for itself; else the lowest."""
    fitting = [
        one
        for one in training.levels
        if kind in one.kinds or topic in one.topics or (one.severity is not None and severity >= one.severity)
    ]
    return fitting[-1] if fitting else training.levels[0]


def _raised(training: Training, always: Level, case: Case, crises: Sequence[Switch]) -> Level:
    """The level that a crisis about the case asks for, where that is higher than what it needs always."""
    asked = [one.level or 0 for one in crises if one.concerns(case.brand, case.topic, case.queue)]
    at_least = max(asked, default=0)
    return next((one for one in training.levels if always.level < at_least <= one.level), always)


def is_specialist(book: Playbook, member: str, topic: str | None) -> bool:
    return any(s.slack == member and topic in s.topics for s in book.specialists)


@dataclass(frozen=True)
class Levels:
    """Reads what people are trained for. Without `training` in the playbook everybody may do everything."""

    office: Office

    def of(self, session: Session, member: str, at: datetime, training: Training | None) -> int:
        """The level of one person now, by what `training` says of levels."""
        if training is None:
            return 0
        passed = session.scalars(
            select(Certificate.course).where(Certificate.member == member, Certificate.expires_at > at)
        )
        return level_reached(training, training.trained.get(member, 0), set(passed))

    def must_be_allowed(
        self, session: Session, case: Case, person: Person, at: datetime, *, asked_by: str | None = None
    ) -> None:
        """Raises AboveLevel with what would allow it and who can take the case now."""
        training = self.office.playbook.of(case.brand).training
        if training is None or self.may_take(session, [case], person, at):
            return
        always = level_needed(training, case.kind, case.topic, case.severity)
        needed, have = (
            _raised(training, always, case, demanding(session, at)),
            self.of(session, person.id, at, training),
        )
        who = "you have" if asked_by in (None, person.id) else f"{named(person.id)} has"
        crisis = "While the crisis about it lasts, case" if needed is not always else "Case"
        raise AboveLevel(
            f"{crisis} {case.id} needs level {needed.level} ({needed.name}); {who} level {have}. "
            f"{self._way_there(session, training, needed, person.id, at)}"
            f"{self._who_can(session, training, needed, case, at)}"
        )

    def may_take(self, session: Session, cases: Sequence[Case], person: Person, at: datetime) -> list[Case]:
        """Those of `cases` that the person is trained for, is the specialist of, or was allowed once."""
        crises = demanding(session, at)
        once = set(session.scalars(select(Allowance.case_id).where(Allowance.member == person.id)))

        def covered(case: Case) -> bool:
            book = self.office.playbook.of(case.brand)
            if book.training is None or person.id in book.lead_ids:
                return True
            always = level_needed(book.training, case.kind, case.topic, case.severity)
            have = self.of(session, person.id, at, book.training)
            enough = have >= _raised(book.training, always, case, crises).level
            return enough or is_specialist(book, person.id, case.topic)

        return [case for case in cases if covered(case) or case.id in once]

    def allow(self, number: int, member: str, *, by: str) -> None:
        """A lead lets `member` take one case; said twice, it counts once."""

        def use(session: Session, case: Case, at: datetime) -> None:
            case.allow(member, by=self.office.person(by, case.brand), at=at)
            known = select(Allowance.id).where(Allowance.case_id == number, Allowance.member == member)
            if session.scalar(known) is None:
                session.add(Allowance(case_id=number, member=member, by=by, at=at))

        self.office.change(number, use)

    # Helpers.

    def _way_there(
        self, session: Session, training: Training, needed: Level, member: str, at: datetime
    ) -> str:
        passed = set(
            session.scalars(
                select(Certificate.course).where(Certificate.member == member, Certificate.expires_at > at)
            )
        )
        below = [one for one in training.levels if one.level <= needed.level]
        missing = [key for level in below for key in level.courses if key not in passed]
        if not missing:
            return "A lead can teach it, or let you take this one. "
        titles = ", ".join(f"“{courses()[key].title}”" for key in dict.fromkeys(missing))
        taught = "" if needed.courses else f"; level {needed.level} itself is given by a lead"
        return f"To get there: {titles} in `/training`{taught}. "

    def _who_can(self, session: Session, training: Training, needed: Level, case: Case, at: datetime) -> str:
        certified = session.scalars(select(Certificate.member).where(Certificate.expires_at > at).distinct())
        people = dict.fromkeys([*training.trained, *certified])
        able = [m for m in people if self.of(session, m, at, training) >= needed.level]
        book = self.office.playbook.of(case.brand)
        able += [s.slack for s in book.specialists if case.topic in s.topics]
        able += [lead.slack for lead in book.leads]
        return f"{', '.join(named(m) for m in list(dict.fromkeys(able))[:NAMED])} can take it now."
