"""What is known of a surge as things are now: the picture that its alarm and its chart are drawn from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from bot.office import Office
from bot.surges.counting import QUARTER, about, counted, heard, hours_before, of_key, people_between
from bot.surges.statistic import usual_of
from config.playbook import Playbook
from models.approved_answer import ApprovedAnswer
from models.case import Case
from models.mention import Mention
from models.moves import WAITING
from models.surge import Surge
from models.switch import Switch

SHOWN_BEFORE = timedelta(hours=3)
LONGEST = timedelta(hours=24)
"""A chart shows so much at the most."""
SPARKS = 16
LOUDEST = 3
READ = 500
"""The newest posts among which the loudest are found."""


@dataclass(frozen=True)
class SurgeView:
    """One surge as of `now`. `course`: people in each past quarter of an hour, the latest last."""

    surge: Surge
    playbook: Playbook
    now: datetime
    zone: str
    course: Sequence[int]
    posts: int
    people: int
    languages: Sequence[tuple[str, int]]
    loudest: Sequence[Mention]
    waiting: Sequence[tuple[str, int]]
    """Channels of queues, with how many of its cases wait there."""
    crisis: Sequence[Switch]
    """The rows of its newest crisis, on or over; one for each queue."""
    answer: str | None
    """The title of the crisis's holding answer."""

    @property
    def crisis_on(self) -> Switch | None:
        """The crisis while it is on."""
        return next((one for one in self.crisis if one.live is not None and one.is_on(self.now)), None)


@dataclass(frozen=True)
class Course:
    """For the chart: times at which quarters end, people in each, and what is usual in each."""

    times: Sequence[datetime]
    people: Sequence[int]
    usual: Sequence[float]
    began_at: datetime
    ended_at: datetime | None
    crises: Sequence[tuple[datetime, datetime | None]]
    zone: str


def surge_view(office: Office, session: Session, surge: Surge) -> SurgeView:
    """Counted anew; what was said of it stays within the surge's time."""
    now = office.clock()
    end = surge.ended_at or now
    within = (
        about(surge.brand, surge.topic),
        counted(),
        Mention.created_at > surge.began_at,
        Mention.created_at <= end,
        Mention.stored_at > surge.began_at,
    )
    languages = session.execute(
        select(Mention.language, func.count(Mention.id))
        .where(*within)
        .group_by(Mention.language)
        .order_by(func.count(Mention.id).desc(), Mention.language)
    )
    spoken = [(language, int(count)) for language, count in languages]
    rows = session.scalars(select(Switch).where(Switch.surge_id == surge.id).order_by(Switch.id.desc())).all()
    crisis = [row for row in rows if row.at == rows[0].at]
    answer = session.get(ApprovedAnswer, crisis[0].answer_id) if crisis and crisis[0].answer_id else None
    people = select(func.count(func.distinct(Mention.source + "|" + Mention.author))).where(*within)
    return SurgeView(
        surge=surge,
        playbook=office.playbook.of(surge.brand),
        now=now,
        zone=office.playbook.everything.time_zone,
        course=_people(session, surge, _quarters(max(end - SPARKS * QUARTER, end - LONGEST), end), now),
        posts=sum(count for _, count in spoken),
        people=session.scalar(people) or 0,
        languages=spoken,
        loudest=_loudest(session, within),
        waiting=_waiting(office, session, surge),
        crisis=crisis,
        answer=answer.title if answer else None,
    )


def course(office: Office, session: Session, surge: Surge, until: datetime) -> Course:
    """From three hours before it began."""
    begin = max(surge.began_at - SHOWN_BEFORE, until - LONGEST)
    times = _quarters(begin, until)
    zone = office.playbook.everything.time_zone
    switches = session.scalars(select(Switch).where(Switch.surge_id == surge.id).order_by(Switch.id))
    return Course(
        times,
        _people(session, surge, times, office.clock()),
        _usual(session, surge, times, zone, office.clock()),
        surge.began_at,
        surge.ended_at,
        sorted({(one.at, one.stops) for one in switches}, key=lambda pair: pair[0]),
        zone,
    )


# Helpers.


def _quarters(begin: datetime, end: datetime) -> list[datetime]:
    """When each quarter of an hour ends, the last one at `end`."""
    count = max(1, round((end - begin) / QUARTER))
    return [end - n * QUARTER for n in reversed(range(count))]


def _people(session: Session, surge: Surge, times: Sequence[datetime], now: datetime) -> list[int]:
    names = heard(session, now).names
    return [
        of_key(people_between(session, names, at - QUARTER, at), surge.brand, surge.topic) for at in times
    ]


def _usual(
    session: Session, surge: Surge, times: Sequence[datetime], zone: str, now: datetime
) -> list[float]:
    """Looked up once for each hour, which is what it is counted by."""
    known, usual, found = heard(session, now), 0.0, []
    for n, at in enumerate(times):
        if n % 4 == 0:
            weeks = [
                of_key(people_between(session, known.names, begin, end), surge.brand, surge.topic)
                for begin, end in hours_before(at, zone)
                if known.since is not None and begin >= known.since
            ]
            usual = usual_of(weeks).typical if weeks else 0.0
        found.append(usual)
    return found


def _loudest(session: Session, within: Sequence[ColumnElement[bool]]) -> list[Mention]:
    """By the audience of their authors and by how often they were passed on; one for each author."""
    there = select(Mention).where(*within, Mention.gone_at.is_(None))
    newest = session.scalars(there.order_by(Mention.id.desc()).limit(READ))
    by_author: dict[tuple[str, str], Mention] = {}
    for mention in sorted(newest, key=loudness, reverse=True):
        if loudness(mention) > 0:
            by_author.setdefault((mention.source, mention.author), mention)
    return list(by_author.values())[:LOUDEST]


def loudness(mention: Mention) -> int:
    """A repost reaches some hundred people more."""
    counts = mention.metrics or {}
    numbers = [counts.get("followers", 0), 200 * counts.get("reposts", 0)]
    return sum(n for n in numbers if isinstance(n, int) and n > 0)


def _waiting(office: Office, session: Session, surge: Surge) -> list[tuple[str, int]]:
    mine = select(Mention.case_id).where(
        about(surge.brand, surge.topic), counted(), Mention.created_at > surge.began_at
    )
    rows = session.execute(
        select(Case.queue, func.count(Case.id))
        .where(Case.stage == WAITING, Case.id.in_(mine))
        .group_by(Case.queue)
        .order_by(func.count(Case.id).desc(), Case.queue)
    )
    return [(office.playbook.queue(queue).channel, int(count)) for queue, count in rows]
