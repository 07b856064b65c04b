"""The alert rules and the dashboard ask for figures that there are."""

import json
import os
import re
import shutil
import subprocess

import pytest
import yaml

from bot.metrics import Metrics
from bot.standing import Looking, StandingCollector
from config.settings import ROOT
from tests.people import playbook

FOLDER = ROOT / "docs" / "monitoring"
ALERTS = yaml.safe_load((FOLDER / "alerts.yaml").read_text("utf-8"))
DASHBOARD = json.loads((FOLDER / "dashboard.json").read_text("utf-8"))
QUERIES = [
    *(rule["expr"] for group in ALERTS["groups"] for rule in group["rules"]),
    *(target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]),
]


@pytest.fixture
def samples(office):
    """Every figure by name, with its labels, after everything has happened once."""
    metrics = Metrics()
    x = {"budget": {"monthly": 50}}
    there = type(office)(office.db, playbook(sources={"x": x}), office.clock, office.nudge)
    metrics.registry.register(StandingCollector(Looking(there, {"x-search": 60.0})))
    metrics.plays("all")
    metrics.may_lead(lambda: True)
    metrics.took_in("x-search", shown=1, set_aside=1, repeated=1)
    for outcome in ("ok", "limited", "refused", "failed"):
        metrics.called_slack("chat.postMessage", outcome)
    metrics.acknowledged(0.1)
    metrics.jobs.watch("delivery", 1, lambda: None)()
    with pytest.raises(ZeroDivisionError):
        metrics.jobs.watch("digests", 1, lambda: 1 / 0)()
    return [sample for family in metrics.registry.collect() for sample in family.samples]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_query_names_figures_and_labels_that_there_are(samples):
    labels: dict[str, set[str]] = {}
    values: dict[tuple[str, str], set[str]] = {}
    for sample in samples:
        labels.setdefault(sample.name, set()).update(sample.labels)
        for label, value in sample.labels.items():
            values.setdefault((sample.name, label), set()).add(value)
    assert len(QUERIES) > 25
    for query in QUERIES:
        named = re.findall(r"(listening_post_\w+)(?:\{([^}]*)\})?", query)
        assert named, query
        for name, chosen in named:
            assert name in labels, query
            for label, value in re.findall(r'(\w+)!?="([^"]*)"', chosen):
                assert value in values[name, label], query
        for by in re.findall(r"by \(([^)]*)\)", query):
            assert set(re.split(r",\s*", by)) <= labels[named[0][0]], query


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_operators_can_look_up_every_figure(samples):
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    for sample in samples:
        if sample.name.startswith("listening_post_"):
            name = re.sub(r"_(bucket|count|sum|created)$", "", sample.name.removeprefix("listening_post_"))
            assert f"`{name}`" in page or f"`{name}_total`" in page, sample.name


def test_alerts_speak_when_something_is_wrong_and_are_silent_otherwise():
    promtool = shutil.which("promtool")
    if promtool is None and not os.environ.get("CI"):
        pytest.skip("promtool is missing: it comes with Prometheus")
    assert promtool, "promtool is missing: it comes with Prometheus"
    asks = [promtool, "test", "rules", "alerts.test.yaml"]
    asked = subprocess.run(asks, cwd=FOLDER, capture_output=True, text=True, check=False)
    assert asked.returncode == 0, asked.stdout + asked.stderr
