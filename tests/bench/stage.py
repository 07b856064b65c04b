"""Where the benchmark plays: local Slacks with many people and channels, a playbook, and waiting cases."""

import copy
import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import websocket
import yaml
from slack_sdk import WebClient

from bot.local_slack import LocalSlack, find_binary
from config.settings import DEMO_SLACK, ROOT
from models.post import Post
from tests.slack import eventually, free_port

CHANNELS = 10
PEOPLE = 50
MAY_WARM_UP = 60
"""Seconds at most in which languages are still loaded."""
BOT_TOKEN, APP_TOKEN = "xoxb-bench", "xapp-bench"
Entry = dict[str, Any]


def channel_of(number: int) -> str:
    return f"bench-{number % CHANNELS}"


def person(number: int) -> str:
    return f"UBENCH{number % PEOPLE:02}"


def text_for(number: int) -> str:
    """A complaint whose topic leads it to the channel `channel_of(number)`."""
    return (
        f"@TindraCare third puddle this week under my Tindra One, at corner{number % CHANNELS} of the "
        "worktop, which is starting to swell. It's seven months old. Is anyone there?"
    )


def a_post(number: int) -> Post:
    now = datetime.now(UTC)
    return Post(
        source="x",
        external_id=f"bench-{number}-{now.timestamp():.6f}",
        text=text_for(number),
        created_at=now,
        author=f"customer_{number}_{now.timestamp():.6f}",
        author_name="Martha Quill",
        url=f"https://x.com/customer/status/{number}",
        language="en",
    )


def write_workspace(folder: Path, count: int) -> Path:
    """The demo's workspace with so many people, and the benchmark's channels."""
    data = yaml.safe_load(DEMO_SLACK.read_text(encoding="utf-8"))
    data["app"] |= {"botToken": BOT_TOKEN, "appToken": APP_TOKEN}
    people = [{"id": f"UBENCH{i:02}", "name": f"bench{i}", "real_name": f"Bench {i}"} for i in range(count)]
    data["users"] += people
    members = [u["id"] for u in data["users"]] + [data["app"]["botUserId"]]
    data["channels"] += [
        {"id": f"C0BENCH{i}", "name": channel_of(i), "members": members} for i in range(CHANNELS)
    ]
    return _write(folder / "workspace.yaml", data)


def write_playbook(folder: Path) -> Path:
    """The shipped playbook, without its sources and with a queue for each of the benchmark's channels."""
    data = copy.deepcopy(yaml.safe_load((ROOT / "config" / "playbook.yaml").read_text(encoding="utf-8")))
    everyone = data["queues"][-1]
    data["sources"] = {}
    data["specialists"] = []
    for part in ("escalation", "surges", "training"):  # they name the demo's topics and people
        data.pop(part, None)
    data["groups"] = {"alike": False, "most_waiting_cards": 0}  # its posts say the same, each in its channel
    data["topics"] = [{"name": f"corner{i}", "any": [f"corner{i}"]} for i in range(CHANNELS)]
    data["queues"] = [
        *(
            everyone | {"name": f"q{i}", "channel": channel_of(i), "topics": [f"corner{i}"]}
            for i in range(CHANNELS)
        ),
        everyone,
    ]
    return _write(folder / "playbook.yaml", data)


def _write(path: Path, data: dict[str, Any]) -> Path:
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def log_of(url: str) -> list[Entry]:
    """A Slack's latest 1,000 entries of traffic with bots, oldest first; `time` in ms since 1970."""
    with urllib.request.urlopen(f"{url}/_control/log", timeout=10) as answer:
        return list(json.load(answer)["log"])


class BenchSlack:
    """A running local Slack with the benchmark's workspace."""

    def __init__(self, folder: Path, name: str, people: int = PEOPLE) -> None:
        port = free_port()
        self._process = LocalSlack(
            find_binary(ROOT), write_workspace(folder, people), port, folder / f"{name}.log"
        )
        self.url = f"http://127.0.0.1:{port}"
        self.client = WebClient(token=BOT_TOKEN, base_url=f"{self.url}/api/")

    def stop(self) -> None:
        self._process.stop()

    def log(self) -> list[Entry]:
        return log_of(self.url)

    def connections(self) -> int:
        return sum("socket connected" in e["summary"] for e in self.log())

    def command(self, user: str, command: str, text: str, channel: str) -> None:
        """Types a slash command; returns when it was acknowledged."""
        body = {"channel": channel, "user": user, "command": command, "text": text}
        request = urllib.request.Request(
            f"{self.url}/_control/command", json.dumps(body).encode(), {"content-type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            answer.read()


@contextmanager
def listening_in(slack: BenchSlack) -> Iterator[dict[str, str]]:
    """Envelope ids by response_url, as they come.

    The log's envelopes lack their id and its acknowledgements have nothing else. The local Slack sends
    each envelope to all connections, so one more that never answers tells which belongs to which.
    """
    url = WebClient(token=APP_TOKEN, base_url=f"{slack.url}/api/").apps_connections_open(app_token=APP_TOKEN)
    connection = websocket.create_connection(str(url["url"]), timeout=300)
    known: dict[str, str] = {}

    def read() -> None:
        while True:
            try:
                told = json.loads(connection.recv())
            except (websocket.WebSocketException, OSError, ValueError):
                return
            if "envelope_id" in told:
                known[told["payload"].get("response_url", "")] = told["envelope_id"]

    with _thread(read, connection.close):
        yield known


@contextmanager
def _thread(work: Callable[[], None], end: Callable[[], None]) -> Iterator[None]:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        end()
        thread.join(timeout=5)


@contextmanager
def process(arguments: list[str], folder: Path, **environment: str) -> Iterator["subprocess.Popen[bytes]"]:
    """One of our programs in a process of its own, ended at the end. Its output goes into `folder`."""
    # Empty, rather than absent, wins over a developer's .env.
    blank = {"SLACK_BOT_TOKEN": "", "SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": "", "PLAYBOOK": ""}
    x = {f"X_{k}": "" for k in ("BEARER_TOKEN", "CONSUMER_KEY", "CONSUMER_SECRET", "ACCESS_TOKEN", "API_URL")}
    environment = {
        **os.environ,
        **blank,
        **x,
        "X_ACCESS_TOKEN_SECRET": "",
        "SLACK_API_URL": "",
        **environment,
    }
    with (folder / "processes.log").open("ab") as out:
        started = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env=environment, stdout=out, stderr=out
        )
    try:
        yield started
    finally:
        started.terminate()
        try:
            started.wait(timeout=20)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


def processor_seconds(pid: int) -> float:
    """What a process has used of the processor so far; 0 on systems without /proc."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def come_to_rest(pid: int) -> None:
    """Waits until a process that was started has had nothing to do for two seconds: whoever measures a single
    thing does not measure what is made ready beside it."""
    until, used, quiet = time.monotonic() + MAY_WARM_UP, 0.0, 0
    while time.monotonic() < until and quiet < 4:
        time.sleep(0.5)
        before, used = used, processor_seconds(pid)
        quiet = quiet + 1 if 0.1 < used < before + 0.05 else 0


def connected(url: str, before: int, within: float = 30.0) -> float:
    """When, in seconds since 1970, a program connected to the Slack at `url` after `before` others had."""

    def look() -> float | None:
        try:
            times = [e["time"] for e in log_of(url) if "socket connected" in e["summary"]]
        except OSError:
            return None  # this Slack is only being started
        return times[before] / 1000 if len(times) > before else None

    return eventually(look, within)
