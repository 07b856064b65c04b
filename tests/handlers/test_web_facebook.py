"""Facebook's webhook over real HTTP: confirmed, signed, stored once."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from sqlalchemy import select

from bot.listening import Listener
from bot.sift.sift import Sifter
from bot.sources import Batch
from bot.sources.facebook_hook import FacebookHook
from bot.sources.facebook_items import comment_from
from handlers.web import web_app
from handlers.web_route import Site
from handlers.web_server import WebServer
from models.case import Case
from models.mention import Mention
from tests.people import NOON, playbook
from tests.sifters import sifter_of
from tests.sources.facebook_shapes import PAGE, US, change, comment, delivery

SECRET, TOKEN = "the-secret-of-our-app", "said-in-the-dashboard"
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass
class Facebook:
    """The far side."""

    url: str

    def send(self, given: object, *, secret: str = SECRET, **headers: str) -> requests.Response:
        body = given if isinstance(given, bytes) else json.dumps(given).encode()
        made = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        signed = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={made}"} | headers
        return requests.post(f"{self.url}/hooks/facebook", body, headers=signed, timeout=20)

    def subscribe(self, **changed: str) -> requests.Response:
        params = {"hub.mode": "subscribe", "hub.verify_token": TOKEN, "hub.challenge": "1158201444"}
        params |= {key.replace("_", ".", 1): value for key, value in changed.items()}
        return requests.get(f"{self.url}/hooks/facebook", params, timeout=20)


@pytest.fixture(scope="module")
def sifter() -> Sifter:
    return sifter_of(playbook())


@pytest.fixture
def listener(office, sifter) -> Listener:
    return Listener(office, sifter)


@pytest.fixture
def hook() -> FacebookHook:
    return FacebookHook(PAGE, SECRET, TOKEN)


@pytest.fixture
def facebook(office, listener, hook):
    server = WebServer(web_app(Site(office, listener, facebook=hook)), 0)
    yield Facebook(f"http://127.0.0.1:{server.port}")
    server.stop()


def stored(office) -> list[Mention]:
    with office.db.reading() as session:
        return list(session.scalars(select(Mention).order_by(Mention.id)))


def test_the_challenge_is_answered_when_the_verify_token_is_ours(facebook):
    answer = facebook.subscribe()
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize(
    "changed",
    [
        {"hub_verify_token": "guessed"},
        {"hub_verify_token": ""},
        {"hub_verify_token": "é"},
        {"hub_mode": "unsubscribe"},
        {"hub_challenge": ""},
        {"hub_challenge": "<script>alert(1)</script>"},
        {"hub_challenge": "1" * 300},
    ],
)
def test_anything_else_is_refused(facebook, changed):
    answer = facebook.subscribe(**changed)
    assert answer.status_code == 403
    assert "1158201444" not in answer.text
    assert "script" not in answer.text


def test_a_signed_comment_is_stored_and_a_case(facebook, office):
    answer = facebook.send(delivery(change()))
    assert (answer.status_code, answer.json()) == (200, {"stored": 1, "repeated": 0, "removed": 0})
    [mention] = stored(office)
    assert (mention.source, mention.external_id, mention.author) == ("facebook", "5001_9001", "Mia Jensen")
    assert mention.heard_from == "facebook-webhook"


def test_two_customers_below_one_post_are_two_cases_and_their_thread_is_one(facebook, office):
    bo: dict[str, Any] = {"by": {"id": "77002", "name": "Bo Hansen"}}
    facebook.send(
        delivery(
            change(number=1),
            change(number=2, **bo),
            change(number=3, parent_id="5001_1", message="Still leaking, a week later"),
        )
    )
    with office.db.reading() as session:
        cases = list(session.scalars(select(Case).order_by(Case.id)))
        assert [case.author for case in cases] == ["Mia Jensen", "Bo Hansen"]
        assert [mention.external_id for mention in cases[0].mentions] == ["5001_1", "5001_3"]


def test_a_comment_that_was_polled_and_told_is_one_mention(facebook, office, listener):
    post = comment_from(comment(9001), PAGE, NOON)
    assert post is not None
    listener.take("facebook", Batch([post]))
    assert facebook.send(delivery(change(number=9001))).json() == {"stored": 0, "repeated": 1, "removed": 0}
    assert len(stored(office)) == 1


def test_the_same_delivery_twice_is_one_mention(facebook, office):
    for _ in range(2):
        facebook.send(delivery(change(), change()))
    assert len(stored(office)) == 1


def test_a_comment_that_was_edited_before_we_heard_of_it_is_new(facebook, office):
    facebook.send(delivery(change(verb="edited")))
    assert [mention.external_id for mention in stored(office)] == ["5001_9001"]


def edited(text: str, at: int) -> dict[str, Any]:
    document = delivery(change(verb="edited", message=text))
    document["entry"][0]["time"] = at
    return document


def test_a_comment_that_was_edited_is_shown_anew_whatever_comes_late(facebook, office):
    facebook.send(delivery(change()))
    facebook.send(edited("My Tindra leaks, call me on +45 20 12 34 56", 1773143500))
    [mention] = stored(office)
    assert (mention.text, mention.edited_at is not None) == (
        "My Tindra leaks, call me on +45 20 12 34 56",
        True,
    )
    assert mention.personal_data, "sifted again"
    facebook.send(edited("My Tindra leaks no more", 1773143600))
    facebook.send(edited("My Tindra leaks, call me on +45 20 12 34 56", 1773143500))
    facebook.send(delivery(change()))
    [mention] = stored(office)
    assert (mention.text, mention.personal_data) == ("My Tindra leaks no more", [])


def test_what_was_removed_in_the_same_delivery_never_appears(facebook, office):
    facebook.send(delivery(change(), change(verb="remove")))
    assert stored(office) == []


def test_a_comment_that_was_removed_is_gone_here_with_the_replies_below_it(facebook, office):
    bo: dict[str, Any] = {"by": {"id": "77002", "name": "Bo Hansen"}}
    facebook.send(
        delivery(
            change(number=1),
            change(number=2, parent_id="5001_1", message="Mine leaks too", **bo),
            change(number=3, message="Where is my order, Tindra?", **bo),
        )
    )
    removed = delivery(change(verb="remove", number=1))
    assert facebook.send(removed).json()["removed"] == 2
    assert facebook.send(removed).json()["removed"] == 0
    assert sorted(mention.text for mention in stored(office)) == ["", "", "Where is my order, Tindra?"]
    assert facebook.send(delivery(change(number=1))).json()["repeated"] == 1
    assert sum(mention.text == "" for mention in stored(office)) == 2, "what comes late brings nothing back"


def test_with_a_post_its_comments_go_too_and_no_others(facebook, office):
    other: dict[str, Any] = {"by": {"id": "77002", "name": "Bo Hansen"}, "post_id": f"{PAGE}_5"}
    other["parent_id"] = other["post_id"]
    facebook.send(delivery(change(number=1), change(number=2, comment_id="5_2", **other)))
    gone = change("status", "remove", number=5001, by=US)
    assert facebook.send(delivery(gone)).json()["removed"] == 1
    assert {mention.external_id: mention.gone_at is not None for mention in stored(office)} == {
        "5001_1": True,
        "5_2": False,
    }


@pytest.mark.parametrize(
    "forged",
    [
        {"secret": "another"},
        {"X-Hub-Signature-256": ""},
        {"X-Hub-Signature-256": "sha256="},
        {"X-Hub-Signature-256": "sha1=" + "0" * 40},
        {"X-Hub-Signature-256": "sha256=" + "0" * 64},
        {"X-Hub-Signature-256": "sha256=\u00e9"},
    ],
)
def test_what_facebook_did_not_sign_is_refused(facebook, office, forged):
    answer = facebook.send(delivery(change()), **forged)
    assert (answer.status_code, stored(office)) == (401, [])


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_refused(facebook, body):
    assert facebook.send(body).status_code == 400


def test_a_delivery_that_cannot_be_read_is_taken_all_the_same(facebook, office):
    """Else Facebook would send it for a day, and then switch the webhook off."""
    answer = facebook.send(delivery(change(comment_id="../me"), change(number=9002)))
    assert (answer.status_code, answer.json()["stored"]) == (200, 1)
    assert facebook.send([1, {"object": "page"}]).status_code == 200


class TestWithoutSecrets:
    @pytest.fixture
    def hook(self) -> FacebookHook:
        return FacebookHook(PAGE, None, None)

    def test_nothing_is_confirmed_and_nothing_is_taken(self, facebook, office):
        assert facebook.subscribe(hub_verify_token="").status_code == 403
        assert facebook.send(delivery(change()), secret="").status_code == 401
        assert stored(office) == []
