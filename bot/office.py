"""What every use case shares: the database, the playbook, the clock, and one way to change a case."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.exc import StaleDataError

from bot.callbacks import callbacks
from bot.case_view import CaseView
from bot.deadlines import settle
from bot.metrics import Metrics
from bot.once import count_once, counted
from config.playbook import Playbook
from models.belonging import read
from models.case import SEVERE, Case
from models.checklist import Checklist
from models.database import Database
from models.error_codes import DEADLOCK, code_of
from models.errors import NoSuchCase
from models.escalation import PENDING, Escalation
from models.handover import ASKED as OFFERED
from models.handover import OVERTAKEN, Handover
from models.moves import CLAIMED, ESCALATED
from models.outbox import NORMAL, NOTICE, SOON, Message, put, put_all, show_again
from models.people import BOT, BOT_ID, Person

T = TypeVar("T")
_TRIES = 5
_LOCKED = select(Case).where(Case.id == bindparam("number")).with_for_update()


@dataclass(frozen=True)
class Office:
    """Everything a use case needs. `nudge` tells delivery that something is due."""

    db: Database
    playbook: Playbook
    clock: Callable[[], datetime]
    nudge: Callable[[], None]
    metrics: Metrics = field(default_factory=Metrics)

    def person(self, member: str, brand: str | None = None) -> Person:
        """Somebody as they stand to cases of a brand; None: to what concerns all brands."""
        lead = member in self.playbook.of(brand).lead_ids
        return BOT if member == BOT_ID else Person(member, lead=lead)

    def change(self, number: int, use: Callable[[Session, Case, datetime], T]) -> T:
        """One move on one case in one transaction, with its card; then delivery is nudged.

        The row is locked where the database can, and the UPDATE is conditional on its version in any
        case; whoever comes second is run again on what is then true. Raises NoSuchCase, NotAllowed, and
        Repeated for what was carried out before (bot/once.py).
        """

        def work(session: Session) -> T:
            case = session.scalar(_LOCKED, {"number": number}) if 0 < number < 2**31 else None
            if case is None:
                raise NoSuchCase(number)
            offered_to = case.offered_to
            count_once(session, self.clock(), number)
            result = use(session, case, self.clock())
            if offered_to is not None and case.offered_to != offered_to:
                self._close_offer(session, case, offered_to)
            if case.stage != CLAIMED:
                settle(session, self.playbook, case, self.clock())
            self.redraw(session, case)
            return result

        return self._run(work)

    def transact(self, work: Callable[[Session], T]) -> T:
        """A change that is not one case's, in one transaction; then delivery is nudged.

        Raises Repeated, and as `Database.once` does.
        """

        def once(session: Session) -> T:
            count_once(session, self.clock())
            return work(session)

        return self._run(once)

    def redraw(self, session: Session, case: Case) -> None:
        """The case's card is to show its present state, and so are the Homes of those it concerns; tools that
        sent us mentions of it hear of it."""
        messages = [*self._messages(case), *callbacks(session, self.playbook, [case])]
        homes = [home_key(member) for member in self._concerned(session, [case])]
        put_all(session, messages, at=self.clock(), homes=homes)

    def redraw_card(self, session: Session, case: Case) -> None:
        """The card alone: what changed is nothing that a Home shows."""
        put_all(session, self._messages(case), at=self.clock())

    def redraw_all(self, session: Session, cases: Collection[Case], *, begun: Collection[Case] = ()) -> None:
        """`redraw` for many cases, with as few statements as for one; and the first cards of those that have
        only just `begun`, of which no Home knows."""
        messages = [message for case in (*cases, *begun) for message in self._messages(case)]
        # What a card itself shows comes before what it counts.
        messages.sort(key=lambda message: not message.calm)
        messages += callbacks(session, self.playbook, [*cases, *begun])
        put_all(session, messages, at=self.clock())
        if cases:
            self.refresh_homes(session, self._concerned(session, cases), self.clock())

    def redraw_counts(self, session: Session, cases: Iterable[Case]) -> None:
        """Cards on which more is counted now, and nothing else has changed."""
        messages = [replace(one, calm=True) for case in cases for one in self._messages(case)]
        put_all(session, messages, at=self.clock())

    def refresh_homes(self, session: Session, members: Collection[str], at: datetime) -> None:
        """The Homes of those among `members` who ever opened theirs are to show what is true now."""
        if members:
            show_again(session, [home_key(member) for member in members], at)

    def tell(self, session: Session, key: str, member: str, text: str, *, under: str | None = None) -> None:
        """A direct message of one sentence; once per `key`. `under`: in that message's thread."""
        put(
            session,
            f"notice:{key}",
            kind=NOTICE,
            channel=member,
            payload={"text": text, **({"under": under} if under else {})},
            at=self.clock(),
            priority=SOON,
        )

    def tell_leads(self, session: Session, key: str, text: str, brand: str | None) -> None:
        """A sentence in the channel of a brand's leads; once per `key`. None: it concerns all brands."""
        put(
            session,
            f"notice:{key}",
            kind=NOTICE,
            channel=self.playbook.of(brand).leads_channel,
            payload={"text": text},
            at=self.clock(),
            priority=NORMAL,
        )

    def view(self, session: Session, case: Case) -> CaseView:
        """The picture that drawings are made from."""
        return self._view(case, self._pending(session, [case]).get(case.id) if case.was_escalated else None)

    def views(self, session: Session, cases: Sequence[Case]) -> list[CaseView]:
        """`view` for several cases, in the same order, with as few statements as for one."""
        numbers = [case.id for case in cases]
        if len(numbers) > 1:
            whole = (selectinload(Case.mentions), selectinload(Case.events), selectinload(Case.ticks))
            session.scalars(select(Case).where(Case.id.in_(numbers)).options(*whole)).all()
        pending = self._pending(session, cases) if cases else {}
        return [self._view(case, pending.get(case.id)) for case in cases]

    def checklist(self, case: Case) -> Checklist:
        return Checklist(self.playbook.of(case.brand).checklist, case.kind, case.ticked, case.private)

    # Helpers.

    def _run(self, work: Callable[[Session], T]) -> T:
        """Runs `work` in a transaction, again when somebody else changed the same rows meanwhile."""
        for attempt in range(_TRIES):
            try:
                result = self.db.once(work)
                break
            except (StaleDataError, IntegrityError, OperationalError) as error:
                if attempt == _TRIES - 1 or not _met_somebody(error):
                    raise
        counted()
        self.nudge()
        return result

    @staticmethod
    def _pending(session: Session, cases: Sequence[Case]) -> dict[int, Escalation]:
        """The newest escalation of each case that still waits for its answer."""
        waits = select(Escalation).where(
            Escalation.case_id.in_([case.id for case in cases]), Escalation.state.in_(PENDING)
        )
        return {one.case_id: one for one in session.scalars(waits.order_by(Escalation.id))}

    def _view(self, case: Case, pending: Escalation | None) -> CaseView:
        if pending is not None:
            _ = pending.questions  # of a new one they are not read yet, and drawings come after the session
        read(case, "mentions", "events", "ticks")
        return CaseView(
            case,
            list(case.mentions),
            list(case.events),
            self.checklist(case),
            pending.specialist if pending else None,
            self.playbook.of(case.brand),
            self.clock(),
            pending=pending,
        )

    def _messages(self, case: Case) -> list[Message]:
        """The case's card, or that which stands for it; and those that count it.

        Whoever takes a case that had no card gives it one.
        """
        channel = self.playbook.queue(case.queue).channel
        new = case.behind and case.stage in (CLAIMED, ESCALATED)
        if new:
            case.come_forward()
        counted = []
        if case.heap_id is not None:
            counted.append(Message(f"heap:{case.heap_id}", "heap", channel, subject=case.heap_id, calm=True))
        if case.like_id is not None and not (case.behind and counted):
            counted.append(Message(f"card:{case.like_id}", "card", channel, subject=case.like_id, calm=True))
        if case.behind:
            return counted
        first = SOON if new or case.severity >= SEVERE else NORMAL
        return [*counted, Message(f"card:{case.id}", "card", channel, subject=case.id, priority=first)]

    def _close_offer(self, session: Session, case: Case, colleague: str) -> None:
        """The case went another way than the one offered: whoever was asked need not answer any more."""
        at = self.clock()
        session.flush()
        for offer in session.scalars(
            select(Handover).where(
                Handover.case_id == case.id, Handover.colleague == colleague, Handover.state == OFFERED
            )
        ):
            offer.close(OVERTAKEN, at=at)
            redraw_offer(session, offer, at)
        self.refresh_homes(session, [colleague], at)

    @staticmethod
    def _concerned(session: Session, cases: Collection[Case]) -> set[str]:
        """Whoever has one of the cases, did anything with it, or was asked to take it."""
        people = {event.actor for case in cases for event in case.events} - {BOT_ID}
        people |= {member for case in cases for member in (case.owner, case.offered_to) if member}
        escalated = [case.id for case in cases if case.was_escalated]
        if escalated:
            asked = select(Escalation.specialist).where(Escalation.case_id.in_(escalated))
            people |= set(session.scalars(asked))
        return people


def redraw_offer(session: Session, offer: Handover, at: datetime) -> None:
    """The message to the colleague who is asked shows what is true now."""
    put(
        session,
        f"handover:{offer.id}",
        kind="handover",
        subject=offer.id,
        channel=offer.colleague,
        at=at,
        priority=SOON,
    )


def home_key(member: str) -> str:
    """The outbox key of somebody's Home tab."""
    return f"home:{member}"


def _met_somebody(error: StaleDataError | IntegrityError | OperationalError) -> bool:
    """Whether running again helps: two transactions were in each other's way."""
    return not isinstance(error, OperationalError) or code_of(error) == DEADLOCK
