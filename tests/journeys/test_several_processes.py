"""Several real processes on one PostgreSQL: of workers and clocks any may be killed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.settings import ROOT
from tests.journeys.test_killed import PLAYBOOK, POSTS
from tests.slack import NORDIC, eventually, words

TAKES_OVER = 30
"""Seconds that another clock may take."""
LEADS = "this clock leads"
BUSY = 60
"""Seconds that processes may take to start on a busy machine."""


class Processes:
    """`python app.py run --role …`, any number of them, each with what it logged."""

    def __init__(self, folder: Path, slack_url: str, database_url: str) -> None:
        self._folder = folder
        self.posts = folder / "posts.jsonl"
        for number, text in enumerate(POSTS):
            self.write(number, text)
        playbook = folder / "playbook.yaml"
        written = PLAYBOOK.replace("POSTS", json.dumps(str(self.posts))).replace("every: 3600", "every: 1")
        playbook.write_text(written, encoding="utf-8")
        self._env = {
            **os.environ,
            "SLACK_BOT_TOKEN": "xoxb-test",
            "SLACK_APP_TOKEN": "xapp-test",
            "SLACK_API_URL": f"{slack_url}/api/",
            "DATABASE_URL": database_url,
            "PLAYBOOK": str(playbook),
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def write(self, number: int, text: str) -> None:
        """One more post in the file that the clock replays."""
        row = {"id": f"190{number}", "source": "x", "author": f"mia{number}", "text": text}
        with self.posts.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")

    def start(self, name: str, role: str) -> None:
        with (self._folder / name).open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "app.py", "run", "--role", role],
                cwd=ROOT, env=self._env, stdout=log, stderr=log,
            )  # fmt: skip

    def said(self, name: str) -> str:
        return (self._folder / name).read_text(encoding="utf-8")

    def stop(self) -> None:
        for process in self.running.values():
            process.kill()
            process.wait()


@pytest.fixture
def processes(tmp_path, slack, postgres):
    started = Processes(tmp_path, slack.url, postgres())
    yield started
    started.stop()


@pytest.mark.timeout(240)  # four starts of the program, on a busy machine
def test_of_several_workers_and_clocks_any_may_be_killed(processes, slack):
    for name, role in (("one", "worker"), ("two", "worker"), ("first", "clock"), ("second", "clock")):
        processes.start(name, role)
    slack.card(1, within=BUSY)
    slack.card(2, channel=NORDIC, within=BUSY)
    # A worker opens two: by the first it asks whether its token is taken.
    eventually(lambda: opened(slack) >= 4, within=BUSY)

    # Each click goes to every worker and counts once; one person gets the case, whoever came first.
    people = [f"U{name}" for name in ("ANA", "BO", "CARLA", "DAG", "EVA")]
    for member in people:
        slack.command(member, "/claim", "1")
    owner = eventually(lambda: next((p for p in people if f"<@{p}> has it" in words(slack.card(1))), None))
    for member in people:
        if member != owner:
            slack.private(member, f"<@{owner}>", within=BUSY)
    processes.running["one"].send_signal(signal.SIGKILL)
    processes.running["one"].wait()
    slack.command("UBO", "/claim", "2", channel=NORDIC)
    eventually(lambda: "<@UBO> has it" in words(slack.card(2, channel=NORDIC)), within=BUSY)

    leads = [name for name in ("first", "second") if LEADS in processes.said(name)]
    assert len(leads) == 1
    waits = "second" if leads == ["first"] else "first"
    eventually(lambda: processes.running[waits].poll() is None)
    processes.running[leads[0]].send_signal(signal.SIGKILL)
    killed = time.monotonic()
    eventually(lambda: LEADS in processes.said(waits), within=BUSY)
    assert time.monotonic() - killed < TAKES_OVER
    processes.write(2, "The lid of my Tindra broke off on the first day, really poor")
    slack.card(3, within=BUSY)

    assert [len(slack.cards(1)), len(slack.cards(2, channel=NORDIC)), len(slack.cards(3))] == [1, 1, 1]
    for name in ("two", waits):
        processes.running[name].send_signal(signal.SIGTERM)
    assert [processes.running[name].wait(BUSY) for name in ("two", waits)] == [0, 0]
    assert "Traceback" not in "".join(processes.said(name) for name in processes.running)


def opened(slack):
    """How many connections were asked for."""
    return sum("apps.connections.open" in json.dumps(entry) for entry in slack.log())
