"""The people of the workspace: who can have a case, and what happens to the cases of those who left."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.office import Office
from bot.once import beside_it
from bot.workspace import Member, Unreachable
from models.case import Case
from models.employee import Employee
from models.errors import NotAllowed
from models.escalation import ASKED, Escalation
from models.moves import CLAIMED
from models.people import BOT, BOT_ID, named

log = structlog.get_logger()
CHECKED_EVERY = timedelta(minutes=10)
AT_ONCE = 10
"""People asked about in one run of the job, once a minute: Slack allows a hundred a minute."""
Look = Callable[[str], Member | None]


@dataclass(frozen=True)
class People:
    """`look` asks the workspace about one person."""

    office: Office
    look: Look

    def must_be_able_to_have_cases(self, member: str) -> None:
        """Raises NotAllowed for bots, for accounts that were deactivated, and for nobody at all.

        When Slack does not answer, what it last said counts.
        """
        try:
            found = self.look(member)
        except Unreachable:
            known = self._known(member)
            if known is not None and (known.bot or known.left_at):
                raise NotAllowed(_cannot(member, bot=known.bot)) from None
            return
        if found is None:
            raise NotAllowed("There is no such person in this workspace.")
        self.seen(found)
        if found.bot or found.left:
            raise NotAllowed(_cannot(member, bot=found.bot))

    def seen(self, found: Member) -> int:
        """What Slack says of somebody now. If they left, their cases are freed: returns how many."""
        with beside_it():
            self.office.transact(lambda session: self._remember(session, found))
            return self._free_cases(found.id) if found.left else 0

    def changed(self, found: Member) -> None:
        """Slack tells of a change. In a large workspace most are about people whom no case concerns."""
        if found.left or self._known(found.id) is not None:
            self.seen(found)

    def answers_in(self, member: str, languages: Sequence[str]) -> None:
        """The languages this person answers in, as two letters; none: all. `/claim` brings no others."""

        def work(session: Session) -> None:
            known = session.get(Employee, member)
            if known is None:
                known = Employee(id=member, name="", seen_at=self.office.clock())
                session.add(known)
            known.languages = list(languages) or None
            self.office.refresh_homes(session, [member], self.office.clock())

        self.office.transact(work)

    def known_to_have_left(self, member: str) -> bool:
        known = self._known(member)
        return known is not None and known.left_at is not None

    def check(self) -> int:
        """Asks about those on whom a case depends, a few at a time. Returns how many cases were freed."""
        now = self.office.clock()
        with self.office.db.reading() as session:
            concerned = self._concerned(session)
            known = {
                one.id: one for one in session.scalars(select(Employee).where(Employee.id.in_(concerned)))
            }
        freed = sum(self._free_cases(one) for one in concerned if one in known and known[one].left_at)
        due = [one for one in concerned if one not in known or known[one].seen_at <= now - CHECKED_EVERY]
        due.sort(key=lambda one: known[one].seen_at.timestamp() if one in known else 0)
        for member in due[:AT_ONCE]:
            try:
                found = self.look(member)
            except Unreachable as error:
                log.warning("the workspace did not say who somebody is", why=str(error))
                break
            before = known.get(member)
            nobody = Member(member, before.name if before else member, left=True)
            freed += self.seen(found or nobody)
        return freed

    # Helpers, in the order in which they are called.

    def _known(self, member: str) -> Employee | None:
        with self.office.db.reading() as session:
            return session.get(Employee, member)

    def _remember(self, session: Session, found: Member) -> None:
        now = self.office.clock()
        known = session.get(Employee, found.id)
        if known is None:
            known = Employee(id=found.id, name=found.name[:120], seen_at=now)
            session.add(known)
        known.name, known.seen_at, known.bot = found.name[:120], now, found.bot
        known.left_at = (known.left_at or now) if found.left else None

    def _concerned(self, session: Session) -> list[str]:
        """Owners of cases in work, colleagues who are offered one, and specialists who are asked."""
        claimed = select(Case.owner, Case.offered_to).where(Case.stage == CLAIMED)
        people = {member for row in session.execute(claimed.distinct()) for member in row if member}
        people |= set(session.scalars(select(Escalation.specialist).where(Escalation.state == ASKED)))
        return sorted(people - {BOT_ID})

    def _free_cases(self, member: str) -> int:
        """Whatever waits for somebody who left goes on without them; leads are told once of what it was."""
        with self.office.db.reading() as session:
            concerned = session.execute(
                select(Case.id, Case.owner, Case.brand)
                .where(Case.stage == CLAIMED, or_(Case.owner == member, Case.offered_to == member))
                .order_by(Case.id)
            ).all()
            requests = session.execute(
                select(Escalation.id, Escalation.case_id).where(
                    Escalation.specialist == member, Escalation.state == ASKED
                )
            ).all()
        freed: dict[str, list[tuple[int, str]]] = {}
        for number, owner, brand in concerned:
            if owner == member and self._release(number, member):
                leads = self.office.playbook.of(brand).leads_channel
                freed.setdefault(leads, []).append((number, brand))
        for number, owner, _ in concerned:
            if owner != member:
                self.office.change(number, partial(self._take_offer_back, member))
        now = self.office.clock()
        for escalation, number in requests:
            self.office.change(number, partial(_answer_is_due, escalation))
        for theirs in freed.values():
            numbers, brand = [number for number, _ in theirs], theirs[0][1]
            key = f"left:{member}:{numbers[0]}:{now.timestamp():.0f}"
            told = f":wave: {named(member)}'s account was deactivated. {_wait(numbers)} for somebody again."
            self.office.transact(partial(self._tell_leads, key, told, brand))
        return sum(map(len, freed.values()))

    def _tell_leads(self, key: str, text: str, brand: str, session: Session) -> None:
        self.office.tell_leads(session, key, text, brand)

    def _release(self, number: int, member: str) -> bool:
        def use(session: Session, case: Case, at: datetime) -> bool:
            if case.stage != CLAIMED or case.owner != member:
                return False
            case.release(by=BOT, at=at, why=f"{named(member)}'s account was deactivated")
            return True

        return self.office.change(number, use)

    def _take_offer_back(self, member: str, session: Session, case: Case, at: datetime) -> None:
        if case.stage != CLAIMED or case.offered_to != member:
            return
        case.keep(by=BOT, at=at)
        if case.owner is not None:
            self.office.tell(
                session,
                f"offer_left:{case.id}:{len(case.events)}",
                case.owner,
                f"{named(member)}'s account was deactivated, so case {case.id} stays with you.",
            )


def _answer_is_due(escalation: int, session: Session, case: Case, at: datetime) -> None:
    """Nobody will answer this request: the clock asks the next in line at once."""
    asked = session.get_one(Escalation, escalation, with_for_update=True)
    if asked.state == ASKED and asked.acknowledge_by > at:
        asked.acknowledge_by = at


def _wait(numbers: Sequence[int]) -> str:
    shown = ", ".join(str(number) for number in numbers[:20])
    more = f" and {len(numbers) - 20} more" if len(numbers) > 20 else ""
    return f"Case {shown} waits" if len(numbers) == 1 else f"Cases {shown}{more} wait"


def _cannot(member: str, *, bot: bool) -> str:
    why = "is a bot" if bot else "has left: their account is deactivated"
    return f"{named(member)} {why}. Name a colleague who can have a case."
