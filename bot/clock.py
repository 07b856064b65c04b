"""The table of scheduled jobs, and the clock that runs them.

Of several clocks one leads (bot/leading.py); delivery runs in each. A leader that is cut off stops before
another begins, but a run that is under way just then may overlap with another's. So each job also derives
its work from the database and is safe to run anywhere, again, twice at once. What makes it so:

- delivery: a row is claimed by a conditional UPDATE with a lease.
- response targets, promises, waiting for customers, idle claims, handovers, missed targets, people: the case
  is locked and looked at again (`Office.change`); its stage or a column of its own says that it was done.
- escalations, missing names, presence, lost channels, certificates, answers, switches: the row itself is
  locked and looked at again, or has a version that makes its UPDATE conditional.
- surges, learning, digests: one row by a unique key, which is (brand, topic) while it lasts, (brand, night),
  (lead, date).
- stories, homes, words, tidying, clock set back: they say what is so, not what happened; twice is once.
- sources: a post is one row by (source, id); the cursor is stored with it, and one too old repeats, and
  never skips.

Every message has a key of its own in the outbox, so that even one put twice would be the same message.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from bot.answers.reminding import AnswerChecks
from bot.clock_set_back import ClockSetBack
from bot.delivery import Delivery
from bot.digest import Digests
from bot.escalating import Escalations
from bot.escalation_clock import EscalationClock
from bot.handing_over import Handovers
from bot.home_watch import HomeWatch
from bot.idle import Idle
from bot.job_times import JobTimes
from bot.leading import EVERY as LOOK_EVERY
from bot.leading import Alone, Leading
from bot.lessons.learning import Learning
from bot.listening import Listener
from bot.lost_channels import try_again
from bot.missed import Missed
from bot.missing_names import MissingNames
from bot.pausing import Pauses
from bot.people import People
from bot.presence import Presences
from bot.search.filling import Filling
from bot.sources import Closing, Source
from bot.stories.clock import StoryClock
from bot.surges.noticing import Surges
from bot.switches import Switches
from bot.targets import Targets
from bot.tidying import Tidying
from bot.training import Training
from models.errors import DatabaseAway, NoRoom
from models.leader import Lock

log = structlog.get_logger()
DELIVERY = "delivery"
THREADS = 16
ENDING = 20.0
"""Seconds that runs under way may take when leading ends; a source may block for longer (`Source.fetch`)."""
WATCH_ENDS = 6.0
"""Seconds: a look at the lock may wait for a database that does not answer."""
SET_BACK = 2.0
"""Seconds by which the wall clock has to go back to be noticed: less is put right bit by bit."""


@dataclass(frozen=True)
class Works:
    """What the jobs drive."""

    delivery: Delivery
    listener: Listener
    targets: Targets
    idle: Idle
    training: Training
    escalations: Escalations
    escalation_clock: EscalationClock
    digests: Digests
    home_watch: HomeWatch
    answer_checks: AnswerChecks
    handovers: Handovers
    people: People
    presences: Presences
    missing_names: MissingNames
    sources: Sequence[Source]


@dataclass(frozen=True)
class Job:
    """A name, how often in seconds, and what to do."""

    name: str
    every: float
    run: Callable[[], object]
    everywhere: bool = False
    """In every process that has a clock; else in the one that leads."""


def jobs(works: Works) -> list[Job]:
    """Every scheduled job. A new one is one line here, and its place in the table above."""
    office = works.idle.office
    return [
        *everywhere(works),
        Job("response targets", 10, works.targets.miss_targets),
        Job("missed targets", 10, Missed(office, works.escalations).escalate),
        Job("promises", 20, works.targets.remind_promises),
        Job("waiting for customers", 60, Pauses(office).remind),
        Job("surges", 30, Surges(office).look),
        Job("stories", 3, StoryClock(office).look),
        Job("switches", 20, Switches(office).end_due),
        Job("idle claims", 60, works.idle.look),
        Job("lost channels", 300, partial(try_again, office)),
        Job("handovers", 20, works.handovers.tell_of_silence),
        Job("people", 60, works.people.check),
        Job("missing names", 30, works.missing_names.look),
        Job("escalations", 5, works.escalation_clock.look),
        Job("certificates", 3600, works.training.remind_expiring),
        Job("answers", 600, works.answer_checks.ask_due),
        Job("digests", 20, works.digests.make_due),
        Job("learning", 600, Learning(office).learn_due),
        Job("presence", 15, works.presences.expire),
        Job("homes", 1, works.home_watch.look),
        Job("words", 5, Filling(office).fill),
        Job("words of late", 600, Filling(office).catch_up),
        Job("tidying", 60, Tidying(office).tidy),
        Job("clock set back", 10, ClockSetBack(office).look),
        *(Job(f"source {s.name}", s.every, partial(works.listener.poll, s)) for s in works.sources),
    ]


def everywhere(works: Works) -> list[Job]:
    """What every process does that talks to Slack, so that nothing waits for another one."""
    return [Job(DELIVERY, 0.5, works.delivery.drain, everywhere=True)]


class Clock:
    """Runs the jobs in threads; a run that is late is run once, not as often as it was missed."""

    def __init__(
        self,
        table: Sequence[Job],
        lock: Lock | None = None,
        sources: Sequence[Source] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        times: JobTimes | None = None,
    ) -> None:
        """`lock`: who holds it leads; None: there is no other clock. `sources` are closed when leading ends:
        some keep connections open between two runs. `now` is the wall clock, whose jumps are noticed.
        `times` hears of every run."""
        self._pool = ThreadPoolExecutor(THREADS)
        self._scheduler = BackgroundScheduler(
            executors={"default": self._pool},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=UTC,
        )
        self._sources, self._now, self._times = sources, now, times
        self._leaders = [job for job in table if not job.everywhere]
        self._leading = Leading(lock or Alone(), self._begin, self._end)
        self._under_way = 0
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._watch = threading.Thread(target=self._look_on, name="clock", daemon=True)
        for job in table:
            if job.everywhere:
                self._add(job, job.run)

    def start(self) -> None:
        self._scheduler.start()
        self._watch.start()

    @property
    def leads(self) -> bool:
        """Whether this process does what only one may do."""
        return self._leading.is_on

    def nudge(self) -> None:
        """Something is due: delivery runs now rather than at its next turn."""
        try:
            self._scheduler.modify_job(DELIVERY, next_run_time=datetime.now(UTC))
        except JobLookupError:
            return  # not started yet, or stopped: the next start finds it in the outbox

    def stop(self) -> None:
        """No new runs; those under way finish; then another clock may lead.

        They are waited for after the scheduler has let go of its locks: a run that ends with a nudge needs
        them, and would wait for us for ever.
        """
        self._stopping.set()
        if self._scheduler.running:
            self._watch.join(WATCH_ENDS)
            self._scheduler.shutdown(wait=False)
        self._pool.shutdown(wait=True)
        self._leading.stop()

    # Helpers, in the order in which they are called.

    def _add(self, job: Job, run: Callable[[], object]) -> None:
        self._scheduler.add_job(
            partial(
                _unless_stopped,
                job.name,
                run if self._times is None else self._times.watch(job.name, job.every, run),
            ),
            "interval",
            seconds=job.every,
            id=job.name,
            name=job.name,
            next_run_time=datetime.now(UTC),
            replace_existing=True,
        )

    def _look_on(self) -> None:
        """Who leads, and whether the wall clock went back: the scheduler's times would be far ahead then."""
        ahead = self._ahead()
        while not self._stopping.is_set():
            try:
                if self._leaders:
                    self._leading.look()
            except Exception:  # whatever happened, it is tried again
                log.exception("looking who leads broke")
            before, ahead = ahead, self._ahead()
            if before - ahead > SET_BACK:
                log.warning("the wall clock was set back", seconds=round(before - ahead))
                for job in self._scheduler.get_jobs():
                    self._again(job.id)
            self._stopping.wait(LOOK_EVERY)

    def _ahead(self) -> float:
        """By how many seconds the wall clock is ahead of the one that never jumps."""
        return self._now().timestamp() - time.monotonic()

    def _again(self, name: str) -> None:
        try:
            self._scheduler.modify_job(name, next_run_time=datetime.now(UTC))
        except JobLookupError:
            return

    def _begin(self) -> None:
        for job in self._leaders:
            self._add(job, partial(self._as_leader, job.run))

    def _as_leader(self, run: Callable[[], object]) -> object:
        if not self._leading.is_on:
            return None
        with self._changed:
            self._under_way += 1
        try:
            return run()
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    def _end(self) -> None:
        """No new runs, none under way, nothing kept open."""
        for job in self._leaders if self._scheduler.running else ():
            try:
                self._scheduler.remove_job(job.name)
            except JobLookupError:
                continue
        with self._changed:
            self._changed.wait_for(lambda: self._under_way == 0, ENDING)
        if self._times is not None:
            self._times.forget([job.name for job in self._leaders])
        for source in self._sources:
            if isinstance(source, Closing):
                source.close()


def _unless_stopped(name: str, run: Callable[[], object]) -> None:
    """What can't be stored is done at the next turn: a sentence in the log, and no traceback. That the
    database is away is told once for all jobs (`models.reaching`)."""
    try:
        run()
    except NoRoom as full:
        log.error(str(full), job=name)
    except DatabaseAway as away:
        log.debug(str(away), job=name)
