"""Who is away: said with `/case away`, or by their Slack status. Nothing is asked of them meanwhile."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.blocks.text import clock_time, escape, shorten
from bot.office import Office
from models.absence import Absence
from models.case import Case
from models.errors import NotAllowed
from models.escalation import ASKED, WAITS, Escalation
from models.moves import CLAIMED
from models.people import named

LONGEST = timedelta(days=366)
WHY_LIMIT = 200


@dataclass(frozen=True)
class Gone:
    """Somebody who is away now. `until` is None where their Slack status does not say."""

    member: str
    until: datetime | None
    why: str | None
    by: str | None
    """Who said so; None: their Slack status."""


class Statuses(Protocol):
    """What people's Slack statuses say."""

    def refresh(self, members: Collection[str]) -> None:
        """Asks Slack, in a second or two at most; never within a transaction."""

    def of(self, member: str, at: datetime) -> Gone | None:
        """What was read last; None: there, or nothing is known."""


class NoStatuses:
    """Where Slack can't be asked."""

    def refresh(self, members: Collection[str]) -> None:
        pass

    def of(self, member: str, at: datetime) -> Gone | None:
        return None


NO_STATUSES = NoStatuses()


@dataclass(frozen=True)
class Away:
    """Set, end, and who is away now."""

    office: Office
    statuses: Statuses = NO_STATUSES

    def set(self, member: str, until: datetime, *, by: str, why: str | None = None) -> Gone:
        """From now until `until` (aware). Said again, the newest counts. For others only leads may.

        What is asked of them now goes to the next in line. Raises NotAllowed.
        """
        self._must_be_allowed(member, by)
        why = shorten((why or "").replace("\x00", "").strip(), WHY_LIMIT) or None

        def work(session: Session) -> Gone:
            at = self.office.clock()
            if until <= at:
                raise NotAllowed("That time is over already: choose a later day or hour.")
            if until > at + LONGEST:
                raise NotAllowed("That is more than a year ahead: choose an earlier day.")
            self._end(session, member, by, at)
            session.add(Absence(member=member, since=at, until=until, by=by, why=why))
            # Their deadlines are over, so the clock asks the next in line at its next turn.
            asked = (Escalation.specialist == member, Escalation.state == ASKED)
            session.execute(update(Escalation).where(*asked).values(acknowledge_by=at))
            self.office.refresh_homes(session, [member, by], at)
            if by != member:
                told = f"<@{by}> set you away until {self.words(until)}. `/case back` ends it."
                self.office.tell(session, f"away:{member}:{until.timestamp():.0f}", member, told)
            return Gone(member, until, why, by)

        return self.office.transact(work)

    def end(self, member: str, *, by: str) -> bool:
        """They are back. False: they were not away. Raises NotAllowed."""
        self._must_be_allowed(member, by)

        def work(session: Session) -> bool:
            at = self.office.clock()
            ended = self._end(session, member, by, at)
            if ended:
                # Cases that wait for somebody to come to work are looked at again: it may be them.
                session.execute(update(Escalation).where(Escalation.state == WAITS).values(ask_at=at))
                self.office.refresh_homes(session, [member, by], at)
            return ended

        return self.office.transact(work)

    def of(self, member: str) -> Gone | None:
        """Whether this person is away now; their Slack status is asked too."""
        self.statuses.refresh([member])
        with self.office.db.reading() as session:
            return self.among(session, [member], self.office.clock()).get(member)

    def among(self, session: Session, members: Collection[str], at: datetime) -> dict[str, Gone]:
        """Those of `members` who are away at `at`, as far as is known (`statuses.refresh` asks anew)."""
        gone = {m: status for m in members if (status := self.statuses.of(m, at)) is not None}
        rows = session.scalars(
            select(Absence)
            .where(
                Absence.member.in_(members),
                Absence.since <= at,
                Absence.until > at,
                Absence.ended_at.is_(None),
            )
            .order_by(Absence.id)
        )
        return gone | {row.member: Gone(row.member, row.until, row.why, row.by) for row in rows}

    def all_now(self, session: Session, at: datetime) -> list[Gone]:
        """Everybody who said so and is away at `at`, first back first."""
        rows = session.scalars(
            select(Absence)
            .where(Absence.since <= at, Absence.until > at, Absence.ended_at.is_(None))
            .order_by(Absence.until, Absence.id)
        )
        newest = {row.member: Gone(row.member, row.until, row.why, row.by) for row in rows}
        return list(newest.values())

    def must_be_here(self, session: Session, member: str, at: datetime) -> None:
        """Raises NotAllowed with until when they are away."""
        gone = self.among(session, [member], at).get(member)
        if gone is not None:
            raise NotAllowed(self.sentence(gone))

    def sentence(self, gone: Gone) -> str:
        """Who is away, until when and why."""
        until = f" until {self.words(gone.until)}" if gone.until else ""
        why = f" ({escape(gone.why)})" if gone.why else ""
        says = ", as their Slack status says" if gone.by is None else ""
        return f"{named(gone.member)} is away{until}{why}{says}. Choose somebody else."

    def words(self, at: datetime | None) -> str:
        """A moment as leads and colleagues read it."""
        if at is None:
            return "later"
        return clock_time(at, self.office.playbook.everything.time_zone, self.office.clock())

    def zone_of(self, member: str) -> str:
        """Where this person's days begin: as the playbook knows them, else as the desk's widest queue."""
        books = self.office.playbook.books
        zones = {one.slack: one.time_zone for book in reversed(books) for one in book.leads}
        zones |= {one.slack: one.time_zone for book in reversed(books) for one in book.specialists}
        return zones.get(member, self.office.playbook.everything.time_zone)

    def cases_of(self, member: str) -> list[int]:
        """What somebody has on their desk while they are away."""
        with self.office.db.reading() as session:
            mine = select(Case.id).where(Case.owner == member, Case.stage == CLAIMED).order_by(Case.id)
            return list(session.scalars(mine.limit(20)))

    # Helpers.

    def _must_be_allowed(self, member: str, by: str) -> None:
        if by != member and by not in self.office.playbook.remits:
            raise NotAllowed("Only a lead can say that of somebody else.")

    @staticmethod
    def _end(session: Session, member: str, by: str, at: datetime) -> bool:
        open_ = session.scalars(
            select(Absence)
            .where(Absence.member == member, Absence.until > at, Absence.ended_at.is_(None))
            .with_for_update()
        ).all()
        for row in open_:
            row.ended_at, row.ended_by = at, by
        return bool(open_)
