"""Accepted but not resolved in the playbook's time: what whoever accepted says then."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.away import NO_STATUSES, Statuses
from bot.blocks.text import clock_time
from bot.case_view import CaseView
from bot.line import Turn
from bot.office import Office
from bot.specialists import Specialists, clean
from models.case import Case
from models.errors import NotAllowed
from models.escalation import ACCEPTED, Escalation
from models.moves import CLAIMED
from models.outbox import URGENT, put

LONGEST = timedelta(days=30)
"""How far ahead somebody may say that they are still on a case."""


@dataclass(frozen=True)
class StillOnIt:
    """Go on until …, or hand it on."""

    office: Office
    statuses: Statuses = NO_STATUSES

    @property
    def specialists(self) -> Specialists:
        return Specialists(self.office, self.statuses)

    def goes_on(self, escalation_id: int, until: datetime, *, by: str) -> CaseView:
        """They are asked again at `until` (aware)."""

        def use(session: Session, case: Case, escalation: Escalation, at: datetime) -> CaseView:
            must_be_under_way(case, escalation)
            if not at < until <= at + LONGEST:
                raise NotAllowed("Choose a time within the next 30 days.")
            zone = self.office.playbook.queue(case.queue).time_zone
            case.still_on_it(clock_time(until, zone, at), by=self.office.person(by, case.brand), at=at)
            escalation.resolve_by = until
            self._settled(session, escalation, at)
            return self.office.view(session, case)

        return self.specialists.change(escalation_id, use)

    def hand_on(self, escalation_id: int, *, to: str | None, by: str, note: str | None) -> Turn:
        """Somebody else is asked: `to`, or the next in line. Returns who, and from when on."""
        note = clean(note)
        self.statuses.refresh([to] if to else [])

        def use(session: Session, case: Case, escalation: Escalation, at: datetime) -> Turn:
            must_be_under_way(case, escalation)
            case.escalate(by=self.office.person(by, case.brand), at=at, why=note)
            turn = self.specialists.begin(
                session, case, by=by, why=note, at=at, to=to, without=escalation.specialist
            )
            escalation.resolve_by = None
            self._settled(session, escalation, at)
            return turn

        return self.specialists.change(escalation_id, use)

    def zone_of(self, escalation_id: int) -> str:
        """The time zone of the case's queue. Raises NotAllowed when there is nothing to go on with."""
        with self.office.db.reading() as session:
            escalation = self.specialists.get(session, escalation_id)
            must_be_under_way(escalation.case, escalation)
            return self.office.playbook.queue(escalation.case.queue).time_zone

    def _settled(self, session: Session, escalation: Escalation, at: datetime) -> None:
        if escalation.reminded_at is not None:
            show_reminder(session, escalation, escalation.reminded_at, at)
        escalation.reminded_at = None
        self.specialists.redraw(session, escalation, at)


def must_be_under_way(case: Case, escalation: Escalation) -> None:
    """Raises NotAllowed when the case has gone on to somebody else, or is closed."""
    if not is_under_way(case, escalation):
        raise NotAllowed(f"Case {case.id} has moved on since; `/case {case.id}` shows it.")


def is_under_way(case: Case, escalation: Escalation) -> bool:
    """Whoever accepted still has it."""
    has_it = escalation.answered_by or escalation.specialist
    return escalation.state == ACCEPTED and case.stage == CLAIMED and case.owner == has_it


def show_reminder(session: Session, escalation: Escalation, reminded_at: datetime, at: datetime) -> None:
    """The question how it goes, to whoever accepted, in the thread under the specialist's message; drawn
    anew once they answered. `reminded_at` names it: each reminder is a message of its own.

    A lead who accepted in a specialist's stead has no such message: theirs stands by itself.
    """
    to = escalation.answered_by or escalation.specialist
    payload: dict[str, str] = {"reminded_at": reminded_at.isoformat()}
    if to == escalation.specialist:
        payload["under"] = f"escalation:{escalation.id}"
    put(
        session,
        f"unresolved:{escalation.id}:{reminded_at.timestamp():.0f}",
        kind="unresolved",
        subject=escalation.id,
        channel=to,
        payload=payload,
        at=at,
        priority=URGENT,
    )
