"""Mentions from other tools, over real HTTP: signed, stored once, and what is wrong is said."""

import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from sqlalchemy import select

from bot.listening import Listener
from bot.sift.sift import Sifter
from bot.sources import Batch
from bot.sources.webhook import Webhook, sign
from handlers.web import web_app
from handlers.web_route import Site
from handlers.web_server import WebServer
from models.case import Case
from models.mention import Mention
from models.source_state import SourceState
from tests.people import NOON, playbook, post
from tests.sifters import sifter_of

SECRET, OLD = "a-secret-of-the-help-desk-2026", "the-secret-before-that-of-2025"
NOW = int(NOON.timestamp())


@dataclass
class Hooks:
    """Someone else's tool."""

    url: str

    def send(
        self,
        given: object,
        *,
        at: int | str = NOW,
        secret: str = SECRET,
        name: str = "desk",
        signature: str | None = None,
        **headers: str,
    ) -> requests.Response:
        body = given if isinstance(given, bytes) else json.dumps(given).encode()
        signed = {
            "Content-Type": "application/json",
            "X-Listening-Post-Timestamp": str(at),
            "X-Listening-Post-Signature": sign(secret, str(at), body) if signature is None else signature,
        }
        return requests.post(f"{self.url}/hooks/mentions/{name}", body, headers=signed | headers, timeout=20)


@pytest.fixture(scope="module")
def sifter() -> Sifter:
    return sifter_of(playbook())


@pytest.fixture
def hooks(office, sifter):
    listener = Listener(office, sifter)
    desk = Webhook("desk", (SECRET, OLD), handles=("tindracare",))
    fixed = Webhook("reviews", (SECRET,), source="trustpilot")
    server = WebServer(web_app(Site(office, listener, webhooks=(desk, fixed, Webhook("bare", ())))), 0)
    yield Hooks(f"http://127.0.0.1:{server.port}")
    server.stop()


def item(number: int = 1, **changed: Any) -> dict[str, Any]:
    given = {
        "id": f"t{number}",
        "source": "forum",
        "author": f"mia_{number}",
        "text": "My Tindra leaks all over the kitchen counter, what a mess",
        "created_at": "2026-03-10T11:30:00Z",
    }
    return {key: value for key, value in (given | changed).items() if value is not ...}


def stored(office) -> list[Mention]:
    with office.db.reading() as session:
        return list(session.scalars(select(Mention).order_by(Mention.id)))


def test_a_signed_mention_is_stored_before_it_is_answered(hooks, office):
    answer = hooks.send(item(url="https://forum.example/t/1", language="en"))
    assert (answer.status_code, answer.json()) == (200, {"stored": 1, "repeated": 0, "errors": []})
    mention = stored(office)[0]
    assert (mention.source, mention.external_id, mention.url) == ("forum", "t1", "https://forum.example/t/1")
    with office.db.reading() as session:
        assert session.scalars(select(Case.author)).all() == ["mia_1"]
        assert session.get(SourceState, "webhook-desk").last_ok_at == NOON


def test_the_good_ones_of_a_list_are_kept_and_the_bad_ones_are_named(hooks, office):
    answer = hooks.send([item(1), item(2, text=7), "no", item(4)])
    assert answer.status_code == 200
    assert answer.json() == {
        "stored": 2,
        "repeated": 0,
        "errors": [
            {"index": 1, "error": "text is missing or is not text."},
            {"index": 2, "error": "a post must be one JSON object."},
        ],
    }
    assert [mention.external_id for mention in stored(office)] == ["t1", "t4"]


def test_the_very_same_request_again_is_a_repetition(hooks, office):
    hooks.send([item(1), item(2)])
    again = hooks.send([item(1), item(2)])
    assert (again.status_code, again.json()) == (200, {"stored": 0, "repeated": 2, "errors": []})
    assert len(stored(office)) == 2


def test_twelve_deliveries_at_once_are_one_mention(hooks, office):
    ready = threading.Barrier(12)

    def send(_: int) -> dict[str, int]:
        ready.wait()
        return hooks.send(item()).json()

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(send, range(12)))
    assert sum(answer["stored"] for answer in answers) == 1
    assert sum(answer["repeated"] for answer in answers) == 11
    with office.db.reading() as session:
        assert len(session.scalars(select(Case)).all()) == 1


def test_a_post_that_was_edited_is_shown_anew_and_one_that_was_deleted_goes(hooks, office):
    hooks.send([item(1), item(2)])
    changed = item(1, text="My Tindra leaks no more", edited_at="2026-03-10T11:45:00Z")
    answer = hooks.send([changed, {"id": "t2", "source": "forum", "deleted": True}])
    assert answer.json() == {"stored": 0, "repeated": 1, "errors": [], "deleted": 1}
    assert {m.external_id: m.text for m in stored(office)} == {"t1": "My Tindra leaks no more", "t2": ""}
    hooks.send([item(1), item(2)])
    assert {m.external_id: m.text for m in stored(office)} == {"t1": "My Tindra leaks no more", "t2": ""}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestWhoMay:
    def test_two_secrets_serve_while_one_takes_the_others_place(self, hooks):
        assert hooks.send(item(1), secret=SECRET).status_code == 200
        assert hooks.send(item(2), secret=OLD).status_code == 200

    @pytest.mark.parametrize("late", [-301, 301])
    def test_what_was_signed_more_than_five_minutes_from_now_is_refused(self, hooks, office, late):
        answer = hooks.send(item(), at=NOW + late)
        assert (answer.status_code, stored(office)) == (401, [])
        assert "five minutes" in answer.json()["error"]
        assert hooks.send(item(), at=NOW + late // 301 * 299).status_code == 200

    @pytest.mark.parametrize(
        "forged",
        [
            {"secret": "another-secret-altogether-0"},
            {"signature": ""},
            {"signature": "v1="},
            {"signature": "v0=" + "0" * 64},
            {"signature": "v1=é"},
            {"at": ""},
            {"at": "now"},
            {"at": "²"},
            {"at": "-1"},
            {"at": f"{NOW}.0"},
            {"at": "9" * 400},
            {"name": "bare"},
        ],
    )
    def test_what_is_not_signed_is_refused(self, hooks, office, forged):
        answer = hooks.send(item(), **forged)
        assert (answer.status_code, stored(office)) == (401, [])
        assert answer.json()["error"].endswith(".")
        assert SECRET not in answer.text

    def test_neither_body_nor_time_can_be_changed(self, hooks, office):
        signature = sign(SECRET, str(NOW), json.dumps(item(1)).encode())
        assert hooks.send(item(2), signature=signature).status_code == 401
        assert hooks.send(item(1), at=NOW + 1, signature=signature).status_code == 401
        assert stored(office) == []

    def test_an_unknown_name_is_told(self, hooks):
        answer = hooks.send(item(), name="dekk")
        assert (answer.status_code, answer.json()) == (404, {"error": "There is no webhook of this name."})


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestWhatIsSent:
    def test_halves_of_signs_and_nul_are_left_out(self, hooks, office):
        body = json.dumps(item()).replace("what a mess", "what a \\ud800mess\\u0000").encode()
        assert hooks.send(body).json()["stored"] == 1
        assert stored(office)[0].text.endswith("what a mess")

    def test_a_time_that_has_not_come_is_now(self, hooks, office):
        hooks.send(item(created_at="2031-01-01T00:00:00Z"))
        assert stored(office)[0].created_at == NOON

    def test_numbers_may_be_ids(self, hooks, office):
        hooks.send(item(id=8_123_456_789))
        assert stored(office)[0].external_id == "8123456789"

    def test_a_webhook_with_a_source_speaks_for_no_other(self, hooks, office):
        sent = [item(1, source=...), item(2, source="trustpilot"), item(3, source="x")]
        answer = hooks.send(sent, name="reviews")
        assert answer.json()["stored"] == 2
        assert answer.json()["errors"] == [
            {"index": 2, "error": "source is trustpilot here, or is left out."}
        ]
        assert {mention.source for mention in stored(office)} == {"trustpilot"}

    def test_nobody_deletes_what_is_another_sources(self, hooks, office, sifter):
        logged = post(source="slack", external_id="C1:1.2")
        Listener(office, sifter).take("test", Batch([logged]))
        gone = {"id": "C1:1.2", "deleted": True}
        assert hooks.send({**gone, "source": "slack"}).status_code == 422
        assert hooks.send({**gone, "source": "slack"}, name="reviews").status_code == 422
        assert hooks.send({**gone, "source": "forum", "deleted": "yes"}).status_code == 422
        assert stored(office)[0].text == logged.text

    def test_on_x_a_mention_of_us_is_believed_where_our_handle_stands(self, hooks, office):
        hooks.send(
            [
                item(1, source="x", id="11", mentions_us=True),
                item(2, source="x", id="12", mentions_us=True, text="@TindraCare my kettle leaks again"),
            ]
        )
        assert [mention.mentions_us for mention in stored(office)] == [False, True]

    def test_more_than_five_hundred_are_refused(self, hooks, office):
        answer = hooks.send([item(n, text="a") for n in range(501)])
        assert answer.status_code == 400
        assert "500 mentions at most" in answer.json()["error"]
        assert stored(office) == []

    def test_a_body_that_is_no_json_is_refused(self, hooks):
        answer = hooks.send(b"[" * 200_000)
        assert (answer.status_code, answer.json()["error"]) == (
            400,
            "The body can't be read: this is not JSON.",
        )

    def test_a_request_without_one_good_mention_is_refused_as_a_whole(self, hooks, office):
        answer = hooks.send([item(url="javascript:alert(1)"), item(source="slack")])
        assert (answer.status_code, len(answer.json()["errors"])) == (422, 2)
        assert stored(office) == []

    def test_an_empty_list_is_nothing(self, hooks):
        assert hooks.send([]).json() == {"stored": 0, "repeated": 0, "errors": []}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestLimits:
    def test_a_body_above_a_megabyte_is_refused(self, hooks):
        answer = hooks.send(item(text="x" * 1_000_000))
        assert answer.status_code == 413
        assert "1,000,000 bytes" in answer.json()["error"]

    def test_so_is_one_that_does_not_say_how_long_it_is(self, hooks):
        parts = (b"x" * 100_000 for _ in range(12))
        headers = {"Content-Type": "application/json"}
        answer = requests.post(f"{hooks.url}/hooks/mentions/desk", parts, headers=headers, timeout=20)
        assert answer.status_code == 413

    @pytest.mark.parametrize(
        "headers", [{"Content-Type": "text/plain"}, {"Content-Encoding": "gzip"}, {"Content-Type": ""}]
    )
    def test_another_kind_of_body_is_refused(self, hooks, headers):
        answer = hooks.send(item(), **headers)
        assert answer.status_code == 415
        assert "application/json" in answer.json()["error"]

    def test_another_method_or_address_is_refused_in_a_sentence(self, hooks):
        got = requests.get(f"{hooks.url}/hooks/mentions/desk", timeout=20)
        assert (got.status_code, got.headers["Allow"]) == (405, "POST")
        assert "method" in got.json()["error"]
        nowhere = requests.get(f"{hooks.url}/admin", timeout=20)
        assert (nowhere.status_code, nowhere.json()["error"]) == (404, "There is nothing at this address.")

    def test_without_slack_over_http_there_is_no_address_for_it(self, hooks):
        assert requests.post(f"{hooks.url}/slack/events", timeout=20).status_code == 404
        assert requests.get(f"{hooks.url}/healthz", timeout=20).text == "ok\n"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_visitors_who_say_nothing_keep_nobody_waiting(hooks, office):
    place = urlsplit(hooks.url)
    head = b"POST /hooks/mentions/desk HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"
    with ExitStack() as stack:
        for half in [b"", head[:20], head] * 10:
            visitor = socket.create_connection((place.hostname, place.port), timeout=5)
            stack.callback(visitor.close)
            visitor.sendall(half)
        assert hooks.send(item()).json()["stored"] == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nothing_that_somebody_sent_is_in_the_log(hooks, caplog, capsys):
    secret_words = "mum-s-address-is-12-high-street"
    hooks.send(
        [item(text=secret_words), item(2, source=secret_words), item(3, url=secret_words), secret_words]
    )
    hooks.send(secret_words.encode())
    hooks.send(item(), name=secret_words)
    hooks.send(item(), signature=secret_words)
    shown = capsys.readouterr()
    assert secret_words not in caplog.text + shown.out + shown.err


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_while_the_database_is_away_the_sender_is_asked_to_try_again(hooks, office, db, tmp_path):
    file = tmp_path / "test.db"
    db.close()
    file.rename(tmp_path / "away.db")
    for left in tmp_path.glob("test.db-*"):
        left.unlink()
    file.mkdir()
    answer = hooks.send(item())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert requests.get(f"{hooks.url}/healthz", timeout=20).status_code == 200  # a restart would not mend it

    db.close()
    file.rmdir()
    (tmp_path / "away.db").rename(file)
    assert hooks.send(item()).json()["stored"] == 1
