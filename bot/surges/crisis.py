"""What leads do at an alarm: open a crisis, or say that it is no surge."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.away import Away
from bot.blocks.text import shorten
from bot.office import Office
from bot.remits import must_lead, must_lead_brand
from bot.surges.knowing import SurgeView, surge_view
from bot.surges.telling import call_in, over, redraw
from bot.switches import FARTHEST, Switches
from models.approved_answer import APPROVED, ApprovedAnswer
from models.errors import NotAllowed
from models.surge import NO_SURGE, Surge
from models.switch import ALL, CRISIS, WHY_LIMIT, Switch, live_key, of_surge


@dataclass(frozen=True)
class Plan:
    """What a crisis does. `queues`: names, or ALL alone; `level`: needed to answer, None as always."""

    why: str
    queues: Sequence[str]
    until: datetime | None = None
    level: int | None = None
    answer: int | None = None


@dataclass(frozen=True)
class Crises:
    """Leads only; every move is on record in its rows."""

    office: Office

    def view(self, number: int, *, by: str) -> SurgeView:
        """For the window: what is known of a surge that goes on. Raises NotAllowed."""
        must_lead(self.office, by)
        with self.office.db.reading() as session:
            surge = _surge(session, number)
            must_lead_brand(self.office, by, surge.brand)
            if not surge.is_live:
                raise NotAllowed("This surge is over. `/case crisis on` opens a crisis without one.")
            return surge_view(self.office, session, surge)

    def open(self, number: int, plan: Plan, *, by: str) -> list[Switch]:
        """Office hours count for nothing, a level is asked for, people are called in. Raises NotAllowed."""
        must_lead(self.office, by)
        why = plan.why.strip()
        if not why:
            raise NotAllowed("Say why: everybody will ask.")

        def work(session: Session, at: datetime) -> list[Switch]:
            surge = _surge(session, number, lock=True)
            remit = must_lead_brand(self.office, by, surge.brand)
            if not surge.is_live:
                raise NotAllowed("This surge is over. `/case crisis on` opens a crisis without one.")
            if remit.brands and not (plan.queues and set(plan.queues) <= set(remit.queues)):
                raise NotAllowed(f"Choose queues of yours: {', '.join(remit.queues)}.")
            if plan.until is not None and not at < plan.until <= at + FARTHEST:
                raise NotAllowed("The end of a crisis lies in the future, within a year.")
            on = next((row for row in session.scalars(of_surge(number)) if row.is_on(at)), None)
            if on is not None:
                raise NotAllowed(f"<@{on.by}> has opened a crisis about this already.")
            training = self.office.playbook.of(surge.brand).training
            levels = [one.level for one in training.levels] if training else []
            if plan.level is not None and plan.level not in levels:
                raise NotAllowed("The playbook has no such level.")
            members = self._to_call(session, surge.brand, by, at)
            rows = [
                Switch(
                    live=live_key(CRISIS, queue, surge=number),
                    kind=CRISIS,
                    queue=queue,
                    by=by,
                    at=at,
                    until=plan.until,
                    why=shorten(why, WHY_LIMIT),
                    surge_id=number,
                    brand=surge.brand,
                    topic=surge.topic,
                    level=plan.level,
                    answer_id=self._approved(session, plan.answer),
                    called_in=members,
                )
                for queue in plan.queues or [ALL]
            ]
            session.add_all(rows)
            session.flush()
            redraw(self.office, session, surge, at)
            call_in(self.office, session, surge, rows[0], members, at)
            return rows

        return Switches(self.office).switching(work)

    def called(self, brand: str, *, by: str) -> list[str]:
        """Who would be called in now."""
        with self.office.db.reading() as session:
            return self._to_call(session, brand, by, self.office.clock())

    def no_surge(self, number: int, *, by: str) -> None:
        """A lead says that it is none: closed, and remembered. Raises NotAllowed."""
        must_lead(self.office, by)

        def work(session: Session) -> None:
            surge, at = _surge(session, number, lock=True), self.office.clock()
            must_lead_brand(self.office, by, surge.brand)
            if any(row.is_on(at) for row in session.scalars(of_surge(number))):
                raise NotAllowed("A crisis is on about it: stand it down first.")
            surge.end(by=by, at=at, because=NO_SURGE)
            over(self.office, session, surge, at)

        self.office.transact(work)

    def answers(self, brand: str, topic: str | None) -> list[ApprovedAnswer]:
        """For the choice of a holding answer: those for the topic first, then the others by title."""
        with self.office.db.reading() as session:
            known = select(ApprovedAnswer).where(ApprovedAnswer.state == APPROVED)
            approved = session.scalars(known.where(ApprovedAnswer.serves(brand))).all()
        return sorted(approved, key=lambda one: (one.topic != topic, one.title.casefold(), one.language))

    def holding(self, brand: str, answers: Sequence[ApprovedAnswer]) -> int | None:
        """The one that the brand's playbook names."""
        title = self.office.playbook.of(brand).surges.crisis.holding_answer
        named = (one.id for one in answers if title and one.title.casefold() == title.casefold())
        return next(named, None)

    # Helpers.

    def _to_call(self, session: Session, brand: str, by: str, at: datetime) -> list[str]:
        """The brand's leads, and those whom its playbook names; nobody who is away, not whoever opens it."""
        book = self.office.playbook.of(brand)
        named = [one for one in book.specialists if one.name in book.surges.crisis.call_in]
        away = {one.member for one in Away(self.office).all_now(session, at)}
        members = dict.fromkeys([*(one.slack for one in book.leads), *(one.slack for one in named)])
        return [member for member in members if member != by and member not in away]

    @staticmethod
    def _approved(session: Session, number: int | None) -> int | None:
        if number is None:
            return None
        answer = session.get(ApprovedAnswer, number)
        if answer is None or answer.state != APPROVED:
            raise NotAllowed("This answer was retired. Choose another one.")
        return number


def _surge(session: Session, number: int, *, lock: bool = False) -> Surge:
    surge = session.get(Surge, number, with_for_update=lock) if 0 < number < 2**31 else None
    if surge is None:
        raise NotAllowed("There is no such surge.")
    return surge
