"""The Home tab: what one person needs to see of the desk, and when it is shown anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.case_view import CaseView
from bot.home_lead import LeadNow, lead_now
from bot.office import Office, home_key
from bot.switches import Switches
from bot.training import Standing, Training
from bot.waiting import Count, Waiting
from config.courses import courses
from config.playbook import Playbook
from models.case import Case
from models.escalation import ASKED, Escalation
from models.handover import ASKED as OFFERED
from models.handover import Handover
from models.moves import CLAIMED, ESCALATED
from models.outbox import SOON, put
from models.switch import CRISIS, Switch

HOME = "home"
"""The kind of an outbox row that is published as somebody's Home tab. It exists once they opened it."""
MINE, CLAIMABLE, ASKED_OF_ME, PEOPLE = 15, 5, 8, 10
"""How many of each are shown one by one; the rest is a number."""


@dataclass(frozen=True)
class Request:
    """A case that waits for this person's yes."""

    id: int
    asked_by: str
    acknowledge_by: datetime
    view: CaseView


@dataclass(frozen=True)
class Offered:
    """A case that a colleague asks this person to take over."""

    id: int
    asked_by: str
    view: CaseView


@dataclass(frozen=True)
class HomeView:
    """One person's Home as of `now`."""

    member: str
    playbook: Playbook
    zone: str
    """Of the queue that takes everything: the desk's own time."""
    now: datetime
    mine: list[CaseView]
    mine_total: int
    queue: list[CaseView]
    waiting: Count
    languages: tuple[str, ...]
    """Those that they answer in; none: all."""
    requests: list[Request]
    offered: list[Offered]
    standing: Standing | None
    """None where the playbook has no training."""
    next_level: str | None
    next_courses: list[str]
    """Titles that are missing to `next_level`."""
    crises: list[Switch]
    lead: LeadNow | None


@dataclass(frozen=True)
class Homes:
    """Opening one's Home, and keeping it current."""

    office: Office

    def opened(self, member: str) -> None:
        """Somebody looks at their Home: it is published now, and from now on when something changes."""
        now = self.office.clock()

        def work(session: Session) -> None:
            row = put(
                session, home_key(member), kind=HOME, channel=member, at=now, priority=SOON,
                payload={"opened": now.isoformat()},
            )  # fmt: skip
            if row.parked_at is not None:  # Slack refused it once; that they opened it is a new reason to try
                row.parked_at, row.due_at = None, now

        self.office.transact(work)

    def refresh(self, member: str) -> None:
        """What this person did on their Home may have changed it."""
        self.office.transact(
            lambda session: self.office.refresh_homes(session, [member], self.office.clock())
        )

    def view(self, session: Session, member: str) -> HomeView:
        """Everything that this person's Home shows, as things are now."""
        now, person = self.office.clock(), self.office.person(member, None)
        mine = select(Case).where(Case.owner == member, Case.stage.in_((CLAIMED, ESCALATED)))
        owned = sorted(session.scalars(mine), key=next_deadline)
        waiting = Waiting(self.office)
        urgent = waiting.for_(session, person, now, CLAIMABLE)
        found = {case.id: case for case in session.scalars(select(Case).where(Case.id.in_(urgent)))}
        count = waiting.count(session, person, now)
        remit = self.office.playbook.remits.get(member)
        standing, level, missing = self._training(session, member)
        return HomeView(
            member=member,
            playbook=self.office.playbook,
            zone=self.office.playbook.everything.time_zone,
            now=now,
            mine=self.office.views(session, owned[:MINE]),
            mine_total=len(owned),
            queue=self.office.views(session, [found[number] for number in urgent if number in found]),
            waiting=count,
            languages=waiting.languages(session, member),
            requests=self._requests(session, member),
            offered=self._offered(session, member),
            standing=standing,
            next_level=level,
            next_courses=missing,
            crises=[one for one in Switches(self.office).now(session) if one.kind == CRISIS],
            lead=lead_now(self.office, session, remit, now) if remit is not None else None,
        )

    # Helpers, in the order in which they are called.

    def _training(self, session: Session, member: str) -> tuple[Standing | None, str | None, list[str]]:
        """How this person stands, the next level there is to reach, and the courses missing to it."""
        training = Training(self.office)
        rules = training.known_rules
        if rules is None:
            return None, None, []
        standing = training.standing_in(session, member)
        following = next((one for one in rules.levels if one.level > standing.level and one.courses), None)
        if following is None:
            return standing, None, []
        needed = [key for one in rules.levels if one.level <= following.level for key in one.courses]
        titles = [courses()[key].title for key in dict.fromkeys(needed) if key not in standing.until]
        return standing, following.name, titles

    def _requests(self, session: Session, member: str) -> list[Request]:
        asked = session.scalars(
            select(Escalation)
            .where(Escalation.specialist == member, Escalation.state == ASKED)
            .order_by(Escalation.acknowledge_by, Escalation.id)
            .limit(ASKED_OF_ME)
        )
        return [
            Request(one.id, one.asked_by, one.acknowledge_by, self.office.view(session, one.case))
            for one in asked
        ]

    def _offered(self, session: Session, member: str) -> list[Offered]:
        offers = session.scalars(
            select(Handover)
            .where(Handover.colleague == member, Handover.state == OFFERED)
            .order_by(Handover.id)
            .limit(ASKED_OF_ME)
        )
        return [Offered(one.id, one.asked_by, self.office.view(session, one.case)) for one in offers]


def next_deadline(case: Case) -> datetime:
    """The nearest time that counts for its owner: an answer while there is none, a promise, the solution."""
    times: Sequence[datetime | None] = (
        case.respond_by if case.first_response_at is None else None,
        case.promised_for,
        case.resolve_by if case.paused_at is None else None,
    )
    return min((at for at in times if at is not None), default=case.resolve_by)
