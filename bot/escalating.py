"""On the way to a specialist: who is asked, who is next, and the clock behind them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.blocks.text import escape_but_people
from bot.case_view import CaseView
from bot.office import Office
from config.playbook import Playbook, Specialist
from models.case import Case
from models.errors import NotAllowed
from models.escalation import ASKED, Escalation
from models.hours import is_open
from models.moves import ESCALATED
from models.outbox import URGENT, put
from models.people import BOT


def chain(playbook: Playbook, *, topic: str | None, language: str, now: datetime, without: str) -> list[str]:
    """Member ids in the order in which they are asked; never empty.

    Specialists for the topic who speak the language come first, those at work now before those who are
    off (whose stand-in takes their place); then specialists for the topic in other languages; then the
    leads. `without` is the person who escalates.
    """
    fitting = [s for s in playbook.specialists if topic in s.topics]
    speaking = [s for s in fitting if language in s.languages]
    others = [s for s in fitting if language not in s.languages]
    line = [member for group in (speaking, others) for member in _those_at_work_first(group, now)]
    line += [lead.slack for lead in playbook.leads]
    return list(dict.fromkeys(m for m in line if m != without)) or [playbook.leads[0].slack]


@dataclass(frozen=True)
class Escalations:
    """Ask, accept, send back, pass on."""

    office: Office

    def line(self, number: int, *, by: str) -> tuple[CaseView, list[str]]:
        """The case and who would be asked, in order. Raises NotAllowed where it can't be escalated."""
        with self.office.db.reading() as session:
            case = session.get(Case, number)
            if case is None:
                raise NotAllowed(f"There is no case {number}.")
            _refuse_a_second_time(case)
            return self.office.view(session, case), self._chain(case, by)

    def escalate(self, number: int, *, by: str, why: str | None) -> tuple[CaseView, str]:
        """Asks the first in line. Returns the case and who was asked."""

        def use(session: Session, case: Case, at: datetime) -> tuple[CaseView, str]:
            _refuse_a_second_time(case)
            first = self._chain(case, by)[0]
            case.escalate(by=self.office.person(by), at=at, why=why)
            self._ask(session, case, first, by=by, why=why, at=at, round_=0)
            return self.office.view(session, case), first

        return self.office.change(number, use)

    def accept(self, escalation_id: int, *, by: str) -> CaseView:
        """The specialist takes it. Pressed twice, the second time is refused and changes nothing."""

        def use(session: Session, case: Case, at: datetime) -> CaseView:
            escalation = session.get_one(Escalation, escalation_id, with_for_update=True)
            escalation.accept(by=self.office.person(by), at=at)
            self._redraw(session, escalation, at)
            self._tell_asker(session, escalation, f"<@{by}> accepted case {case.id}.")
            return self.office.view(session, case)

        return self.office.change(self._case_of(escalation_id), use)

    def send_back(self, escalation_id: int, *, by: str, answer: str | None) -> CaseView:
        """Back to the queue, with the specialist's words for whoever takes it next."""

        def use(session: Session, case: Case, at: datetime) -> CaseView:
            escalation = session.get_one(Escalation, escalation_id, with_for_update=True)
            escalation.send_back(by=self.office.person(by), at=at, answer=answer)
            self._redraw(session, escalation, at)
            words = f": “{escape_but_people(answer)}”" if answer else "."
            self._tell_asker(session, escalation, f"<@{by}> sent case {case.id} back{words}")
            return self.office.view(session, case)

        return self.office.change(self._case_of(escalation_id), use)

    def pass_on_overdue(self) -> int:
        """Asks the next in line wherever the time to say yes is over. Returns how many were passed on."""
        now = self.office.clock()
        with self.office.db.reading() as session:
            due = session.execute(
                select(Escalation.id, Escalation.case_id).where(
                    Escalation.state == ASKED, Escalation.acknowledge_by <= now
                )
            ).all()
        return sum(self._pass_on(escalation, case) for escalation, case in due)

    # Helpers.

    def _pass_on(self, escalation_id: int, number: int) -> bool:
        def use(session: Session, case: Case, at: datetime) -> bool:
            escalation = session.get_one(Escalation, escalation_id, with_for_update=True)
            if escalation.state != ASKED or escalation.acknowledge_by > at or case.stage != ESCALATED:
                return False  # answered in the meantime
            asked = set(
                session.scalars(
                    select(Escalation.specialist).where(
                        Escalation.case_id == case.id, Escalation.id > self._last_begin(session, case.id)
                    )
                )
            )
            line = self._chain(case, escalation.asked_by)
            following = next((m for m in line if m not in asked), None)
            if following is None:
                following = line[0]
                self.office.tell_leads(
                    session,
                    f"unanswered:{escalation.id}",
                    f"Nobody in line has acknowledged case {case.id}. Asking again from the start.",
                )
            escalation.pass_on(at=at)
            self._redraw(session, escalation, at)
            case.escalate(by=BOT, at=at, why=f"no answer from <@{escalation.specialist}>")
            self._ask(
                session,
                case,
                following,
                by=escalation.asked_by,
                why=escalation.why,
                at=at,
                round_=0 if following in asked else escalation.round + 1,
            )
            return True

        return self.office.change(number, use)

    def _last_begin(self, session: Session, number: int) -> int:
        """The id before the round that runs now: everybody asked since then has had their turn."""
        first = session.scalar(
            select(func.max(Escalation.id)).where(Escalation.case_id == number, Escalation.round == 0)
        )
        return (first or 1) - 1

    def _ask(
        self,
        session: Session,
        case: Case,
        member: str,
        *,
        by: str,
        why: str | None,
        at: datetime,
        round_: int,
    ) -> None:
        within: timedelta = self.office.playbook.escalation.acknowledge_within
        escalation = Escalation(
            case=case,
            round=round_,
            specialist=member,
            asked_by=by,
            why=why,
            asked_at=at,
            acknowledge_by=at + within,
            state=ASKED,
        )
        session.add(escalation)
        session.flush()
        self._redraw(session, escalation, at)

    def _redraw(self, session: Session, escalation: Escalation, at: datetime) -> None:
        put(
            session,
            f"escalation:{escalation.id}",
            kind="escalation",
            subject=escalation.id,
            channel=escalation.specialist,
            at=at,
            priority=URGENT,
        )

    def _tell_asker(self, session: Session, escalation: Escalation, text: str) -> None:
        if escalation.asked_by not in (BOT.id, escalation.specialist):
            self.office.tell(
                session, f"escalation:{escalation.id}:{escalation.state}", escalation.asked_by, text
            )

    def _chain(self, case: Case, by: str) -> list[str]:
        return chain(
            self.office.playbook,
            topic=case.topic,
            language=case.language,
            now=self.office.clock(),
            without=by,
        )

    def _case_of(self, escalation_id: int) -> int:
        with self.office.db.reading() as session:
            escalation = session.get(Escalation, escalation_id)
            if escalation is None:
                raise NotAllowed("This request is not there any more.")
            return escalation.case_id


def _those_at_work_first(group: list[Specialist], now: datetime) -> list[str]:
    here = [s for s in group if is_open(now, s.calendar)]
    away = [s for s in group if s not in here]
    return [s.slack for s in here] + [s.stand_in or s.slack for s in away]


def _refuse_a_second_time(case: Case) -> None:
    if case.stage == ESCALATED:
        raise NotAllowed(f"Case {case.id} is escalated already.")
