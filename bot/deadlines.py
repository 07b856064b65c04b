"""Deadlines in a queue's open time, with what leads switched: set, stopped, moved."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from config.hours import Calendar
from config.playbook import Playbook
from config.work import Queue
from models.case import Case
from models.errors import NotAllowed
from models.hours import open_time_after, open_time_between
from models.people import BOT, Person
from models.switch import as_switched


def calendar_of(session: Session, queue: Queue, at: datetime) -> Calendar:
    """When the queue is at work, with what leads switched until now."""
    return as_switched(session, queue.name, queue.calendar, at)


def targets_from(session: Session, queue: Queue, at: datetime) -> tuple[datetime, datetime]:
    """By when a case that begins at `at` is to be answered, and solved."""
    calendar = calendar_of(session, queue, at)
    first, whole = queue.targets.first_response, queue.targets.resolution
    return open_time_after(at, first, calendar), open_time_after(at, whole, calendar)


def wait_for_customer(
    session: Session, playbook: Playbook, case: Case, *, by: Person, at: datetime, why: str | None = None
) -> None:
    """The time to solve the case stands still from now on. Raises NotAllowed."""
    left = open_time_between(at, case.resolve_by, _calendar(session, playbook, case, at))
    case.wait_for_customer(left=left, by=by, at=at, why=why)


def go_on(
    session: Session, playbook: Playbook, case: Case, *, by: Person, at: datetime, why: str | None = None
) -> None:
    """Time counts again, with what was left. Raises NotAllowed."""
    case.go_on(resolve_by=_after_pause(session, playbook, case, at), by=by, at=at, why=why)


def customer_wrote(session: Session, playbook: Playbook, case: Case, *, at: datetime) -> None:
    """Ends the wait, if there was one; and the case is its owner's from now on, not since back then."""
    if case.paused_at is not None:
        go_on(session, playbook, case, by=BOT, at=at, why="the customer wrote")
        case.touched_at, case.idle_reminded = at, False


def settle(session: Session, playbook: Playbook, case: Case, at: datetime) -> None:
    """A case that nobody has any more waits for no customer."""
    if case.paused_at is not None:
        case.end_pause(_after_pause(session, playbook, case, at))


def move_deadlines(cases: Iterable[Case], before: Calendar, after: Calendar, at: datetime) -> list[Case]:
    """When hours change: whatever open time was left at `at` is left still. Returns what was moved.

    Deadlines that are over stay; those that stand still are counted when the case goes on.
    """
    moved = []
    for case in cases:
        was = case.respond_by, case.resolve_by
        if case.first_response_at is None:
            case.respond_by = _moved(case.respond_by, before, after, at)
        if case.paused_at is None:
            case.resolve_by = _moved(case.resolve_by, before, after, at)
        if was != (case.respond_by, case.resolve_by):
            moved.append(case)
    return moved


def to_queue(session: Session, playbook: Playbook, case: Case, queue: Queue, at: datetime) -> None:
    """The case goes to another queue. The open time that was left goes with it, counted in that queue's
    hours; where that queue gives less, it is that. What is overdue stays so."""
    before, after = _calendar(session, playbook, case, at), calendar_of(session, queue, at)
    if case.first_response_at is None:
        case.respond_by = _moved(case.respond_by, before, after, at, queue.targets.first_response)
    if case.paused_at is None:
        case.resolve_by = _moved(case.resolve_by, before, after, at, queue.targets.resolution)
    else:
        case.resolve_left = min(case.resolve_left or timedelta(), queue.targets.resolution)
    case.queue = queue.name


def _moved(
    deadline: datetime,
    before: Calendar,
    after: Calendar,
    at: datetime,
    most: timedelta | None = None,
) -> datetime:
    left = open_time_between(at, deadline, before)
    if most is not None:
        left = min(left, most)
    return open_time_after(at, left, after) if left else deadline


def _after_pause(session: Session, playbook: Playbook, case: Case, at: datetime) -> datetime:
    if case.paused_at is None:
        raise NotAllowed(f"Case {case.id} doesn't wait for the customer.")
    left = case.resolve_left or timedelta()
    if not left:
        return case.resolve_by  # it was overdue, and is
    return open_time_after(at, left, _calendar(session, playbook, case, at))


def _calendar(session: Session, playbook: Playbook, case: Case, at: datetime) -> Calendar:
    return calendar_of(session, playbook.queue(case.queue), at)
