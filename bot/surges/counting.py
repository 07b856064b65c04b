"""How many people write about what: now, and in past weeks. By when they wrote, not by when it was heard."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, String, and_, func, select, true
from sqlalchemy import case as sql_case
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session

from models.mention import Mention
from models.post import NO_NAME
from models.source_state import SourceState

QUARTER, HOUR, WEEK = timedelta(minutes=15), timedelta(hours=1), timedelta(weeks=1)
WEEKS = 6
"""Past weeks that tell what is usual."""
LEARNING = 2 * WEEK + HOUR
"""So long a source must have been heard before its posts can be far more than usual."""

Key = tuple[str, str | None]
"""A brand and a topic; no topic: whatever has none."""
Counts = Mapping[Key, int]


@dataclass(frozen=True)
class Heard:
    """The sources whose posts count, since when all of them are heard, and until when others are learning."""

    names: Sequence[str]
    since: datetime | None
    learning: Mapping[str, datetime]

    @property
    def silent_until(self) -> datetime | None:
        """While nothing can be far more than usual, because no source is known for long enough."""
        return min(self.learning.values(), default=None) if self.since is None else None


def heard(session: Session, at: datetime) -> Heard:
    """By the oldest post of each source: connecting one brings its newest posts, without gaps."""
    begins: dict[str, datetime] = {}
    for name in session.scalars(select(SourceState.name)):
        oldest = session.scalar(select(func.min(Mention.created_at)).where(Mention.heard_from == name[:80]))
        if oldest is not None:
            begins[name[:80]] = oldest
    known = {name: since for name, since in begins.items() if since + LEARNING <= at}
    learning = {name: since + LEARNING for name, since in begins.items() if name not in known}
    # What people log by hand comes from no source; it counts, and tells nothing about since when.
    return Heard(sorted([*known, ""]), max(known.values(), default=None), learning)


def people_now(session: Session, names: Collection[str], at: datetime) -> Counts:
    """Of the quarter of an hour that ends at `at`. Posts that are dated ahead of our clock count as now."""
    begin = at - QUARTER
    return _people(session, names, [Mention.created_at > begin, Mention.stored_at > begin])


def people_between(session: Session, names: Collection[str], begin: datetime, end: datetime) -> Counts:
    """Of begin < t <= end."""
    return _people(session, names, [Mention.created_at > begin, Mention.created_at <= end])


def past_weeks(session: Session, known: Heard, at: datetime, zone: str) -> list[Counts]:
    """The hour around this quarter, one for each past week that all known sources were heard in."""
    weeks: list[Counts] = []
    for begin, end in hours_before(at, zone):
        if known.since is None or begin < known.since:
            break
        weeks.append(people_between(session, known.names, begin, end))
    return weeks


def hours_before(at: datetime, zone: str) -> Iterator[tuple[datetime, datetime]]:
    """That hour in past weeks, the latest first; by the clock on the wall, which summer time moves."""
    wall = (at - QUARTER / 2).astimezone(ZoneInfo(zone))
    for week in range(1, WEEKS + 1):
        middle = (wall.replace(tzinfo=None) - week * WEEK).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        yield middle - HOUR / 2, middle + HOUR / 2


def of_key(counts: Counts, brand: str, topic: str | None, without: Collection[str | None] = ()) -> int:
    """People who write about a topic; without one, about the brand, but for the topics in `without`."""
    if topic is not None:
        return counts.get((brand, topic), 0)
    return sum(n for (name, about), n in counts.items() if name == brand and about not in without)


def counted() -> ColumnElement[bool]:
    """What somebody has to see. Ads, namesakes and bare reposts are set aside."""
    return and_(Mention.shown, Mention.case_id.is_not(None))


def about(brand: str, topic: str | None) -> ColumnElement[bool]:
    """Posts that belong to a surge of this brand and topic (none: all topics)."""
    return and_(Mention.brand == brand, true() if topic is None else Mention.topic == topic)


def _people(session: Session, names: Collection[str], when: Sequence[ColumnElement[bool]]) -> Counts:
    """Somebody who writes ten posts is one; people whose names nobody knows are as many as their posts."""
    nobody = sql_case((Mention.author == NO_NAME, sql_cast(Mention.id, String)), else_="")
    who = Mention.source + "|" + Mention.author + "|" + nobody
    rows = session.execute(
        select(Mention.brand, Mention.topic, func.count(who.distinct()))
        .where(Mention.heard_from.in_(names), *when, counted())
        .group_by(Mention.brand, Mention.topic)
    )
    return {(brand, topic): int(count) for brand, topic, count in rows}
