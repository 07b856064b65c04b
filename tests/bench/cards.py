"""From a source handing a post over to its card standing in Slack, in a channel that was idle."""

import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.sources import Batch
from config.playbook import load_playbook
from handlers.parts import Parts
from tests.bench.figures import Figure, Samples
from tests.bench.stage import APP_TOKEN, BOT_TOKEN, BenchSlack, a_post, channel_of, write_playbook
from tests.slack import eventually, running, settings_for

TRIES = 15
APART = 0.37
"""Seconds between tries; not a multiple of delivery's own turn, so that tries fall anywhere in it."""


def measure(folder: Path) -> list[Figure]:
    with ExitStack() as stack:
        slack = BenchSlack(folder, "slack")
        stack.callback(slack.stop)
        settings = replace(
            settings_for(slack.url, f"sqlite:///{folder / 'bench.db'}"),
            slack_bot_token=BOT_TOKEN,
            slack_app_token=APP_TOKEN,
        )
        parts = stack.enter_context(running(settings, load_playbook(write_playbook(folder))))
        _take(parts, slack, 0)  # the first one loads what is loaded lazily
        taking, shown, bare = [], [], []
        for number in range(1, TRIES + 1):
            time.sleep(APART)
            wait, took, blocks = _take(parts, slack, number)
            taking.append(took)
            shown.append(wait)
            time.sleep(APART)
            bare.append(_post(slack, number, blocks))
    peer = "bare chat.postMessage"
    return [
        Figure(
            "A post taken to its card in Slack", Samples(shown, "ms"), peer, Samples(bare, "ms"), "3,000 ms"
        ),
        Figure("Taking it: sift, then case and card in one transaction", Samples(taking, "ms")),
    ]


def _take(parts: Parts, slack: BenchSlack, number: int) -> tuple[float, float, list[dict[str, Any]]]:
    """Milliseconds from the end of the taking to the card, and of the taking itself; the card's blocks."""
    seen = len(_posted(slack))
    began = time.time()
    parts.works.listener.take("bench", Batch([a_post(number)]))
    taken = time.time()
    card = eventually(lambda: _posted(slack)[seen:], within=15)[0]
    return card["time"] - taken * 1000, (taken - began) * 1000, card["detail"]["blocks"]


def _post(slack: BenchSlack, number: int, blocks: list[dict[str, Any]]) -> float:
    seen = len(_posted(slack))
    began = time.time()
    slack.client.chat_postMessage(channel=channel_of(number), text="A card", blocks=blocks)
    return float(_posted(slack)[seen]["time"] - began * 1000)


def _posted(slack: BenchSlack) -> list[dict[str, Any]]:
    return [e for e in slack.log() if e["summary"] == "chat.postMessage"]
