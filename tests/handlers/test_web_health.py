"""What those see who look after the program, and nobody else."""

from contextlib import suppress
from dataclasses import replace

import pytest
from prometheus_client.parser import text_string_to_metric_families
from slack_sdk.errors import SlackApiError
from sqlalchemy import text

from bot.readiness import Readiness
from bot.sources import Batch, SourceError
from handlers.parts import build
from handlers.running import site_of
from handlers.slack import slack_app
from handlers.web import inside_app, web_app
from handlers.web_route import Site, Watch
from tests.databases import copy_migrated
from tests.people import playbook, post
from tests.slack import Fault, settings_for

TOKEN = "a-token-for-prometheus-of-2026"


@pytest.fixture
def database_url(tmp_path):
    """One kind is enough here; what is asked of both stands in tests/bot/test_standing.py."""
    copy_migrated(tmp_path / "test.db")
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture
def parts(proxy, database_url, clock):
    settings = replace(settings_for(proxy.url, database_url), metrics_token=TOKEN)
    book = playbook(sources={"feeds": [{"name": "blog", "url": "http://127.0.0.1:9/feed"}]})
    made = build(settings, book, clock=clock)
    yield made
    made.works.delivery.stop()
    made.office.db.close()


def inside(parts, role="all", connected=lambda: True):
    watch = Watch(parts.office.metrics, Readiness(parts.looking, role, connected), inside=True)
    return inside_app(Site(parts.office, parts.works.listener, watch=watch)).test_client()


def figures(parts) -> dict[tuple[str, ...], float]:
    """Every sample: its name and the values of its labels, sorted."""
    answer = inside(parts).get("/metrics")
    assert answer.status_code == 200
    return {
        (sample.name.removeprefix("listening_post_"), *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


class Feed:
    """A source that brings what the test gives it."""

    every = 60.0

    def __init__(self, name, brings):
        self.name, self._brings = name, brings

    def fetch(self, cursor):
        if isinstance(self._brings, Exception):
            raise self._brings
        return self._brings


def source_of(parts) -> str:
    return parts.works.sources[0].name


def test_what_was_heard_is_counted_by_source_and_what_became_of_it(parts):
    brought = Batch([post(), post(), post("RT @mia: my Tindra leaks")])
    for _ in range(2):
        parts.works.listener.poll(Feed("feeds", brought))
    found = figures(parts)
    assert found["mentions_total", "feeds", "shown"] == 2
    assert found["mentions_total", "feeds", "set_aside"] == 1
    assert found["mentions_total", "feeds", "repeated"] == 3


def test_the_outbox_is_as_old_as_what_slack_never_got_however_often_it_was_tried(parts, proxy, clock):
    parts.works.listener.take("test", Batch([post()]))
    proxy.next("chat.postMessage", Fault(status=500))
    clock.pass_(minutes=2)
    parts.works.delivery.drain()
    clock.pass_(seconds=1)
    found = figures(parts)
    assert found["outbox_unsent",] == 1
    assert found["outbox_age_seconds",] == 121

    clock.pass_(minutes=10)
    parts.works.delivery.drain()
    assert figures(parts)["outbox_unsent",] == 0


def test_calls_of_slack_are_counted_by_method_and_429s_apart(parts, proxy, clock):
    parts.works.listener.take("test", Batch([post()]))
    limited = Fault(status=429, headers=(("Retry-After", "1"),), body='{"ok": false, "error": "ratelimited"}')
    proxy.next("chat.postMessage", limited)
    parts.works.delivery.drain()
    assert figures(parts)["slack_calls_total", "chat.postMessage", "limited"] == 1
    with pytest.raises(SlackApiError):
        slack_app(parts.settings, parts.services).client.chat_update(channel="C0NONE", ts="1.2", text="x")
    assert figures(parts)["slack_calls_total", "chat.update", "refused"] == 1


def test_a_slack_method_that_we_do_not_know_of_makes_no_label_of_its_own(parts):
    client = slack_app(parts.settings, parts.services).client
    with suppress(SlackApiError):  # whatever the local Slack says to it
        client.api_call("made.up")
    named = {key[1] for key in figures(parts) if key[0] == "slack_calls_total"}
    assert named == {"auth.test", "other"}


def test_x_costs_are_told_where_there_is_a_budget(database_url, proxy, clock):
    x = {"budget": {"monthly": 50, "per_post": "0.005", "currency": "EUR"}}
    parts = build(settings_for(proxy.url, database_url), playbook(sources={"x": x}), clock=clock)
    found = figures(parts)
    assert (found["x_spend",], found["x_budget",], found["x_posts_read",]) == (0, 50, 0)
    parts.office.db.close()


def test_no_label_has_a_customers_words_in_it(parts):
    parts.works.listener.take("test", Batch([post(text="My Tindra leaks ZQXWORDS", author="zqxauthor")]))
    assert "zqx" not in inside(parts).get("/metrics").text.lower()


def test_from_outside_figures_are_for_those_who_know_the_token(parts):
    web = web_app(site_of(parts, slack=True)).test_client()
    for header in (
        {},
        {"Authorization": "Bearer no"},
        {"Authorization": "Bearer é"},
        {"Authorization": TOKEN},
    ):
        assert web.get("/metrics", headers=header).status_code == 404
    answer = web.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert "listening_post_cases_waiting" in answer.text
    assert web.get("/hooks").status_code == 404


def test_without_a_token_nobody_outside_gets_figures(parts):
    site = site_of(parts, slack=True)
    assert site.watch is not None
    site = replace(site, watch=replace(site.watch, token=None))
    for header in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer None"}):
        assert web_app(site).test_client().get("/metrics", headers=header).status_code == 404


def test_inside_there_is_nothing_but_what_looks_after_the_program(parts):
    assert inside(parts).get("/healthz").text == "ok\n"
    assert inside(parts).post("/slack/events").status_code == 404


def test_readiness_has_a_line_for_each_thing(parts):
    parts.works.listener.poll(Feed(source_of(parts), Batch([])))
    answer = inside(parts).get("/readyz")
    assert answer.status_code == 200
    assert answer.text.splitlines() == [
        "ok   database: answers",
        "ok   Slack socket: connected",
        "ok   outbox: all is sent",
        f"ok   source {source_of(parts)}: read 0 s ago",
    ]


@pytest.mark.parametrize(("role", "status"), [("all", 503), ("worker", 503), ("clock", 200), ("web", 200)])
def test_a_closed_socket_matters_to_those_who_hold_it(parts, role, status):
    assert inside(parts, role, lambda: False).get("/readyz").status_code == status


@pytest.mark.parametrize(("role", "status"), [("all", 503), ("worker", 200), ("clock", 503), ("web", 200)])
def test_what_is_not_sent_for_long_matters_to_those_who_deliver(parts, clock, role, status):
    parts.works.listener.take("test", Batch([post()]))
    clock.pass_(minutes=6)
    answer = inside(parts, role).get("/readyz")
    assert answer.status_code == status
    assert "outbox: 1 unsent, the oldest for 360 s" in answer.text


def test_a_source_that_fails_for_long_makes_the_clock_not_ready_without_its_words(parts, clock):
    name = source_of(parts)
    parts.works.listener.poll(Feed(name, SourceError("it said zqx")))
    assert inside(parts).get("/readyz").status_code == 200
    clock.pass_(minutes=16)
    answer = inside(parts, "clock").get("/readyz")
    assert answer.status_code == 503
    assert f"bad  source {name}: failing for 960 s" in answer.text
    assert "zqx" not in answer.text
    assert figures(parts)["source_failing_seconds", name] == 960


def test_a_source_that_nobody_reads_makes_the_clock_not_ready(parts, clock):
    """Reading it hangs, or no clock leads: nothing fails, and nothing comes."""
    name = source_of(parts)
    parts.works.listener.poll(Feed(name, Batch([])))
    clock.pass_(seconds=parts.works.sources[0].every)
    clock.pass_(minutes=14)
    assert inside(parts, "clock").get("/readyz").status_code == 200
    clock.pass_(minutes=1)
    answer = inside(parts, "clock").get("/readyz")
    assert answer.status_code == 503
    assert f"bad  source {name}: read " in answer.text
    assert inside(parts, "web").get("/readyz").status_code == 200


def test_without_its_database_it_is_alive_but_not_ready_and_still_counts(parts):
    with parts.office.db.transaction() as session:
        session.execute(text("ALTER TABLE cases RENAME TO cases_away"))
    client = inside(parts)
    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert (ready.status_code, ready.text.splitlines()[0]) == (503, "bad  database: does not answer")
    found = figures(parts)
    assert found["database_up",] == 0
    assert ("outbox_unsent",) not in found
