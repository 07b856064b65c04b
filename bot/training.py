"""Courses and certificates: passing a quiz, a course taught face to face, and what runs out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.blocks.text import escape, shorten
from bot.levels import Levels
from bot.office import Office
from config.courses import Course, courses
from config.staff import Training as Rules
from models.certificate import Certificate
from models.errors import NotAllowed
from models.people import named


@dataclass(frozen=True)
class Standing:
    """One person's training now. `until` has the courses that are valid, with their last day."""

    member: str
    level: int
    level_name: str
    until: dict[str, datetime]
    elsewhere: Sequence[tuple[str, int, str]] = ()
    """The level, and its name, for brands whose levels are their own."""


@dataclass(frozen=True)
class Training:
    """What `/training` does."""

    office: Office

    @property
    def rules(self) -> Rules:
        """The playbook's training; else that of a brand. Raises NotAllowed where there is none."""
        rules = self.known_rules
        if rules is None:
            raise NotAllowed("This playbook has no training: everybody may take every case.")
        return rules

    @property
    def known_rules(self) -> Rules | None:
        return next((book.training for book in self.office.playbook.books if book.training), None)

    def standing(self, member: str) -> Standing:
        with self.office.db.reading() as session:
            return self.standing_in(session, member)

    def standing_in(self, session: Session, member: str) -> Standing:
        """The same within a transaction that is under way."""
        return self._standing(session, member, self.office.clock())

    def grade(self, course: str, language: str, chosen: Sequence[int | None]) -> list[int]:
        """The questions (from 0) answered wrongly; `chosen` counts answers from 1."""
        quiz = self._course(course, language).quiz
        return [n for n, q in enumerate(quiz) if n >= len(chosen) or chosen[n] != q.right]

    def passed(self, course: str, *, by: str) -> Standing:
        """The quiz was answered without a mistake."""
        return self._certify(course, [by], recorded_by=by)[0]

    def record(self, course: str, members: Sequence[str], *, by: str) -> list[Standing]:
        """A lead taught a course face to face."""
        if by not in self.office.playbook.remits:
            raise NotAllowed("Only a lead can record a course that was taught face to face.")
        if not members:
            raise NotAllowed("Name the people with @, as in `/training record tone @ana @bo`.")
        return self._certify(course, members, recorded_by=by)

    def team(self, *, by: str) -> list[Standing]:
        """Everybody who is trained for something, highest level first; for leads."""
        if by not in self.office.playbook.remits:
            raise NotAllowed("Only a lead can see who is trained for what.")
        now = self.office.clock()
        with self.office.db.reading() as session:
            known = session.scalars(select(Certificate.member).distinct())
            trained = [
                one for book in self.office.playbook.books if book.training for one in book.training.trained
            ]
            people = dict.fromkeys([*trained, *known])
            return sorted(
                (self._standing(session, m, now) for m in people), key=lambda s: (-s.level, s.member)
            )

    def remind_expiring(self) -> int:
        """Tells people, once, that a certificate runs out soon. Returns how many were told."""
        rules = self.known_rules
        if rules is None:
            return 0
        now = self.office.clock()

        def work(session: Session) -> int:
            soon = session.scalars(
                select(Certificate)
                .where(
                    Certificate.reminded.is_(False),
                    Certificate.expires_at > now,
                    Certificate.expires_at <= now + rules.remind_before,
                )
                .order_by(Certificate.id)
                .with_for_update()
            ).all()
            told = 0
            for one in soon:
                one.reminded = True
                if self._until(session, one.member, now).get(one.course) != one.expires_at:
                    continue  # passed again since
                self.office.tell(
                    session, f"certificate:{one.id}", one.member,
                    f"Your certificate “{self._course(one.course).title}” runs out on "
                    f"{one.expires_at:%-d %b %Y}. `/training` renews it in a few minutes.",
                )  # fmt: skip
                told += 1
            return told

        return self.office.transact(work)

    # Helpers.

    def _certify(self, course: str, members: Sequence[str], *, recorded_by: str) -> list[Standing]:
        self._course(course)
        now, lasts = self.office.clock(), self.rules.certificates_last

        def work(session: Session) -> list[Standing]:
            for member in dict.fromkeys(members):
                session.add(
                    Certificate(
                        member=member, course=course, passed_at=now, expires_at=now + lasts,
                        recorded_by=recorded_by, reminded=False,
                    )
                )  # fmt: skip
                if member != recorded_by:
                    self.office.tell(
                        session, f"taught:{course}:{member}:{now.timestamp():.0f}", member,
                        f"{named(recorded_by)} recorded that you took “{self._course(course).title}”.",
                    )  # fmt: skip
            session.flush()
            self.office.refresh_homes(session, members, now)
            return [self._standing(session, member, now) for member in dict.fromkeys(members)]

        return self.office.transact(work)

    def _standing(self, session: Session, member: str, now: datetime) -> Standing:
        level, name = self._level(session, member, now, self.rules)
        own = [
            (brand, *self._level(session, member, now, book.training))
            for brand, book in self.office.playbook.own.items()
            if book.training is not None and book.training != self.rules
        ]
        return Standing(member, level, name, self._until(session, member, now), own)

    def _level(self, session: Session, member: str, now: datetime, rules: Rules) -> tuple[int, str]:
        level = Levels(self.office).of(session, member, now, rules)
        return level, next((one.name for one in rules.levels if one.level == level), "newcomer")

    def _until(self, session: Session, member: str, now: datetime) -> dict[str, datetime]:
        valid = session.scalars(
            select(Certificate)
            .where(Certificate.member == member, Certificate.expires_at > now)
            .order_by(Certificate.expires_at)
        )
        return {one.course: one.expires_at for one in valid}

    def _course(self, key: str, language: str = "en") -> Course:
        known = courses(language)
        if key not in known:
            raise NotAllowed(
                f"There is no course “{escape(shorten(key, 40))}”. There are: {', '.join(known)}."
            )
        return known[key]
