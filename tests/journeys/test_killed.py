"""The real program as a process: killed at the worst moments, told to stop, and started again."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.settings import ROOT
from models.database import Database
from tests.people import ANA
from tests.slack import NORDIC, Fault, eventually, words

LEASE = 25
PLAYBOOK = """
company: {name: Tindra}
brands:
  - {name: Tindra, handles: {x: [TindraCare]}, keywords: {any: [tindra]}}
queues:
  - name: nordic
    channel: mentions-nordic
    languages: [da]
    time_zone: Europe/Copenhagen
    targets: {first_response: 1h, resolution: 1d}
  - {name: everyone, channel: mentions, time_zone: UTC, targets: {first_response: 1h, resolution: 1d}}
checklist:
  - {key: helps, label: a reply helps here, stage: public, required_for: [complaint]}
leads: [{name: Gry, slack: UGRY, digest_at: "08:30", time_zone: UTC}]
leads_channel: care-leads
sources: {replay: {file: POSTS, first: 2, every: 3600}}
"""
POSTS = (
    "My Tindra leaks all over the kitchen counter, what a mess @TindraCare",
    "Min Tindra maskine er utæt igen, det er tredje gang på en uge, og jeg er virkelig træt af det",
)


class Program:
    """`python app.py run`, with what it logged."""

    def __init__(self, folder: Path, slack_url: str) -> None:
        self._log = folder / "log"
        posts = folder / "posts.jsonl"
        rows = [{"id": f"190{n}", "source": "x", "author": f"mia{n}", "text": t} for n, t in enumerate(POSTS)]
        posts.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
        playbook = folder / "playbook.yaml"
        playbook.write_text(PLAYBOOK.replace("POSTS", json.dumps(str(posts))), encoding="utf-8")
        url = f"sqlite:///{folder / 'killed.db'}"
        database = Database(url)
        database.upgrade()
        database.close()
        self.env = {
            **os.environ,
            "SLACK_BOT_TOKEN": "xoxb-test",
            "SLACK_APP_TOKEN": "xapp-test",
            "SLACK_API_URL": f"{slack_url}/api/",
            "DATABASE_URL": url,
            "PLAYBOOK": str(playbook),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, role: str = "all") -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "app.py", "run", "--role", role],
                cwd=ROOT,
                env=self.env,
                stdout=log,
                stderr=log,
            )

    def end(self, how: signal.Signals, within: float = 10) -> int:
        """Its exit code."""
        assert self._process is not None
        self._process.send_signal(how)
        return self._process.wait(within)

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def said(self) -> str:
        return self._log.read_text(encoding="utf-8")


@pytest.fixture
def process(tmp_path, proxy):
    program = Program(tmp_path, proxy.url)
    yield program
    program.stop()


def test_a_program_killed_before_and_after_slack_posted_shows_each_card_once(process, slack, proxy):
    # One card has not reached Slack when the program dies, the other stands there already.
    proxy.next("chat.postMessage", Fault(wait=60), Fault(forward=True, wait=60))
    process.start()
    eventually(lambda: proxy.calls.count("chat.postMessage") == 2, within=60)
    standing = eventually(lambda: slack.cards(1) + slack.cards(2, channel=NORDIC))
    assert process.end(signal.SIGKILL) == -signal.SIGKILL
    killed = time.monotonic()
    assert len(standing) == 1

    process.start()
    slack.card(1, within=LEASE + 15)
    slack.card(2, channel=NORDIC, within=LEASE + 15)
    # Both are settled: a claim is shown on the same cards, and there is no third.
    slack.command(ANA, "/claim", "1")
    slack.command(ANA, "/claim", "2")
    eventually(lambda: "<@UANA> has it" in words(slack.card(1)), within=LEASE)
    eventually(lambda: "<@UANA> has it" in words(slack.card(2, channel=NORDIC)), within=LEASE)
    assert time.monotonic() - killed < LEASE + 20
    assert (len(slack.cards(1)), len(slack.cards(2, channel=NORDIC))) == (1, 1)
    assert proxy.calls.count("chat.postMessage") == 3
    assert "Traceback" not in process.said()


def test_a_program_told_to_stop_ends_cleanly_and_a_second_start_carries_on(process, slack, proxy):
    process.start()
    slack.card(1, within=60)
    slack.card(2, channel=NORDIC)
    slack.command(ANA, "/claim", "1")
    slack.private(ANA, "It is yours")
    assert process.end(signal.SIGTERM) == 0

    process.start()
    eventually(lambda: proxy.calls.count("apps.connections.open") >= 2, within=60)
    eventually(lambda: answers(slack), within=60)
    slack.private(ANA, "You already have case 1")
    assert (len(slack.cards(1)), len(slack.cards(2, channel=NORDIC))) == (1, 1)
    assert process.end(signal.SIGINT) == 0
    assert "Traceback" not in process.said()


def answers(slack):
    """Whether the program that was just started takes commands."""
    slack.command(ANA, "/claim", "1")
    return [m for m in slack.messages() if "You already have case 1" in words(m)]
