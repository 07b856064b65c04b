"""Whether the clock keeps up."""

import pytest
from prometheus_client import CollectorRegistry

from bot.clock import Clock, Job
from bot.job_times import JobTimes
from tests.slack import eventually


class Seconds:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds():
    return Seconds()


@pytest.fixture
def registry():
    return CollectorRegistry()


@pytest.fixture
def times(registry, seconds):
    return JobTimes("lp", registry, seconds)


def value(registry, name, job, **labels):
    return registry.get_sample_value(f"lp_job_{name}", {"job": job, **labels})


def test_a_job_that_does_not_begin_again_lags_from_when_it_was_due(registry, times, seconds):
    times.watch("promises", 20, lambda: None)()
    seconds.now += 15
    assert value(registry, "lag_seconds", "promises") == 0
    seconds.now += 65
    assert value(registry, "lag_seconds", "promises") == 60
    assert value(registry, "running_seconds", "promises") == 0


def test_a_run_under_way_is_no_lag_and_says_how_long_it_takes(registry, times, seconds):
    def work():
        seconds.now += 90
        found.append(value(registry, "lag_seconds", "promises"))
        found.append(value(registry, "running_seconds", "promises"))

    found: list[float | None] = []
    times.watch("promises", 20, work)()
    assert found == [0, 90]


def test_runs_that_failed_are_counted_apart_and_stay_failures(registry, times):
    def fail():
        raise ValueError("it broke")

    with pytest.raises(ValueError, match="it broke"):
        times.watch("digests", 20, fail)()
    times.watch("digests", 20, lambda: None)()
    assert value(registry, "runs_total", "digests", outcome="failed") == 1
    assert value(registry, "runs_total", "digests", outcome="ok") == 1


def test_what_another_process_runs_now_lags_no_more_here(registry, times, seconds):
    times.watch("digests", 20, lambda: None)()
    times.watch("delivery", 1, lambda: None)()
    times.forget(["digests", "never begun"])
    seconds.now += 100
    assert value(registry, "lag_seconds", "digests") is None
    assert value(registry, "lag_seconds", "delivery") == 99
    times.watch("digests", 20, lambda: None)()
    assert value(registry, "lag_seconds", "digests") == 0


def test_the_clock_tells_of_its_runs_and_when_it_leads_no_more(registry, times):
    clock = Clock([Job("digests", 3600, lambda: None)], times=times)
    clock.start()
    eventually(lambda: value(registry, "runs_total", "digests", outcome="ok"))
    clock.stop()
    assert value(registry, "lag_seconds", "digests") is None
