"""The desk: what an employee does with a case. One method, one transaction."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from bot.blocks.text import escape, language_name, shorten
from bot.brands import cases_of
from bot.case_view import CaseView
from bot.deadlines import go_on
from bot.ending import tell_how_it_ended
from bot.lessons.recording import dismissal_taken_back, taught_by_dismissal
from bot.levels import AboveLevel, Levels
from bot.office import Office
from bot.presence import shown
from bot.stories.story import story_now
from bot.waiting import Waiting, by_urgency
from config.work import Step
from models.case import Case
from models.employee import Employee
from models.errors import NoSuchCase, NotAllowed
from models.moves import CLAIMED, ESCALATED, WAITING
from models.people import Person

Move = Callable[[Case, Person, datetime], object]
Guard = Callable[[Session, Case, Person, datetime], None]


@dataclass(frozen=True)
class Desk:
    """Claims, checklist, release, dismissal, resolution."""

    office: Office

    def view(self, number: int) -> CaseView:
        """A case as it stands now. Raises NoSuchCase."""
        with self.office.db.reading() as session:
            case = session.get(Case, number) if 0 < number < 2**31 else None
            if case is None:
                raise NoSuchCase(number)
            _ = case.ticks
            here = shown(session, case, self.office.clock())
            return replace(self.office.view(session, case), here=here, story=story_now(session, case))

    def claim(self, number: int, *, by: str) -> CaseView:
        """Makes the case `by`'s. Of any number of people at once one gets it; NotAllowed tells who has it."""

        def use(session: Session, case: Case, at: datetime) -> CaseView:
            person = self.office.person(by, case.brand)
            self._must_be_trained(session, case, person, at)
            case.claim(by=person, at=at)
            session.flush()
            return self.office.view(session, case)

        return self.office.change(number, use)

    def claim_next(self, *, by: str) -> CaseView:
        """The most urgent waiting case that this person may take, in a language that they answer in."""
        now, person = self.office.clock(), self.office.person(by, None)
        with self.office.db.reading() as session:
            urgent = Waiting(self.office).for_(session, person, now)
        for number in urgent:
            try:
                return self.claim(number, by=by)
            except NotAllowed:
                continue  # somebody was quicker: take the next one
        raise self._nothing_for(person, now)

    def release(self, number: int, *, by: str, why: str | None = None) -> CaseView:
        return self._move(number, lambda case, person, at: case.release(by=person, at=at, why=why), by)

    def tick(self, number: int, step: str, *, by: str) -> CaseView:
        def use(session: Session, case: Case, at: datetime) -> CaseView:
            person = self.office.person(by, case.brand)
            known = self._step(case, step)
            if case.tick(step, by=person, at=at):
                if known.they_wrote and case.paused_at is not None:
                    go_on(session, self.office.playbook, case, by=person, at=at, why="they wrote back")
                if known.tells_them:
                    case.told_them(by=person, at=at)
            session.flush()
            return self.office.view(session, case)

        return self.office.change(number, use)

    def untick(self, number: int, step: str, *, by: str) -> CaseView:
        return self._move(
            number, lambda case, person, at: case.untick(self._step(case, step).key, by=person, at=at), by
        )

    def promise(self, number: int, step: str | None, for_: datetime, *, by: str) -> CaseView:
        """The customer hears from us by `for_`; ticks the step that says so, if it was one."""

        def move(case: Case, person: Person, at: datetime) -> None:
            case.promise(for_, by=person, at=at)
            if step is not None:
                case.tick(self._step(case, step).key, by=person, at=at)

        return self._move(number, move, by)

    def keep_promise(self, number: int, *, by: str) -> CaseView:
        """The customer heard from us where the bot can't see it."""
        return self._move(number, lambda case, person, at: case.keep_promise(by=person, at=at), by)

    def resolve(self, number: int, *, by: str) -> CaseView:
        def move(case: Case, person: Person, at: datetime) -> None:
            case.resolve(by=person, at=at, checklist=self.office.checklist(case))

        return self._move(number, move, by)

    def dismiss(self, number: int, *, by: str, because: str) -> CaseView:
        """Closes it without a reply. Of a case that waits, it takes the level that claiming it takes."""

        def move(case: Case, person: Person, at: datetime) -> None:
            case.dismiss(by=person, at=at, because=because)

        return self._move(number, move, by, first=self._must_be_trained, then=_learn_from_dismissal)

    def to_dismiss(self, number: int, *, by: str) -> CaseView:
        """The case, for somebody about to dismiss it. Raises what `dismiss` would refuse them with."""
        view = self.view(number)
        person = self.office.person(by, view.case.brand)
        with self.office.db.reading() as session:
            self._must_be_trained(session, view.case, person, view.now)
        view.case.must_be_theirs_to_dismiss(person)
        return view

    def to_work_on(self, number: int, *, by: str) -> CaseView:
        """The case, for somebody about to do what only its owner or a lead may. Raises NotAllowed."""
        view = self.view(number)
        view.case.must_be_worked_on_by(self.office.person(by, view.case.brand))
        return view

    def reopen(self, number: int, *, by: str) -> CaseView:
        def move(case: Case, person: Person, at: datetime) -> None:
            case.reopen(by=person, at=at)

        return self._move(number, move, by, then=_unlearn_dismissal)

    def mine(self, member: str) -> list[CaseView]:
        """The open cases of one person, nearest target first; 20 at most."""
        with self.office.db.reading() as session:
            cases = session.scalars(
                select(Case)
                .where(Case.owner == member, Case.stage.in_((CLAIMED, ESCALATED)))
                .order_by(Case.resolve_by)
                .limit(20)
            ).all()
            return self.office.views(session, cases)

    def waiting(
        self, name: str | None, limit: int = 15, *, by: str | None = None
    ) -> tuple[list[CaseView], int]:
        """What waits in a queue (named by its name or channel), or in all: most urgent first, and how many.
        To leads of single brands all is what is theirs.

        Raises NotAllowed with the queues that there are.
        """
        remit = self.office.playbook.remits.get(by or "")
        theirs = [cases_of(remit)] if remit is not None and remit.brands else []
        waits = [Case.stage == WAITING, *([self._in_queue(name)] if name else theirs)]
        with self.office.db.reading() as session:
            total = session.scalar(select(func.count()).select_from(Case).where(*waits)) or 0
            order = by_urgency(self.office.clock())
            cases = session.scalars(select(Case).where(*waits).order_by(*order).limit(limit)).all()
            return self.office.views(session, cases), total

    def name_of(self, member: str) -> str | None:
        """The person's name, when the workspace was asked before."""
        with self.office.db.reading() as session:
            employee = session.get(Employee, member)
            return (employee.name or None) if employee else None

    def remember_name(self, member: str, name: str) -> None:
        with self.office.db.transaction() as session:
            session.merge(Employee(id=member, name=name[:120], seen_at=self.office.clock()))

    # Helpers.

    def _nothing_for(self, person: Person, at: datetime) -> NotAllowed:
        """Why there is nothing to claim for this person, and what would change that."""
        waiting = Waiting(self.office)
        with self.office.db.reading() as session:
            count, above = waiting.count(session, person, at), waiting.above(session, person, at)
            if above is not None:
                case = session.get_one(Case, above)
                try:
                    theirs = self.office.person(person.id, case.brand)
                    Levels(self.office).must_be_allowed(session, case, theirs, at)
                except AboveLevel as no:
                    return no
            first = waiting.told_already(session)
            if count.takable and first is not None:
                return NotAllowed(
                    f"What waits tells what case {first} tells, which somebody is to answer first. "
                    f"`/case group {first}` shows it, and `/claim` with a number takes one all the same."
                )
            if count.other_languages or count.above_level:
                spoken = ", ".join(language_name(one) for one in waiting.languages(session, person.id))
                return NotAllowed(
                    f"What waits is in languages other than yours ({spoken}). `/case queue` shows it, and "
                    "`/case languages` changes yours."
                )
        return NotAllowed("Nothing is waiting right now. Well done, everybody.")

    def _must_be_trained(self, session: Session, case: Case, person: Person, at: datetime) -> None:
        """While the case waits, only somebody who may claim it may do this."""
        if case.stage == WAITING:
            Levels(self.office).must_be_allowed(session, case, person, at)

    def _move(
        self, number: int, move: Move, by: str, *, first: Guard | None = None, then: Guard | None = None
    ) -> CaseView:
        """`first` may refuse it, with NotAllowed; `then` sees what became of it."""

        def use(session: Session, case: Case, at: datetime) -> CaseView:
            was_open, person = case.is_open, self.office.person(by, case.brand)
            if first is not None:
                first(session, case, person, at)
            move(case, person, at)
            session.flush()
            if then is not None:
                then(session, case, person, at)
            if was_open and not case.is_open:
                tell_how_it_ended(self.office, session, case)
            return self.office.view(session, case)

        return self.office.change(number, use)

    def _step(self, case: Case, key: str) -> Step:
        step = self.office.playbook.of(case.brand).steps.get(key)
        if step is None:
            raise NotAllowed("This step is no longer on the checklist. `/case` shows the present one.")
        return step

    def _in_queue(self, name: str) -> ColumnElement[bool]:
        queues = self.office.playbook.queues
        queue = next((q for q in queues if name.lower() in (q.name, q.channel)), None)
        if queue is None:
            there = ", ".join(q.name for q in queues)
            raise NotAllowed(f"There is no queue “{escape(shorten(name, 40))}”. There are: {there}.")
        if queue is self.office.playbook.everything:  # it also has what is left of dropped queues
            return Case.queue.not_in([q.name for q in queues if q is not queue])
        return Case.queue == queue.name


def _learn_from_dismissal(session: Session, case: Case, by: Person, at: datetime) -> None:
    taught_by_dismissal(session, case, by=by.id, at=at)


def _unlearn_dismissal(session: Session, case: Case, by: Person, at: datetime) -> None:
    dismissal_taken_back(session, case, by=by.id, at=at)
