"""What asking a specialist takes: who is in line now, their message with its thread, and who hears of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.away import NO_STATUSES, Away, Statuses
from bot.blocks.text import clock_time
from bot.levels import Levels
from bot.line import DANGER, Situation, Turn, calendar_of, next_turn, people, turn_of
from bot.office import Office
from config.hours import Calendar
from config.staff import Lead, Specialist
from models.case import Case
from models.employee import Employee
from models.errors import NotAllowed
from models.escalation import ACCEPTED, ASKED, PENDING, QUESTIONED, UNRESOLVED, WAITS, Escalation
from models.outbox import URGENT, put
from models.people import BOT, named
from models.switch import in_crisis
from models.turns import take_turns

T = TypeVar("T")


@dataclass(frozen=True)
class Specialists:
    """Asks, in a transaction that somebody else holds."""

    office: Office
    statuses: Statuses = NO_STATUSES

    @property
    def away(self) -> Away:
        return Away(self.office, self.statuses)

    def refresh(self, number: int, *more: str) -> None:
        """Asks Slack who of those in line for a case is away by their status. Never within a transaction."""
        with self.office.db.reading() as session:
            case = session.get(Case, number) if 0 < number < 2**31 else None
            line = people(self.office.playbook.of(case.brand), case.topic) if case else []
        self.statuses.refresh([*more, *line])

    def get(self, session: Session, escalation_id: int, *, lock: bool = False) -> Escalation:
        """Raises NotAllowed."""
        found = session.get(Escalation, escalation_id, with_for_update=lock or None)
        if found is None:
            raise NotAllowed("This request is not there any more.")
        return found

    def change(self, escalation_id: int, use: Callable[[Session, Case, Escalation, datetime], T]) -> T:
        """One move on one escalation and its case, in one transaction; see `Office.change`."""
        with self.office.db.reading() as session:
            number = self.get(session, escalation_id).case_id

        def work(session: Session, case: Case, at: datetime) -> T:
            return use(session, case, self.get(session, escalation_id, lock=True), at)

        return self.office.change(number, work)

    def is_urgent(self, session: Session, case: Case, at: datetime) -> bool:
        """Whether somebody is asked now, whatever the hour."""
        return case.severity >= DANGER or in_crisis(session, case.queue, at)

    def situation(self, session: Session, case: Case, *, by: str, at: datetime) -> Situation:
        line = people(self.office.playbook.of(case.brand), case.topic)
        return Situation(
            topic=case.topic,
            language=case.language,
            queue=case.queue,
            now=at,
            without=by,
            urgent=self.is_urgent(session, case, at),
            away={*self.away.among(session, line, at), *self._who_left(session, line)},
            last_asked=_last_asked(session, line),
        )

    def begin(
        self,
        session: Session,
        case: Case,
        *,
        by: str,
        why: str | None,
        at: datetime,
        to: str | None = None,
        without: str | None = None,
    ) -> Turn:
        """A first round: `to` by name, or whoever is first in line (but for `without`)."""
        take_turns(session)
        if to is not None:
            turn = self.by_name(session, case, to, by=by, asked_by=by, at=at)
        else:
            turn = self._first(session, case, by=by, without=without, at=at)
        self.ask(session, case, turn, by=by, why=why, at=at, round_=0, by_name=to is not None)
        return turn

    def by_name(self, session: Session, case: Case, to: str, *, by: str, asked_by: str, at: datetime) -> Turn:
        """The turn of somebody who is named. Raises NotAllowed where they can't or may not be asked."""
        if to == by:
            raise NotAllowed("That is you. Name somebody else.")
        if to == asked_by:
            raise NotAllowed(f"{named(to)} escalated case {case.id}. Send it back to them instead.")
        self.away.must_be_here(session, to, at)
        Levels(self.office).must_be_allowed(
            session, case, self.office.person(to, case.brand), at, asked_by=by
        )
        return turn_of(
            self.office.playbook.of(case.brand), self.situation(session, case, by=asked_by, at=at), to
        )

    def next(self, session: Session, case: Case, *, by: str, at: datetime) -> tuple[Turn, bool]:
        """Who is asked next in the round that runs, and whether it begins anew as all had their turn."""
        take_turns(session)
        situation = self.situation(session, case, by=by, at=at)
        turn = next_turn(self.office.playbook.of(case.brand), situation, self.had_turn(session, case.id))
        if turn is not None:
            return turn, False
        again = next_turn(self.office.playbook.of(case.brand), situation)
        assert again is not None  # noqa: S101  # a beginning always has somebody
        return again, True

    def had_turn(self, session: Session, number: int) -> set[str]:
        """Everybody asked in the round that runs now, and who accepted this case before and left it."""
        rows = select(Escalation.specialist, Escalation.instead_of).where(Escalation.case_id == number)
        begin = select(func.max(Escalation.id)).where(Escalation.case_id == number, Escalation.round == 0)
        asked = rows.where(Escalation.id >= begin.scalar_subquery(), Escalation.state != WAITS)
        left = rows.where(Escalation.state == UNRESOLVED)
        found = [*session.execute(asked), *session.execute(left)]
        return {member for row in found for member in row if member is not None}

    def ask(
        self,
        session: Session,
        case: Case,
        turn: Turn,
        *,
        by: str,
        why: str | None,
        at: datetime,
        round_: int,
        by_name: bool = False,
    ) -> Escalation:
        """Now, or from the hour on at which they are at work."""
        later = turn.at > at
        escalation = Escalation(
            case=case,
            round=round_,
            specialist=turn.member,
            instead_of=turn.instead_of,
            by_name=by_name,
            asked_by=by,
            why=why,
            asked_at=at,
            ask_at=turn.at if later else None,
            acknowledge_by=turn.acknowledge_by,
            state=WAITS if later else ASKED,
        )
        session.add(escalation)
        session.flush()
        case.asks(named(turn.member), at=at, when=self.from_when(case, turn.at) if later else None)
        if not later:
            self.redraw(session, escalation, at)
        return escalation

    def from_when(self, case: Case, at: datetime) -> str:
        """`from 08:00 on`, as the people of the case's queue read it."""
        zone = self.office.playbook.queue(case.queue).time_zone
        return f"from {clock_time(at, zone, self.office.clock())} on, when they are at work"

    def redraw(self, session: Session, escalation: Escalation, at: datetime) -> None:
        """The specialist's message shows the present state. There is none before they are asked."""
        if escalation.state != WAITS:
            put(
                session,
                f"escalation:{escalation.id}",
                kind="escalation",
                subject=escalation.id,
                channel=escalation.specialist,
                at=at,
                priority=URGENT,
            )

    def thread(self, session: Session, escalation: Escalation, key: str, text: str) -> None:
        """A sentence in the thread under the specialist's message; once per `key`."""
        under = f"escalation:{escalation.id}"
        self.office.tell(session, f"{under}:{key}", escalation.specialist, text, under=under)

    def tell_asker(self, session: Session, escalation: Escalation, text: str) -> None:
        """Whoever escalated hears what became of it; once for each state."""
        if escalation.asked_by not in (BOT.id, escalation.specialist):
            key = f"escalation:{escalation.id}:{escalation.state}"
            self.office.tell(session, key, escalation.asked_by, text)

    @staticmethod
    def _who_left(session: Session, members: list[str]) -> list[str]:
        left = select(Employee.id).where(Employee.id.in_(members), Employee.left_at.is_not(None))
        return list(session.scalars(left))

    def lead_of(self, case: Case) -> str:
        """The lead of the case's queue."""
        leads = self.office.playbook.of(case.brand).leads
        return next((one.slack for one in leads if case.queue in one.queues), leads[0].slack)

    def _first(self, session: Session, case: Case, *, by: str, without: str | None, at: datetime) -> Turn:
        situation = self.situation(session, case, by=by, at=at)
        turn = next_turn(self.office.playbook.of(case.brand), situation, {without} if without else set())
        turn = turn or next_turn(self.office.playbook.of(case.brand), situation)
        assert turn is not None  # noqa: S101  # a beginning always has somebody
        return turn

    def hours_of(self, member: str, case: Case) -> Calendar:
        """In whose hours the time to resolve is counted: theirs where the playbook knows them."""
        book = self.office.playbook.of(case.brand)
        people: Sequence[Specialist | Lead] = (*book.leads, *book.specialists)
        if any(member == one.slack for one in people):
            return calendar_of(book, member, case.queue)
        return book.queue(case.queue).calendar


def clean(words: str | None) -> str | None:
    """What somebody wrote, fit for the database; None when it is empty."""
    return (words or "").replace("\x00", "").strip() or None


def follow_up(
    office: Office, session: Session, case: Case, key: str, text: str, *, by: str | None = None
) -> str | None:
    """Something new about a case, in the thread of the specialist who is asked or has it; their message is
    drawn anew. What they did themselves (`by`) they are not told. Returns whose thread that is; None: no
    specialist is concerned."""
    escalation = session.scalars(
        select(Escalation).where(Escalation.case_id == case.id).order_by(Escalation.id.desc()).limit(1)
    ).first()
    if escalation is None:
        return None
    has_it = escalation.state == ACCEPTED and case.owner == escalation.specialist and case.is_open
    if escalation.state not in (ASKED, QUESTIONED) and not has_it:
        return None
    specialists = Specialists(office)
    specialists.redraw(session, escalation, office.clock())
    if escalation.specialist != by:
        specialists.thread(session, escalation, key, text)
    return escalation.specialist


def _last_asked(session: Session, members: list[str]) -> dict[str, int]:
    """Each person's place in the order in which they were last asked about anything."""
    rows = session.execute(
        select(Escalation.specialist, func.max(Escalation.asked_at), func.max(Escalation.id))
        .where(Escalation.specialist.in_(members), Escalation.state != WAITS)
        .group_by(Escalation.specialist)
    )
    order = sorted((asked_at, last, member) for member, asked_at, last in rows)
    return {member: place for place, (_, _, member) in enumerate(order)}


def pending_of(session: Session, number: int) -> Escalation | None:
    """The escalation of a case whose answer is awaited."""
    return session.scalars(
        select(Escalation)
        .where(Escalation.case_id == number, Escalation.state.in_(PENDING))
        .order_by(Escalation.id.desc())
        .limit(1)
    ).first()
