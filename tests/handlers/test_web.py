"""Slack's requests over HTTP: verified, carried out once, and nothing else is let in."""

import time
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from slack_sdk.signature import SignatureVerifier

from bot.sources import Batch
from handlers.parts import build
from handlers.running import site_of
from handlers.slack import slack_app
from handlers.web import web_app
from handlers.web_route import Site
from tests.databases import copy_migrated
from tests.people import ANA, playbook, post
from tests.slack import eventually, settings_for

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"  # made up for this test
CLAIM = urlencode({
    "command": "/claim", "text": "1", "user_id": ANA, "trigger_id": "1.2.3", "team_id": "T1",
    "channel_id": "C1", "response_url": "http://127.0.0.1:9/nobody",
})  # fmt: skip


@pytest.fixture
def parts(slack, tmp_path):
    url = f"sqlite:///{tmp_path / 'test.db'}"
    settings = replace(settings_for(slack.url, url), slack_signing_secret=SECRET)
    made = build(settings, playbook())
    made.office.db.upgrade()
    made.works.listener.take("test", Batch([post()]))
    yield made
    made.office.db.close()


@pytest.fixture
def web(parts) -> FlaskClient:
    slack = slack_app(parts.settings, parts.services)
    return web_app(Site(parts.office, parts.works.listener, slack=slack)).test_client()


def send(web: FlaskClient, body: str, *, at: str | None = None, signature: str | None = None) -> int:
    at = at if at is not None else str(int(time.time()))
    signed = (
        signature
        if signature is not None
        else SignatureVerifier(SECRET).generate_signature(timestamp=at, body=body)
    )
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": at,
        "X-Slack-Signature": signed or "",
    }
    return web.post("/slack/events", data=body, headers=headers).status_code


def owner(parts) -> str | None:
    return parts.services.desk.view(1).case.owner


def test_a_signed_command_is_carried_out(web, parts):
    assert send(web, CLAIM) == 200
    eventually(lambda: owner(parts) == ANA)


@pytest.mark.parametrize(
    "forged",
    [
        {"signature": "v0=" + "0" * 64},
        {"signature": ""},
        {"at": str(int(time.time()) - 3600)},
        {"at": ""},
        {"at": "now"},
        {"at": "²"},
        {"at": "-1"},
    ],
)
def test_what_slack_did_not_sign_just_now_is_refused(web, parts, forged):
    assert send(web, CLAIM, **forged) == 401
    assert owner(parts) is None


@pytest.mark.parametrize("payload", ["{not json", "5", "[1]", "null", '"x"', "[" * 100_000, '{"team": 5}'])
def test_what_nobody_signed_breaks_nothing_whatever_it_is(web, payload):
    assert send(web, urlencode({"payload": payload}), signature="v0=forged") == 401
    assert send(web, payload, signature="v0=forged") == 401


def test_what_slack_did_not_sign_is_no_acknowledgement_in_the_figures(web, parts):
    send(web, CLAIM, signature="v0=forged")
    assert b"acknowledgement_seconds_count 0.0" in parts.office.metrics.text()
    send(web, CLAIM)
    assert b"acknowledgement_seconds_count 1.0" in parts.office.metrics.text()


def test_a_changed_body_is_refused(web, parts):
    at = str(int(time.time()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=at, body=CLAIM)
    assert send(web, CLAIM.replace(ANA, "UBO"), at=at, signature=signature) == 401


def test_webhooks_are_served_where_slack_comes_by_its_socket(slack, tmp_path):
    copy_migrated(tmp_path / "web.db")
    settings = settings_for(slack.url, f"sqlite:///{tmp_path / 'web.db'}")
    parts = build(settings, playbook(sources={"webhooks": [{"name": "desk"}]}))
    web = web_app(site_of(parts, slack=True)).test_client()
    assert web.post("/slack/events", data=CLAIM).status_code == 404
    assert web.post("/hooks/mentions/desk", json={}).status_code == 401
    parts.office.db.close()
