"""Answering a story: its first case was answered, and the rest that wait may be closed with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.office import Office
from models.case import Case
from models.errors import NoSuchCase, NotAllowed
from models.moves import WAITING

AT_ONCE = 100
"""Cases closed in one transaction: others must be able to write in between."""


@dataclass(frozen=True)
class StoryAnswers:
    """Never by itself: the owner of the first case, or a lead, says for which customers its answer serves."""

    office: Office

    def may(self, first: int, *, by: str) -> int:
        """How many of the story of `first` still wait. Raises NotAllowed with what is missing."""
        with self.office.db.reading() as session:
            case = self._first(session, first)
            case.must_have_answered(self.office.person(by, case.brand))
            waiting = len(self._waiting(session, case.id))
        if not waiting:
            raise NotAllowed(f"Nobody waits any more who told what case {case.id} tells.")
        return waiting

    def close_rest(self, first: int, *, by: str, only: Sequence[int] | None = None) -> list[int]:
        """Closes those that wait (of them `only` some) as answered with `first`. Returns their numbers.

        Raises NotAllowed, also for a number of `only` that doesn't belong there or doesn't wait; then none
        is closed.
        """
        self.may(first, by=by)
        with self.office.db.reading() as session:
            first = self._first(session, first).id
            waiting = self._waiting(session, first)
        wrong = [number for number in dict.fromkeys(only or ()) if number not in waiting]
        if wrong:
            named = ", ".join(str(number) for number in wrong[:10])
            raise NotAllowed(f"Not closed: {named} doesn't wait in the story of case {first}.")
        numbers = sorted(set(only)) if only is not None else waiting
        closed: list[int] = []
        for start in range(0, len(numbers), AT_ONCE):
            some = numbers[start : start + AT_ONCE]
            closed += self.office.transact(partial(self._close, first, some, by))
        return closed

    # Helpers.

    def _close(self, first: int, numbers: Sequence[int], by: str, session: Session) -> list[int]:
        case = session.get_one(Case, first)
        at, person = self.office.clock(), self.office.person(by, case.brand)
        rest = session.scalars(
            select(Case)
            .where(Case.id.in_(numbers), Case.stage == WAITING, Case.like_id == first)
            .order_by(Case.id)
            .with_for_update()
        ).all()
        for one in rest:
            one.answer_with(case, by=person, at=at)
        self.office.redraw_all(session, rest)
        return [one.id for one in rest]

    @staticmethod
    def _first(session: Session, number: int) -> Case:
        case = session.get(Case, number) if 0 < number < 2**31 else None
        if case is None:
            raise NoSuchCase(number)
        return session.get_one(Case, case.like_id) if case.like_id is not None else case

    @staticmethod
    def _waiting(session: Session, first: int) -> list[int]:
        waiting = select(Case.id).where(Case.like_id == first, Case.stage == WAITING).order_by(Case.id)
        return list(session.scalars(waiting))
