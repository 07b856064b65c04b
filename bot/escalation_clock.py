"""The clock behind escalations: no yes in time, nobody at work, no answer to a question, no solution in time.

Each job derives its work from the database, so it may run anywhere and again: what was due while the program
stood still is done once, and two clocks at once do it once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from bot.asking_back import show_question
from bot.away import NO_STATUSES, Statuses
from bot.blocks.text import escape_but_people, shorten
from bot.line import DANGER, Turn, turn_of
from bot.office import Office
from bot.specialists import Specialists
from bot.still_on_it import is_under_way, show_reminder
from models.case import Case
from models.escalation import ACCEPTED, ASKED, QUESTIONED, WAITS, Escalation, Question
from models.hours import open_time_after
from models.moves import ESCALATED
from models.people import BOT, named
from models.switch import in_crisis

LOOK_AGAIN = timedelta(hours=1)
Work = Callable[[Session, Case, Escalation, datetime], bool]


@dataclass(frozen=True)
class EscalationClock:
    """What time does to escalations."""

    office: Office
    statuses: Statuses = NO_STATUSES

    @property
    def specialists(self) -> Specialists:
        return Specialists(self.office, self.statuses)

    def look(self) -> int:
        """Everything that is due. Returns how many escalations went on."""
        now, state = self.office.clock(), Escalation.state
        severe = or_(Case.severity >= DANGER, Case.queue.in_(self._in_crisis(now)))
        unanswered = Escalation.questions.any(and_(Question.answered_at.is_(None), Question.answer_by <= now))
        by = Escalation.acknowledge_by
        return (
            self._each(self._ask, state == WAITS, or_(Escalation.ask_at <= now, severe))
            + self._each(self._hurry, state == ASKED, severe, by > now + self._longest)
            + self._each(self._pass_on, state == ASKED, by <= now)
            + self._each(self._unanswered, state == QUESTIONED, unanswered)
            + self._each(self._unresolved, state == ACCEPTED, Escalation.resolve_by <= now)
        )

    # The jobs, each on one escalation as it is now. True: it went on.

    def _ask(self, session: Session, case: Case, escalation: Escalation, at: datetime) -> bool:
        """It waited for somebody at work: whoever is first in line now is asked, or it waits on."""
        if escalation.state != WAITS:
            return False
        turn = self._turn_now(session, case, escalation, at)
        escalation.specialist, escalation.instead_of = turn.member, turn.instead_of
        escalation.acknowledge_by, escalation.ask_at = turn.acknowledge_by, turn.at
        if turn.at > at:
            return False
        escalation.ask_now(at=at, acknowledge_by=turn.acknowledge_by)
        case.asks(named(turn.member), at=at)
        self.specialists.redraw(session, escalation, at)
        return True

    def _hurry(self, session: Session, case: Case, escalation: Escalation, at: datetime) -> bool:
        """It became severe while its time counted in somebody's working hours: from now on it runs."""
        if escalation.state != ASKED or not self.specialists.is_urgent(session, case, at):
            return False
        situation = self.specialists.situation(session, case, by=escalation.asked_by, at=at)
        turn = turn_of(self.office.playbook.of(case.brand), situation, escalation.specialist)
        escalation.acknowledge_by = min(escalation.acknowledge_by, turn.acknowledge_by)
        self.specialists.redraw(session, escalation, at)
        return True

    def _pass_on(self, session: Session, case: Case, escalation: Escalation, at: datetime) -> bool:
        """Nobody said yes in time: the next in line."""
        if escalation.state != ASKED or escalation.acknowledge_by > at:
            return False
        if case.stage != ESCALATED:
            escalation.pass_on(at=at)  # it went another way
            return False
        away = escalation.specialist in self.specialists.away.among(session, [escalation.specialist], at)
        who = named(escalation.specialist)
        turn, again = self.specialists.next(session, case, by=escalation.asked_by, at=at)
        if again:
            self.office.tell_leads(
                session,
                f"unanswered:{escalation.id}",
                f"Nobody in line has acknowledged case {case.id}. Asking again from the start.",
                case.brand,
            )
        escalation.pass_on(at=at)
        self.specialists.redraw(session, escalation, at)
        case.escalate(by=BOT, at=at, why=f"{who} is away" if away else f"no answer from {who}")
        self.specialists.ask(
            session,
            case,
            turn,
            by=escalation.asked_by,
            why=escalation.why,
            at=at,
            round_=0 if again else escalation.round + 1,
        )
        return True

    def _unanswered(self, session: Session, case: Case, escalation: Escalation, at: datetime) -> bool:
        """A specialist's question without an answer: a reminder; then the case waits for anybody again."""
        question = escalation.open_question
        if escalation.state != QUESTIONED or question is None or question.answer_by > at:
            return False
        asked = escape_but_people(shorten(question.question, 300))
        if not question.reminded:
            hours = self.office.playbook.queue(case.queue).calendar
            within = self.office.playbook.of(case.brand).escalation.acknowledge_within
            question.reminded, question.answer_by = True, open_time_after(at, within, hours)
            words = f"{named(question.by)} still waits for your answer on case {case.id}: “{asked}”"
            self.office.tell(
                session, f"unanswered:{question.id}", question.to, words, under=f"asked_back:{question.id}"
            )
            return True
        escalation.give_up(at=at)
        show_question(session, question, at)
        self.specialists.redraw(session, escalation, at)
        words = (
            f"Case {case.id} waits for somebody again: {named(question.by)} asked {named(question.to)} "
            f"“{asked}” before taking it, and nobody answered."
        )
        self.specialists.thread(session, escalation, f"gave up{question.id}", words)
        self.office.tell_leads(session, f"gave up:{question.id}", words, case.brand)
        return True

    def _unresolved(self, session: Session, case: Case, escalation: Escalation, at: datetime) -> bool:
        """Accepted, and not resolved: asked how it goes; after a second such time the line begins anew."""
        if escalation.state != ACCEPTED or escalation.resolve_by is None or escalation.resolve_by > at:
            return False
        within = self.office.playbook.of(case.brand).escalation.resolve_within
        if within is None or not is_under_way(case, escalation):
            escalation.resolve_by = None
            return False
        if case.promised_for is not None and case.promised_for > at:
            escalation.resolve_by = case.promised_for  # until then the customer knows when
            return False
        if case.paused_at is not None:
            escalation.resolve_by = at + LOOK_AGAIN  # it waits for the customer, not for them
            return False
        owner = escalation.answered_by or escalation.specialist
        if escalation.reminded_at is None:
            escalation.reminded_at = at
            escalation.resolve_by = open_time_after(at, within, self.specialists.hours_of(owner, case))
            show_reminder(session, escalation, at, at)
            return True
        self._begin_anew(session, case, escalation, owner, at)
        return True

    # Helpers.

    def _in_crisis(self, now: datetime) -> list[str]:
        with self.office.db.reading() as session:
            return [q.name for q in self.office.playbook.queues if in_crisis(session, q.name, now)]

    @property
    def _longest(self) -> timedelta:
        """The longest time that anybody has to say yes."""
        rules = [book.escalation for book in self.office.playbook.books]
        chains = [chain for one in rules for chain in one.chains.values()]
        own = [step.acknowledge_within for chain in chains for step in chain]
        usual = [one.acknowledge_within for one in rules]
        return max([*usual, *(within for within in own if within is not None)])

    def _each(self, work: Work, *due: ColumnElement[bool]) -> int:
        with self.office.db.reading() as session:
            found = session.execute(
                select(Escalation.id, Escalation.case_id).join(Case).where(*due).order_by(Escalation.id)
            ).all()
        done = 0
        for escalation, number in found:
            self.specialists.refresh(number)
            done += self.specialists.change(escalation, work)
        return done

    def _turn_now(self, session: Session, case: Case, escalation: Escalation, at: datetime) -> Turn:
        by = escalation.asked_by
        if escalation.by_name:
            situation = self.specialists.situation(session, case, by=by, at=at)
            if escalation.specialist not in situation.away:
                return turn_of(self.office.playbook.of(case.brand), situation, escalation.specialist)
        turn, _ = self.specialists.next(session, case, by=by, at=at)
        return turn

    def _begin_anew(
        self, session: Session, case: Case, escalation: Escalation, owner: str, at: datetime
    ) -> None:
        reminded_at = escalation.reminded_at or at
        escalation.take_away(at=at)
        session.flush()
        case.escalate(by=BOT, at=at, why=f"not resolved in time by {named(owner)}")
        turn = self.specialists.begin(
            session, case, by=escalation.asked_by, why=escalation.why, at=at, without=owner
        )
        show_reminder(session, escalation, reminded_at, at)
        self.specialists.redraw(session, escalation, at)
        self.office.tell_leads(
            session,
            f"unresolved:{escalation.id}",
            f"Case {case.id}, which {named(owner)} accepted, is not resolved: {named(turn.member)} is asked.",
            case.brand,
        )
