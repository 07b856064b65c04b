"""What this process has counted, for Prometheus. What stands in the database is read when somebody asks:
see `bot.standing`. Labels are names from the playbook or from this program, never a customer's words."""

from collections.abc import Callable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    Info,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

from bot.job_times import JobTimes

PREFIX = "listening_post"
ACKNOWLEDGED = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
"""Seconds; from three on Slack tells the person that it failed.
https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response"""


class Metrics:
    """One for each process, handed down with the office."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        self._mentions = Counter(
            f"{PREFIX}_mentions",
            "Mentions that a source handed over: shown to the team, set aside, or known already (repeated).",
            ("source", "outcome"),
            registry=self.registry,
        )
        self._slack_calls = Counter(
            f"{PREFIX}_slack_calls",
            "Calls of Slack's Web API: ok, limited (429), refused (its answer), failed (5xx or no answer).",
            ("method", "outcome"),
            registry=self.registry,
        )
        self._acknowledged = Histogram(
            f"{PREFIX}_acknowledgement_seconds",
            "From taking up what Slack sent to acknowledging it.",
            buckets=ACKNOWLEDGED,
            registry=self.registry,
        )
        self._process = Info(f"{PREFIX}_process", "What this process is.", registry=self.registry)
        self.jobs = JobTimes(PREFIX, self.registry)

    def plays(self, role: str) -> None:
        """Which part of the program this process is."""
        self._process.info({"role": role})

    def may_lead(self, leads: Callable[[], bool]) -> None:
        """This process has a clock; of all that have one, one leads."""
        what = "Whether this process is the one whose clock runs the jobs."
        Gauge(f"{PREFIX}_leads", what, registry=self.registry).set_function(leads)

    def took_in(self, source: str, *, shown: int, set_aside: int, repeated: int) -> None:
        """`source`: an entry of the playbook."""
        for outcome, count in (("shown", shown), ("set_aside", set_aside), ("repeated", repeated)):
            self._mentions.labels(source, outcome).inc(count)

    def called_slack(self, method: str, outcome: str) -> None:
        self._slack_calls.labels(method, outcome).inc()

    def acknowledged(self, seconds: float) -> None:
        self._acknowledged.observe(seconds)

    def text(self) -> bytes:
        """Prometheus' own format."""
        return generate_latest(self.registry)
