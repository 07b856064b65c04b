"""How things stand, read from the database when somebody asks, with as many bounded queries as there are
questions. Whoever asks is never kept waiting for a database that does not answer."""

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import case as sql_case
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.ledger import Month, month_of
from bot.metrics import PREFIX
from bot.office import Office
from models.case import Case
from models.moves import WAITING
from models.outbox import CALLBACK, Outbox
from models.source_state import SourceState

MOST = 100_000
"""So many rows are counted at the most."""
PATIENCE = 3.0
"""Seconds for the database to answer."""


@dataclass(frozen=True)
class SourceStanding:
    """When it was last read, and since when it can't be; None: never, and it can be. `late`: for how long it
    should have been read again, and nobody did: no clock leads, or reading it hangs."""

    read_ago: timedelta | None
    failing_for: timedelta | None
    late: timedelta


@dataclass(frozen=True)
class Standing:
    """Figures of one look. `waiting`: cases by queue; `unsent`: messages that Slack has not got yet."""

    waiting: Mapping[str, int]
    unsent: int
    oldest: timedelta
    parked: int
    sources: Mapping[str, SourceStanding]
    month: Month


class Looking:
    """Looks into the database in a thread of its own. Those who ask at the same time share one look."""

    def __init__(self, office: Office, sources: Mapping[str, float], patience: float = PATIENCE) -> None:
        """`sources`: the names of those that this installation reads, and each how many seconds."""
        self._office, self._sources, self._patience = office, sources, patience
        self._lock = threading.Lock()
        self._under_way: Future[Standing] | None = None

    def __call__(self) -> Standing | None:
        """None: the database does not answer."""
        with self._lock:
            look = self._under_way
            if look is None or look.done():
                look = self._under_way = Future()
                # A daemon: one that hangs must not keep the program from stopping.
                threading.Thread(target=self._look, args=(look,), name="standing", daemon=True).start()
        try:
            return look.result(self._patience)
        except Exception:  # noqa: BLE001  # whatever it is, the answer is that the database does not answer
            return None

    def _look(self, look: Future[Standing]) -> None:
        try:
            with self._office.db.reading() as session:
                look.set_result(standing_of(session, self._office, self._sources))
        except BaseException as error:  # noqa: BLE001  # it is raised where the result is asked for
            look.set_exception(error)


def standing_of(session: Session, office: Office, sources: Mapping[str, float]) -> Standing:
    """One query for each of waiting cases, unsent messages, parked ones, sources, and the month's reading."""
    now = office.clock()
    waiting = select(Case.queue).where(Case.stage == WAITING).limit(MOST).subquery()
    by_queue = select(waiting.c.queue, func.count()).group_by(waiting.c.queue)
    counted = {str(queue): int(count) for queue, count in session.execute(by_queue)}
    # A failed try moves `due_at` on, so what was never sent counts from when it was put there.
    since = sql_case((Outbox.sent_at.is_(None), Outbox.created_at), else_=Outbox.due_at)
    # A tool that does not take its callbacks is its owner's to mend, and `doctor` names it.
    for_slack = Outbox.due_at.is_not(None), Outbox.kind != CALLBACK
    due = select(since.label("since")).where(*for_slack).limit(MOST).subquery()
    unsent, oldest = session.execute(select(func.count(), func.min(due.c.since)).select_from(due)).one()
    parked = select(Outbox.id).where(Outbox.parked_at.is_not(None)).limit(MOST).subquery()
    states = session.scalars(select(SourceState).where(SourceState.name.in_(sources)))
    known = {state.name: state for state in states}
    return Standing(
        # Queues of the playbook, also those in which nobody waits, and no others: it bounds the labels.
        {queue.name: counted.get(queue.name, 0) for queue in office.playbook.queues},
        unsent,
        max(timedelta(), now - oldest) if oldest else timedelta(),
        int(session.scalar(select(func.count()).select_from(parked)) or 0),
        {
            name: SourceStanding(
                now - state.last_ok_at if state and state.last_ok_at else None,
                now - state.failing_since if state and state.failing_since else None,
                _late(state, every, now),
            )
            for name, every, state in ((name, every, known.get(name)) for name, every in sources.items())
        },
        month_of(session, office.playbook, now),
    )


def _late(state: SourceState | None, every: float, now: datetime) -> timedelta:
    if state is None or state.last_ok_at is None:
        return timedelta()
    asked_to_wait = state.next_at or state.last_ok_at
    return max(timedelta(), now - max(state.last_ok_at + timedelta(seconds=every), asked_to_wait))


class StandingCollector(Collector):
    """The same figures for Prometheus. Without a database the others are still told."""

    def __init__(self, looking: Looking) -> None:
        self._looking = looking

    def collect(self) -> Iterator[Metric]:
        now = self._looking()
        yield _gauge("database_up", "Whether the database answers.", 1 if now else 0)
        if now is None:
            return
        yield _gauges("cases_waiting", "Cases that nobody has yet.", "queue", now.waiting)
        yield _gauge("outbox_unsent", "Messages that are still to be sent, or to be shown anew.", now.unsent)
        yield _gauge("outbox_age_seconds", "How long the oldest of them waits.", now.oldest.total_seconds())
        yield _gauge("outbox_parked", "Messages that Slack refused for good: see `doctor`.", now.parked)
        failing = {n: s.failing_for.total_seconds() if s.failing_for else 0.0 for n, s in now.sources.items()}
        yield _gauges(
            "source_failing_seconds", "For how long a source can't be read; 0: it can.", "source", failing
        )
        yield _gauge("x_posts_read", "Posts of X that were read this UTC month.", now.month.posts)
        yield _gauge(
            "x_spend",
            "What reading X has cost this UTC month, in the playbook's currency.",
            now.month.micros / 1e6,
        )
        if now.month.budget is not None and now.month.budget.monthly is not None:
            budget = now.month.budget.monthly_micros / 1e6
            yield _gauge("x_budget", "What reading X may cost in a month.", budget)


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(f"{PREFIX}_{name}", what, value=value)


def _gauges(name: str, what: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"{PREFIX}_{name}", what, labels=(label,))
    for key, value in values.items():
        family.add_metric((key,), value)
    return family
