"""A comment on our Facebook page: told by its webhook, claimed, and answered in private, once."""

import hashlib
import hmac
import json
from dataclasses import replace
from urllib.parse import parse_qs

import pytest
import requests

from handlers.running import site_of
from handlers.web import web_app
from handlers.web_server import WebServer
from tests.far_network import far_network
from tests.journeys.acts import sheet_of
from tests.people import ANA, playbook
from tests.slack import running, settings_for, words
from tests.slack_limits import assert_view
from tests.sources.facebook_shapes import PAGE, change, delivery

GOOD = "Hi Mia, I'm Ana, customer care at Tindra. I am sorry about the mess. What is your order number?"
SECRET = "the-secret-of-our-app"


@pytest.fixture
def facebook():
    with far_network() as network:
        yield network


@pytest.fixture
def program(slack, facebook, tmp_path):
    settings = replace(
        settings_for(slack.url, f"sqlite:///{tmp_path / 'facebook.db'}"),
        facebook_api_url=facebook.url,
        facebook_page_token="t",
        facebook_app_secret=SECRET,
    )
    book = playbook(sources={"facebook": {"page_id": PAGE, "poll": False}})
    with running(settings, book) as parts:
        yield parts


@pytest.fixture
def tell(program):
    """Facebook tells of a comment, written just now."""
    server = WebServer(web_app(site_of(program, slack=False)), 0)

    def send() -> requests.Response:
        body = json.dumps(delivery(change(created_time=int(program.office.clock().timestamp())))).encode()
        made = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={made}"}
        return requests.post(
            f"http://127.0.0.1:{server.port}/hooks/facebook", body, headers=headers, timeout=20
        )

    yield send
    server.stop()


def test_a_comment_is_claimed_and_its_author_gets_one_private_message(program, slack, facebook, tell):
    facebook.answer(f"/v24.0/{PAGE}/messages", {"recipient_id": "77001", "message_id": "m_1"})
    assert tell().status_code == 200
    card = slack.card(1)
    assert "View on Facebook" in words(card)
    slack.command(ANA, "/claim", "1")
    sheet_of(slack, ANA, 1)
    slack.command(ANA, "/case", "1")
    slack.click(ANA, slack.private(ANA, "Write in private"), "word_private")
    modal = slack.view("In private")
    assert_view(modal)
    assert "one message" in words(modal)

    slack.submit(ANA, message="What is your order number?")
    stopped = slack.view("In private", having="Say who you are")
    assert_view(stopped)
    assert facebook.requests == []

    slack.submit(ANA, message=GOOD)
    assert "on its way" in words(slack.view("On its way"))
    slack.direct(ANA, "Your private message in case 1 is with the customer. Say so in public too")
    [seen] = facebook.requests
    body = parse_qs(seen.body.decode())
    sent = {key: json.loads(body[key][0]) for key in ("recipient", "message")}
    assert sent == {"recipient": {"comment_id": "5001_9001"}, "message": {"text": GOOD}}
    slack.command(ANA, "/case", "1")
    slack.private(ANA, "wrote to them in private")

    slack.command(ANA, "/case", "private 1")
    slack.private(ANA, "written to them about this comment already")
    assert len(facebook.requests) == 1
