"""The cases that a digest names, and what leads switched in its time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists, func, select, union_all
from sqlalchemy.orm import Session

from config.staff import Lead
from models.case import Case
from models.escalation import PASSED_ON, Escalation
from models.event import Event
from models.moves import ESCALATED, OPEN
from models.switch import ALL, HOURS, Switch

LISTED = 12
"""Cases named in one section; the rest is a number."""


@dataclass(frozen=True)
class CaseLine:
    """A case in a list: enough to know whether to open it."""

    id: int
    author: str
    kind: str
    topic: str | None
    queue: str
    owner: str | None
    opened_at: datetime
    respond_by: datetime
    promised_for: datetime | None
    owed: bool = False
    """The customer has still not heard what was promised."""
    alike: int = 0
    """So many more of the list tell the same story."""


def lines(session: Session, which: ColumnElement[bool]) -> list[CaseLine]:
    """The first of those cases, nearest target first; of a story the oldest, with how many more tell it."""
    story = func.coalesce(Case.like_id, Case.id)
    stories = (
        select(func.min(Case.id), func.count(Case.id))
        .where(which)
        .group_by(story)
        .order_by(func.min(Case.respond_by), func.min(Case.id))
        .limit(LISTED)
    )
    found = {number: count for number, count in session.execute(stories)}
    cases = {case.id: case for case in session.scalars(select(Case).where(Case.id.in_(found)))}
    return [
        replace(_line(cases[number], cases[number].promised_for), alike=count - 1)
        for number, count in found.items()
    ]


def broken_promises(
    session: Session, mine: ColumnElement[bool], since: datetime, until: datetime
) -> list[CaseLine]:
    """Promises whose time came in the window and that were not kept by then, and older ones still owed.

    In the order of their times, one line per case.
    """
    broken = (Event.what == "promise_broken") & (Event.at > since) & (Event.at <= until)
    found: dict[int, CaseLine] = {}
    owed = mine & Case.stage.in_(OPEN) & (Case.promised_for <= until)
    for case in session.scalars(select(Case).where(owed)):
        found[case.id] = _line(case, case.promised_for, owed=True)
    events = select(Case, Event.why).join(Event, Event.case_id == Case.id).where(mine, broken)
    for case, promised in session.execute(events.order_by(Event.id.desc())):
        found.setdefault(case.id, _line(case, datetime.fromisoformat(str(promised))))
    return sorted(found.values(), key=lambda line: (line.promised_for or until, line.id))


def open_at(moment: datetime) -> ColumnElement[bool]:
    """Cases not closed by `moment`. Said as two small sets, as databases read all cases for one `OR`."""
    still_open = select(Case.id).where(Case.stage.in_(OPEN))
    closed_since = select(Case.id).where(Case.closed_at > moment)
    return Case.id.in_(union_all(still_open, closed_since))


def nobody_accepted(mine: ColumnElement[bool]) -> ColumnElement[bool]:
    """Cases on their way to a specialist that at least one of those asked let pass."""
    passed = exists().where(Escalation.case_id == Case.id, Escalation.state == PASSED_ON)
    return mine & (Case.stage == ESCALATED) & passed


def switched(
    session: Session, lead: Lead, queues: Sequence[str], since: datetime, until: datetime
) -> list[Switch]:
    """What was in force at any time of the window in these queues, oldest first; the crises of surges stand
    with their surges."""
    rows = session.scalars(
        select(Switch)
        .where(Switch.queue.in_([ALL, *queues]), Switch.at <= until, Switch.surge_id.is_(None))
        .order_by(Switch.id)
    )
    zone = ZoneInfo(lead.time_zone)
    days = since.astimezone(zone).date(), until.astimezone(zone).date()
    return [
        row
        for row in rows
        if (row.kind == HOURS and row.day is not None and row.counts and days[0] <= row.day <= days[1])
        or (row.kind != HOURS and (row.stops is None or row.stops > since))
    ]


def _line(case: Case, promised_for: datetime | None, *, owed: bool = False) -> CaseLine:
    return CaseLine(
        case.id,
        case.author,
        case.kind,
        case.topic,
        case.queue,
        case.owner,
        case.opened_at,
        case.respond_by,
        promised_for,
        owed,
    )
