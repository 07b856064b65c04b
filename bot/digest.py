"""The daily message to a team lead: its figures, and whose turn it is."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from bot.brands import cases_of, mentions_of
from bot.digest_cases import CaseLine, broken_promises, lines, nobody_accepted, open_at, switched
from bot.lessons.standing import Standing, standings
from bot.office import Office
from bot.surges.days import SurgeOfDay, surges_between
from config.playbook import Playbook
from config.remits import Remit
from config.staff import Lead
from models.case import Case
from models.digest import DigestSent
from models.errors import NotAllowed
from models.escalation import ASKED, Escalation
from models.event import Event
from models.mention import Mention
from models.moves import OPEN
from models.outbox import NORMAL, Outbox, put
from models.source_state import SourceState
from models.switch import Switch


@dataclass(frozen=True)
class Figures:
    """What the digest says, over `since` < t <= `until` (aware UTC), for the lead's queues.

    `unanswered` and `promises_broken` are as of `until`; `paused` (waiting for their customer) and
    `unaccepted` (one specialist or more let them pass) as of now. Times to first response are in seconds.
    """

    lead: Lead
    whose: str
    """The lead's queues, or brands, in words."""
    since: datetime
    until: datetime
    unanswered: list[CaseLine]
    unanswered_total: int
    promises_broken: list[CaseLine]
    promises_kept: int
    paused: int
    unaccepted: list[CaseLine]
    unaccepted_total: int
    switched: list[Switch]
    learned: list[Standing]
    """How well the sift does with what the team taught it."""
    surges: list[SurgeOfDay]
    awaiting_specialist: int
    mentions: int
    set_aside: int
    opened: int
    answered: int
    in_time: int
    median_first_response: float | None
    resolved: int
    dismissed: int
    with_story: int
    """Closed because what was said in the first case of their story serves them too."""
    parked: int
    failing_sources: list[str]


def window(lead: Lead, day: date) -> tuple[datetime, datetime]:
    """The digest of `day`: from the lead's digest time the day before up to that day's."""
    zone = ZoneInfo(lead.time_zone)
    until = datetime.combine(day, lead.digest_at, zone)
    since = datetime.combine(day - timedelta(days=1), lead.digest_at, zone)
    return since.astimezone(ZoneInfo("UTC")), until.astimezone(ZoneInfo("UTC"))


def figures(session: Session, playbook: Playbook, remit: Remit, since: datetime, until: datetime) -> Figures:
    """Counts what happened in the window, from the tables alone."""
    lead, mine = remit.lead, cases_of(remit)
    # As of `until`: opened by then, and neither answered nor closed by then.
    silent = (
        mine
        & (Case.opened_at <= until)
        & (Case.first_response_at.is_(None) | (Case.first_response_at > until))
        & open_at(until)
    )
    paused = mine & Case.stage.in_(OPEN) & (Case.paused_at <= until)
    passed_on = nobody_accepted(mine)
    responses = session.execute(
        select(Case.opened_at, Case.first_response_at, Case.respond_by).where(
            mine, Case.first_response_at > since, Case.first_response_at <= until
        )
    ).all()
    posts = select(func.count(Mention.id)).where(
        mentions_of(remit), Mention.stored_at > since, Mention.stored_at <= until
    )
    whose = ", ".join(remit.brands or lead.queues) or "All queues"
    return Figures(
        lead=lead,
        whose=whose,
        since=since,
        until=until,
        unanswered=lines(session, silent),
        unanswered_total=_count(session, silent),
        promises_broken=broken_promises(session, mine, since, until),
        promises_kept=_events(session, "promise_kept", mine, since, until),
        paused=_count(session, paused),
        unaccepted=lines(session, passed_on),
        unaccepted_total=_count(session, passed_on),
        switched=switched(session, lead, remit.queues, since, until),
        learned=[one for one in standings(session, playbook, until) if remit.has(one.brand)],
        surges=[one for one in surges_between(session, since, until) if remit.has(one.surge.brand)],
        awaiting_specialist=session.scalar(
            select(func.count(Escalation.id)).join(Case).where(mine, Escalation.state == ASKED)
        )
        or 0,
        mentions=session.scalar(posts) or 0,
        set_aside=session.scalar(posts.where(Mention.shown.is_(False))) or 0,
        opened=session.scalar(
            select(func.count(Case.id)).where(mine, Case.opened_at > since, Case.opened_at <= until)
        )
        or 0,
        answered=len(responses),
        in_time=sum(at is not None and at <= by for _, at, by in responses),
        median_first_response=(
            median((at - opened).total_seconds() for opened, at, _ in responses if at) if responses else None
        ),
        resolved=_events(session, "resolve", mine, since, until),
        dismissed=_events(session, "dismiss", mine, since, until),
        with_story=_events(session, "answer_with", mine, since, until),
        parked=session.scalar(select(func.count(Outbox.id)).where(Outbox.parked_at.is_not(None))) or 0,
        failing_sources=list(
            session.scalars(select(SourceState.name).where(SourceState.failing_since.is_not(None)))
        ),
    )


@dataclass(frozen=True)
class Digests:
    """One row per lead and date, so that a digest goes out once, whoever makes it."""

    office: Office

    def make_due(self) -> int:
        """Puts today's digest of every lead whose time has come into the outbox. Returns how many."""
        now = self.office.clock()
        made = 0
        for lead in (remit.lead for remit in self.office.playbook.remits.values()):
            today = now.astimezone(ZoneInfo(lead.time_zone)).date()
            if now >= window(lead, today)[1]:
                made += self.make(lead, today)
        return made

    def today_so_far(self, member: str) -> Figures:
        """For `/digest`: since the last digest time. A person who leads nothing sees all queues."""
        remit = self._remit(member)
        lead, now = remit.lead, self.office.clock()
        last = now.astimezone(ZoneInfo(lead.time_zone)).date()
        if window(lead, last)[1] > now:
            last -= timedelta(days=1)
        with self.office.db.reading() as session:
            return figures(session, self.office.playbook, remit, window(lead, last)[1], now)

    def lead_called(self, name: str) -> Lead:
        """The lead with that name or member id. Raises NotAllowed, naming those there are."""
        leads = [remit.lead for remit in self.office.playbook.remits.values()]
        lead = next((one for one in leads if name in (one.name, one.slack)), None)
        if lead is None:
            have = ", ".join(one.name for one in leads)
            raise NotAllowed(f"There is no lead {name!r} in the playbook (there are: {have}).")
        return lead

    def of_date(self, lead: Lead, day: date) -> Figures:
        """The digest of a date, made now from what is stored."""
        with self.office.db.reading() as session:
            return figures(session, self.office.playbook, self._remit(lead.slack), *window(lead, day))

    def sent(self, session: Session, digest_id: int) -> Figures:
        """The figures of a digest that was made."""
        row = session.get_one(DigestSent, digest_id)
        remit = self._remit(row.lead)
        return figures(session, self.office.playbook, remit, *window(remit.lead, row.date))

    def last_day(self, lead: Lead) -> date:
        """The date of the newest digest whose time is over."""
        now = self.office.clock()
        today = now.astimezone(ZoneInfo(lead.time_zone)).date()
        return today if window(lead, today)[1] <= now else today - timedelta(days=1)

    def make(self, lead: Lead, day: date) -> bool:
        """Puts the lead's digest of `day` into the outbox; False when it was made before, or says nothing."""
        _, until = window(lead, day)
        now = self.office.clock()
        if now < until:
            raise NotAllowed(f"The digest of {day} is not over yet; with --print you see it so far.")

        def work(session: Session) -> bool:
            made = select(DigestSent.id).where(DigestSent.lead == lead.slack, DigestSent.date == day)
            # Before the first mention there is nothing to tell: no empty digest on the day of setting up.
            begun = select(Mention.id).where(Mention.stored_at <= until).order_by(Mention.stored_at).limit(1)
            if session.scalar(made) is not None or session.scalar(begun) is None:
                return False
            row = DigestSent(lead=lead.slack, date=day, made_at=now)
            session.add(row)
            session.flush()
            put(
                session,
                f"digest:{lead.slack}:{day}",
                kind="digest",
                subject=row.id,
                channel=lead.slack,
                at=now,
                priority=NORMAL,
            )
            return True

        return self.office.transact(work)

    def _remit(self, member: str) -> Remit:
        book = self.office.playbook
        everything = Remit(book.leads[0], tuple(queue.name for queue in book.queues))
        return book.remits.get(member, everything)


def _count(session: Session, which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(Case.id)).where(which)) or 0


def _events(session: Session, what: str, mine: ColumnElement[bool], since: datetime, until: datetime) -> int:
    # A case that was closed, opened again and closed again in one window counts once.
    return (
        session.scalar(
            select(func.count(func.distinct(Event.case_id)))
            .join(Case, Case.id == Event.case_id)
            .where(mine, Event.what == what, Event.at > since, Event.at <= until)
        )
        or 0
    )
