"""A drain under way is woken by what happens, and does not go by its own turns."""

import threading

import pytest
from slack_sdk import WebClient

import bot.delivery
from bot.delivery import Delivery
from models.outbox import put
from tests.slack import NORDIC, Fault, eventually, words


def say(db, clock, channel, text):
    with db.transaction() as session:
        put(session, f"notice:{text}", kind="notice", channel=channel, payload={"text": text}, at=clock())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_becomes_due_while_another_message_hangs_leaves_at_once(
    proxy, slack, db, office, clock, monkeypatch
):
    monkeypatch.setattr(bot.delivery, "IDLE", 60.0)  # nobody waits for its next turn
    client = WebClient("xoxb-test", base_url=f"{proxy.url}/api/", timeout=20)
    client.retry_handlers = []
    delivery = Delivery(office, client)
    proxy.next("chat.postMessage", Fault(forward=True, wait=3.0))
    say(db, clock, "mentions", "It hangs")
    draining = threading.Thread(target=delivery.drain)
    draining.start()
    eventually(lambda: "chat.postMessage" in proxy.calls)
    say(db, clock, "mentions-nordic", "It does not wait")
    delivery.wake()
    eventually(lambda: any("It does not wait" in words(one) for one in slack.messages(NORDIC)))
    draining.join(30)
    assert not draining.is_alive(), "the end of what hung woke it too"
    delivery.stop()
