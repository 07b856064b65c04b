"""Handing a case to a colleague: it stays with its owner until the colleague says yes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.away import NO_STATUSES, Away, Statuses
from bot.blocks.text import escape_but_people, shorten
from bot.case_view import CaseView
from bot.deadlines import calendar_of
from bot.levels import Levels
from bot.office import Office, redraw_offer
from bot.people import People
from models.case import Case
from models.errors import NotAllowed
from models.handover import ASKED, TAKEN_BACK, Handover
from models.hours import open_time_after
from models.people import named

T = TypeVar("T")
NOTE_LIMIT = 1000


@dataclass(frozen=True)
class Handovers:
    """Ask a colleague, their yes or no, and the owner's second thoughts."""

    office: Office
    people: People
    statuses: Statuses = NO_STATUSES

    def ask(self, number: int, to: str, *, by: str, note: str | None = None) -> bool:
        """Offers the case to `to`. Somebody else who was asked before need not answer any more.

        False: they are asked already, and nothing changed. Raises NotAllowed, NoSuchCase.
        """
        note = (note or "").replace("\x00", "").strip() or None
        if note and len(note) > NOTE_LIMIT:
            raise NotAllowed(f"A note has {NOTE_LIMIT:,} characters at most; this one has more.")
        if to == by:
            raise NotAllowed("That is you. Name the colleague who is to take it over.")
        self.people.must_be_able_to_have_cases(to)
        self.statuses.refresh([to])

        def use(session: Session, case: Case, at: datetime) -> bool:
            if not case.offer(to, by=self.office.person(by, case.brand), at=at):
                return False
            Away(self.office, self.statuses).must_be_here(session, to, at)
            Levels(self.office).must_be_allowed(
                session, case, self.office.person(to, case.brand), at, asked_by=by
            )
            queue, within = (
                self.office.playbook.queue(case.queue),
                self.office.playbook.of(case.brand).handover.answer_within,
            )
            offer = Handover(
                case=case,
                colleague=to,
                asked_by=by,
                owner=case.owner,
                note=note,
                asked_at=at,
                answer_by=open_time_after(at, within, calendar_of(session, queue, at)),
                state=ASKED,
            )
            session.add(offer)
            session.flush()
            redraw_offer(session, offer, at)
            return True

        return self.office.change(number, use)

    def yes(self, offer_id: int, *, by: str) -> CaseView:
        """The colleague takes it. Refused once the case has moved on; pressed twice, it counts once."""

        def use(session: Session, case: Case, offer: Handover, at: datetime) -> CaseView:
            Levels(self.office).must_be_allowed(session, case, self.office.person(by, case.brand), at)
            offer.take(by=self.office.person(by, case.brand), at=at)
            for member in {offer.owner, offer.asked_by} - {by}:
                self._tell(session, offer, member, f"{named(by)} took over case {case.id}.")
            return self.office.view(session, case)

        return self._answer(offer_id, use)

    def no(self, offer_id: int, *, by: str, why: str | None) -> None:
        """The colleague does not; the owner hears why."""
        why = (why or "").replace("\x00", "").strip() or None

        def use(session: Session, case: Case, offer: Handover, at: datetime) -> None:
            offer.turn_down(by=self.office.person(by, case.brand), at=at, why=why)
            words = f": “{escape_but_people(shorten(why, NOTE_LIMIT))}”" if why else "."
            for member in {offer.owner, offer.asked_by}:
                stays = "stays with you" if member == offer.owner else f"stays with {named(offer.owner)}"
                self._tell(
                    session, offer, member, f"{named(by)} can't take case {case.id}, it {stays}{words}"
                )

        self._answer(offer_id, use)

    def keep(self, number: int, *, by: str) -> CaseView:
        """The owner (or a lead) takes the offer back."""

        def use(session: Session, case: Case, at: datetime) -> CaseView:
            asked = _asked(session, number)
            case.keep(by=self.office.person(by, case.brand), at=at)
            for offer in asked:
                offer.close(TAKEN_BACK, at=at)
                redraw_offer(session, offer, at)
            session.flush()
            return self.office.view(session, case)

        return self.office.change(number, use)

    def tell_of_silence(self) -> int:
        """Owners hear, once, that nobody answered in time. Returns how many."""
        now = self.office.clock()
        with self.office.db.reading() as session:
            late = session.execute(
                select(Handover.id, Handover.case_id).where(
                    Handover.state == ASKED, Handover.answer_by <= now, Handover.told_late_at.is_(None)
                )
            ).all()
        return sum(self._say_late(offer, number) for offer, number in late)

    # Helpers, in the order in which they are called.

    def _answer(self, offer_id: int, answer: Callable[[Session, Case, Handover, datetime], T]) -> T:
        with self.office.db.reading() as session:
            known = session.get(Handover, offer_id)
        if known is None:
            raise NotAllowed("This request is not there any more.")

        def use(session: Session, case: Case, at: datetime) -> T:
            offer = session.get_one(Handover, offer_id, with_for_update=True)
            result = answer(session, case, offer, at)
            redraw_offer(session, offer, at)
            return result

        return self.office.change(known.case_id, use)

    def _tell(self, session: Session, offer: Handover, member: str, text: str) -> None:
        self.office.tell(session, f"handover:{offer.id}:{offer.state}:{member}", member, text)

    def _say_late(self, offer_id: int, number: int) -> bool:
        def use(session: Session, case: Case, at: datetime) -> bool:
            offer = session.get_one(Handover, offer_id, with_for_update=True)
            if offer.state != ASKED or offer.told_late_at is not None or offer.answer_by > at:
                return False
            offer.told_late_at = at
            for member in {offer.owner, offer.asked_by}:
                self.office.tell(
                    session,
                    f"handover_late:{offer.id}:{member}",
                    member,
                    f":hourglass: {named(offer.colleague)} has not answered yet about case {number}. It is "
                    f"still {named(offer.owner)}'s: `/case handover {number}` asks somebody else, "
                    f"`/case keep {number}` takes the question back.",
                )
            return True

        return self.office.change(number, use)


def _asked(session: Session, number: int) -> list[Handover]:
    return list(session.scalars(select(Handover).where(Handover.case_id == number, Handover.state == ASKED)))
