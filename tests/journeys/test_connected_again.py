"""Slack's socket is cut: the program notices at once, and connects anew as soon as Slack lets it."""

import socket

import pytest

from handlers import slack_connection
from handlers.slack import slack_app, slack_socket
from handlers.slack_connection import has_hung_up
from tests.chaos.proxy import TroubledSlack
from tests.people import ANA
from tests.slack import Fault, eventually, hang_up, running, settings_for


@pytest.fixture
def proxy(slack):
    proxy = TroubledSlack(slack.url, seed=1, share=0.0)
    yield proxy
    proxy.stop()


@pytest.fixture
def connection(proxy, database_url, book, monkeypatch):
    monkeypatch.setattr(slack_connection, "LOOK_EVERY", 0.1)
    monkeypatch.setattr(slack_connection, "TRY_EVERY", 0.3)
    settings = settings_for(proxy.url_for("p0"), database_url)
    with running(settings, book, connected=False) as parts:
        connection = slack_socket(settings, slack_app(settings, parts.services))
        connection.connect()
        eventually(lambda: proxy.sockets.connected)
        yield connection
        hang_up(connection.client)
        connection.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("faults", [(), (Fault(500), Fault(hang_up=True), Fault(500))])
def test_a_cut_socket_is_replaced_though_slack_may_not_answer_at_first(proxy, slack, connection, faults):
    before, lost = proxy.calls.count("apps.connections.open"), connection.client.session_id()
    proxy.next("apps.connections.open", *faults)
    proxy.sockets.cut()
    eventually(lambda: connection.client.is_connected() and connection.client.session_id() != lost)
    assert proxy.calls.count("apps.connections.open") > before + len(faults)
    eventually(lambda: proxy.sockets.connected)
    slack.command(ANA, "/claim")
    slack.private(ANA, "Nothing is waiting")


def test_what_was_not_read_yet_is_no_end():
    here, there = socket.socketpair()
    here.settimeout(3)
    assert not has_hung_up(here)
    there.send(b"last words")
    there.close()
    assert not has_hung_up(here)
    assert here.recv(100) == b"last words"
    assert has_hung_up(here)
    here.close()
    assert has_hung_up(here)
