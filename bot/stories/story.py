"""A story and a heap as they stand: how many tell it, who still waits, what lies in it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, bindparam, func, or_, select
from sqlalchemy import case as sql_case
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.case_view import CaseView, StoryNow
from bot.office import Office
from bot.waiting import by_urgency
from models.case import Case
from models.errors import NotAllowed
from models.heap import Heap, Repost
from models.moves import WAITING

PAGE = 12
"""Cases on one page of a list; a message holds 50 blocks."""
NEWEST = 3

# Made once, as each card that is drawn needs them.
_FIRST: BindParameter[int] = bindparam("first")
_OTHERS = select(
    func.count(Case.id), func.coalesce(func.sum(sql_case((Case.stage == WAITING, 1), else_=0)), 0)
).where(Case.like_id == _FIRST)
_REPOSTS = select(func.count(Repost.mention_id)).where(Repost.case_id == _FIRST)
_ALL_REPOSTS = (
    select(func.count(Repost.mention_id))
    .join(Case, Case.id == Repost.case_id)
    .where(or_(Case.id == _FIRST, Case.like_id == _FIRST))
)


@dataclass(frozen=True)
class HeapNow:
    """What lies in a heap; `waiting` counts what has no card of its own and waits."""

    id: int
    topic: str | None
    topic_label: str
    zone: str
    now: datetime
    total: int
    waiting: int
    kinds: list[tuple[str, int]]
    languages: list[tuple[str, int]]
    opened_at: datetime
    last_at: datetime
    newest: list[CaseView]
    respond_by: datetime | None
    """By when the first of those that wait is to have an answer."""


@dataclass(frozen=True)
class Listed:
    """One page of those who tell a story, or lie in a heap."""

    name: str
    """How the word `group` calls it: `12`, or `heap:3`."""
    story: StoryNow | None
    heap: HeapNow | None
    views: list[CaseView]
    page: int
    pages: int


def story_now(session: Session, case: Case) -> StoryNow | None:
    """The story that begins with `case`; None when it is told by nobody else."""
    others, waiting = session.execute(_OTHERS, {"first": case.id}).one()
    reposts = session.scalar(_ALL_REPOSTS if others else _REPOSTS, {"first": case.id})
    return StoryNow(case.id, others, int(waiting), reposts or 0) if others or reposts else None


def heap_now(office: Office, session: Session, heap: Heap) -> HeapNow:
    """A heap with its counts and newest posts."""
    lies, waits = Case.heap_id == heap.id, Case.behind & (Case.stage == WAITING)
    kinds, languages = (_counts(session, column, lies & waits) for column in (Case.kind, Case.language))
    waiting, respond_by = session.execute(
        select(func.count(Case.id), func.min(Case.respond_by)).where(lies & waits)
    ).one()
    newest = session.scalars(select(Case).where(lies & waits).order_by(Case.id.desc()).limit(NEWEST)).all()
    queue = next((q for q in office.playbook.queues if q.channel == heap.channel), office.playbook.everything)
    return HeapNow(
        id=heap.id,
        topic=heap.topic,
        topic_label=office.playbook.topic_label(heap.topic).lower() if heap.topic else "",
        zone=queue.time_zone,
        now=office.clock(),
        total=session.scalar(select(func.count(Case.id)).where(lies)) or 0,
        waiting=waiting,
        kinds=kinds,
        languages=languages,
        opened_at=heap.opened_at,
        last_at=heap.last_at,
        newest=[office.view(session, case) for case in newest],
        respond_by=respond_by,
    )


@dataclass(frozen=True)
class Stories:
    """Lists for people."""

    office: Office

    def listed(self, name: str, page: int = 1) -> Listed:
        """Who tells the story of case `name`, or lies in `heap:3`: who waits first. Raises NotAllowed."""
        with self.office.db.reading() as session:
            heap, first = self._called(session, name)
            which = (
                Case.heap_id == heap.id if heap is not None else Case.like_id == (first.id if first else 0)
            )
            total = session.scalar(select(func.count(Case.id)).where(which)) or 0
            pages = max(1, -(-total // PAGE))
            page = min(max(page, 1), pages)
            cases = session.scalars(
                select(Case)
                .where(which)
                .order_by(*_who_waits_first(self.office.clock()))
                .limit(PAGE)
                .offset((page - 1) * PAGE)
            ).all()
            return Listed(
                name=f"heap:{heap.id}" if heap is not None else str(first.id if first else name),
                story=story_now(session, first) if first is not None else None,
                heap=heap_now(self.office, session, heap) if heap is not None else None,
                views=[self.office.view(session, case) for case in cases],
                page=page,
                pages=pages,
            )

    def _called(self, session: Session, name: str) -> tuple[Heap | None, Case | None]:
        """The heap or the first case that is meant."""
        kind, _, number = name.rpartition(":")
        if kind == "heap":
            heap = session.get(Heap, int(number))
            if heap is None:
                raise NotAllowed("This list is not there any more. `/case queue` shows what waits.")
            return heap, None
        case = session.get(Case, int(number))
        if case is None:
            raise NotAllowed(f"There is no case {number}.")
        first = session.get_one(Case, case.like_id) if case.like_id is not None else case
        if first is case and story_now(session, case) is None:
            if case.heap_id is not None and case.behind:
                return session.get_one(Heap, case.heap_id), None
            raise NotAllowed(f"Nobody else has told what case {number} tells. `/case {number}` shows it.")
        return None, first


def _counts(
    session: Session, column: InstrumentedAttribute[str], which: ColumnElement[bool]
) -> list[tuple[str, int]]:
    """How many of each, the most first."""
    rows = session.execute(
        select(column, func.count(Case.id))
        .where(which)
        .group_by(column)
        .order_by(func.count(Case.id).desc(), column)
    )
    return [(str(name), int(count)) for name, count in rows]


def _who_waits_first(now: datetime) -> list[ColumnElement[object]]:
    """Then copies after what is told for the first time, then as urgent as it is."""
    waits = sql_case((Case.stage == WAITING, 0), else_=1)
    copy = sql_case((Case.like_id.is_(None), 0), else_=1)
    return [waits, copy, *by_urgency(now)]  # type: ignore[list-item]  # columns all
