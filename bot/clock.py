"""The table of scheduled jobs. Each derives its work from the database, so it may run anywhere, again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from bot.answers.reminding import AnswerChecks
from bot.delivery import Delivery
from bot.digest import Digests
from bot.escalating import Escalations
from bot.escalation_clock import EscalationClock
from bot.handing_over import Handovers
from bot.home_watch import HomeWatch
from bot.idle import Idle
from bot.lessons.learning import Learning
from bot.listening import Listener
from bot.lost_channels import try_again
from bot.missed import Missed
from bot.missing_names import MissingNames
from bot.pausing import Pauses
from bot.people import People
from bot.presence import Presences
from bot.sources import Source
from bot.stories.clock import StoryClock
from bot.surges.noticing import Surges
from bot.switches import Switches
from bot.targets import Targets
from bot.training import Training

DELIVERY = "delivery"
THREADS = 16


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


def jobs(works: Works) -> list[Job]:
    """Every scheduled job. A new one is one line here."""
    return [
        Job(DELIVERY, 0.5, works.delivery.drain),
        Job("response targets", 10, works.targets.miss_targets),
        Job("missed targets", 10, Missed(works.idle.office, works.escalations).escalate),
        Job("promises", 20, works.targets.remind_promises),
        Job("waiting for customers", 60, Pauses(works.idle.office).remind),
        Job("surges", 30, Surges(works.idle.office).look),
        Job("stories", 3, StoryClock(works.idle.office).look),
        Job("likeness keys", 3600, StoryClock(works.idle.office).forget_keys),
        Job("switches", 20, Switches(works.idle.office).end_due),
        Job("idle claims", 60, works.idle.look),
        Job("lost channels", 300, partial(try_again, works.idle.office)),
        Job("handovers", 20, works.handovers.tell_of_silence),
        Job("people", 60, works.people.check),
        Job("missing names", 30, works.missing_names.look),
        Job("escalations", 5, works.escalation_clock.look),
        Job("certificates", 3600, works.training.remind_expiring),
        Job("answers", 600, works.answer_checks.ask_due),
        Job("digests", 20, works.digests.make_due),
        Job("learning", 600, Learning(works.idle.office).learn_due),
        Job("presence", 15, works.presences.expire),
        Job("homes", 1, works.home_watch.look),
        *(Job(f"source {s.name}", s.every, partial(works.listener.poll, s)) for s in works.sources),
    ]


class Clock:
    """Runs the jobs in threads; a run that is late is run once, not as often as it was missed."""

    def __init__(self, table: Sequence[Job]) -> None:
        self._pool = ThreadPoolExecutor(THREADS)
        self._scheduler = BackgroundScheduler(
            executors={"default": self._pool},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=UTC,
        )
        for job in table:
            self._scheduler.add_job(
                job.run,
                "interval",
                seconds=job.every,
                id=job.name,
                name=job.name,
                next_run_time=datetime.now(UTC),
            )

    def start(self) -> None:
        self._scheduler.start()

    def nudge(self) -> None:
        """Something is due: delivery runs now rather than at its next turn."""
        try:
            self._scheduler.modify_job(DELIVERY, next_run_time=datetime.now(UTC))
        except JobLookupError:
            return  # not started yet, or stopped: the next start finds it in the outbox

    def stop(self) -> None:
        """No new runs; those under way finish.

        They are waited for after the scheduler has let go of its locks: a run that ends with a nudge needs
        them, and would wait for us for ever.
        """
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        self._pool.shutdown(wait=True)
