"""On the way to a specialist: what people do. The clock behind it is in `escalation_clock`."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.away import NO_STATUSES, Statuses
from bot.blocks.text import escape_but_people
from bot.case_view import CaseView
from bot.line import Turn, line
from bot.office import Office
from bot.specialists import Specialists, clean, pending_of
from models.case import Case
from models.errors import NoSuchCase, NotAllowed
from models.escalation import Escalation
from models.hours import open_time_after
from models.moves import ESCALATED
from models.people import named
from models.turns import take_turns


@dataclass(frozen=True)
class Escalations:
    """Ask, accept, send back, send on."""

    office: Office
    statuses: Statuses = NO_STATUSES

    @property
    def specialists(self) -> Specialists:
        return Specialists(self.office, self.statuses)

    def line(self, number: int, *, by: str) -> tuple[CaseView, list[Turn]]:
        """The case and who would be asked, in order. Raises NotAllowed where it can't be escalated."""
        self.specialists.refresh(number)
        with self.office.db.reading() as session:
            case = session.get(Case, number) if 0 < number < 2**31 else None
            if case is None:
                raise NoSuchCase(number)
            _refuse_a_second_time(case)
            case.must_be_theirs_to_escalate(self.office.person(by, case.brand))
            situation = self.specialists.situation(session, case, by=by, at=self.office.clock())
            return self.office.view(session, case), line(self.office.playbook.of(case.brand), situation)

    def escalate(
        self, number: int, *, by: str, why: str | None, to: str | None = None
    ) -> tuple[CaseView, Turn]:
        """Asks the first in line, or `to`. Returns the case, and who is asked from when on."""
        self.specialists.refresh(number, *([to] if to else []))

        def use(session: Session, case: Case, at: datetime) -> tuple[CaseView, Turn]:
            _refuse_a_second_time(case)
            case.escalate(by=self.office.person(by, case.brand), at=at, why=clean(why))
            turn = self.specialists.begin(session, case, by=by, why=clean(why), at=at, to=to)
            return self.office.view(session, case), turn

        return self.office.change(number, use)

    def accept(self, escalation_id: int, *, by: str) -> CaseView:
        """The specialist takes it. Pressed twice, the second time is refused and changes nothing."""

        def use(session: Session, case: Case, escalation: Escalation, at: datetime) -> CaseView:
            escalation.accept(by=self.office.person(by, case.brand), at=at)
            within = self.office.playbook.of(case.brand).escalation.resolve_within
            if within is not None:
                escalation.resolve_by = open_time_after(at, within, self.specialists.hours_of(by, case))
            self.specialists.redraw(session, escalation, at)
            self.specialists.tell_asker(session, escalation, f"<@{by}> accepted case {case.id}.")
            return self.office.view(session, case)

        return self.specialists.change(escalation_id, use)

    def send_back(self, escalation_id: int, *, by: str, answer: str | None) -> CaseView:
        """Back to the queue, with the specialist's words for whoever takes it next."""

        def use(session: Session, case: Case, escalation: Escalation, at: datetime) -> CaseView:
            escalation.send_back(by=self.office.person(by, case.brand), at=at, answer=clean(answer))
            self.specialists.redraw(session, escalation, at)
            words = f": “{escape_but_people(escalation.answer)}”" if escalation.answer else "."
            self.specialists.tell_asker(session, escalation, f"<@{by}> sent case {case.id} back{words}")
            return self.office.view(session, case)

        return self.specialists.change(escalation_id, use)

    def send_on(self, escalation_id: int, *, to: str, by: str, note: str | None = None) -> Turn:
        """Not theirs: somebody whom they name is asked in their stead. Returns who, and from when on."""
        note = clean(note)
        self.statuses.refresh([to])

        def use(session: Session, case: Case, escalation: Escalation, at: datetime) -> Turn:
            person = self.office.person(by, case.brand)
            take_turns(session)
            escalation.send_on(by=person, at=at)
            turn = self.specialists.by_name(session, case, to, by=by, asked_by=escalation.asked_by, at=at)
            if to in self.specialists.had_turn(session, case.id):
                raise NotAllowed(f"{named(to)} was asked about case {case.id} already. Choose somebody else.")
            self.specialists.redraw(session, escalation, at)
            case.escalate(by=person, at=at, why=f"not theirs: to {named(to)}{f'. {note}' if note else ''}")
            why = [escalation.why, f"{named(by)}: {note}" if note else None]
            self.specialists.ask(
                session,
                case,
                turn,
                by=escalation.asked_by,
                why="\n".join(part for part in why if part) or None,
                at=at,
                round_=escalation.round + 1,
                by_name=True,
            )
            words = f"<@{by}> sent case {case.id} on to {named(to)}."
            self.specialists.tell_asker(session, escalation, words)
            return turn

        return self.specialists.change(escalation_id, use)

    def take_back(self, number: int, *, by: str) -> CaseView:
        """While nobody is at work to be asked: whoever escalated, or a lead, gives it back to the queue."""

        def use(session: Session, case: Case, at: datetime) -> CaseView:
            escalation = pending_of(session, case.id)
            if case.stage != ESCALATED or escalation is None:
                raise NotAllowed(f"Case {case.id} is {case.stage}, so there is nothing to take back.")
            escalation.take_back(by=self.office.person(by, case.brand), at=at)
            self.specialists.redraw(session, escalation, at)
            return self.office.view(session, case)

        return self.office.change(number, use)


def _refuse_a_second_time(case: Case) -> None:
    if case.stage == ESCALATED:
        raise NotAllowed(f"Case {case.id} is escalated already.")
