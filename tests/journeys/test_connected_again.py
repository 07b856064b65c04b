"""Slack's socket is cut: the program notices at once, and connects anew as soon as Slack lets it."""

import socket

import pytest

import handlers.slack
from config.errors import SettingsError
from handlers import slack_connection
from handlers.slack import refuse_wrong_tokens, slack_app, slack_socket
from handlers.slack_connection import connect, has_hung_up
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
        yield connection
        hang_up(connection.client)
        connection.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("faults", [(), (Fault(500), Fault(hang_up=True), Fault(500))])
def test_a_cut_socket_is_replaced_though_slack_may_not_answer_at_first(proxy, slack, connection, faults):
    connect(connection)
    eventually(lambda: proxy.sockets.connected)
    before, lost = proxy.calls.count("apps.connections.open"), connection.client.session_id()
    proxy.next("apps.connections.open", *faults)
    proxy.sockets.cut()
    eventually(lambda: connection.client.is_connected() and connection.client.session_id() != lost)
    assert proxy.calls.count("apps.connections.open") > before + len(faults)
    eventually(lambda: proxy.sockets.connected)
    slack.command(ANA, "/claim")
    slack.private(ANA, "Nothing is waiting")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_program_that_starts_in_slacks_bad_minutes_connects_when_they_are_over(proxy, slack, connection):
    proxy.next("apps.connections.open", Fault(500), Fault(hang_up=True), Fault(500))
    connect(connection)
    eventually(lambda: proxy.sockets.connected)
    slack.command(ANA, "/claim")
    slack.private(ANA, "Nothing is waiting")


def test_tokens_are_checked_again_while_slack_is_in_trouble(proxy, monkeypatch):
    monkeypatch.setattr(handlers.slack, "WAITS", (0.0, 0.0))
    proxy.next("auth.test", Fault(500), Fault(502, body="<html>"), Fault(503))
    settings = settings_for(proxy.url_for("p0"), "sqlite://")
    with pytest.raises(SettingsError, match="in trouble"):
        refuse_wrong_tokens(settings, socket=True)
    proxy.next("auth.test", Fault(500), Fault(502, body="<html>"))
    refuse_wrong_tokens(settings, socket=True)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_program_asks_again_who_it_is_while_slack_is_in_trouble(proxy, database_url, book, monkeypatch):
    monkeypatch.setattr(handlers.slack, "WAITS", (0.0, 0.0))
    settings = settings_for(proxy.url_for("p0"), database_url)
    with running(settings, book, connected=False) as parts:
        proxy.next("auth.test", Fault(502, body="<html>"), Fault(hang_up=True))
        slack_app(settings, parts.services)
        proxy.next("auth.test", Fault(500), Fault(502, body="<html>"), Fault(503))
        with pytest.raises(SettingsError, match="can't be reached"):
            slack_app(settings, parts.services)


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
