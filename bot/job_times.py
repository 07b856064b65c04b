"""When each scheduled job ran last and how long a run takes: whether the clock keeps up."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from threading import Lock

from prometheus_client import CollectorRegistry, Counter
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector


@dataclass
class _Job:
    every: float
    began: float
    running: bool = True
    here: bool = True
    """Whether this process goes on running it."""


class JobTimes(Collector):
    """Lag is worked out when somebody asks, so that a job which never runs again shows too.

    A job is known here from its first run on: a process that runs none of them has no lag.
    """

    def __init__(
        self, prefix: str, registry: CollectorRegistry, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._prefix, self._monotonic = prefix, monotonic
        self._jobs: dict[str, _Job] = {}
        self._lock = Lock()
        self._runs = Counter(
            f"{prefix}_job_runs", "Runs of a scheduled job.", ("job", "outcome"), registry=registry
        )
        registry.register(self)

    def watch(self, name: str, every: float, run: Callable[[], object]) -> Callable[[], object]:
        """`run`, with its times on record; due `every` so many seconds."""

        def watched() -> object:
            with self._lock:
                self._jobs[name] = _Job(every, self._monotonic())
            outcome = "failed"
            try:
                result = run()
                outcome = "ok"
            finally:
                self._runs.labels(name, outcome).inc()
                with self._lock:
                    self._jobs[name].running = False
            return result

        return watched

    def forget(self, names: Iterable[str]) -> None:
        """This process runs them no more: another one does. A run under way is told of until it ends."""
        with self._lock:
            for name in names:
                if name in self._jobs:
                    self._jobs[name].here = False

    def collect(self) -> Iterator[Metric]:
        lag = GaugeMetricFamily(
            f"{self._prefix}_job_lag_seconds",
            "For how long a scheduled job should have begun again; 0 while it is at work.",
            labels=("job",),
        )
        running = GaugeMetricFamily(
            f"{self._prefix}_job_running_seconds",
            "For how long a run of the job has been under way; 0 when none is.",
            labels=("job",),
        )
        now = self._monotonic()
        with self._lock:
            known = [(n, replace(job)) for n, job in sorted(self._jobs.items()) if job.here or job.running]
        for name, job in known:
            lag.add_metric((name,), 0.0 if job.running else max(0.0, now - job.began - job.every))
            running.add_metric((name,), now - job.began if job.running else 0.0)
        yield lag
        yield running
