"""The real program as those see it who look after it: its pages, its log, and how it stops."""

import json
import signal
import subprocess
import sys
import urllib.request
from urllib.error import URLError

import pytest

from config.settings import ROOT
from tests.journeys.test_killed import Program
from tests.people import ANA
from tests.slack import Fault, eventually, free_port

TOKENS = {"SLACK_BOT_TOKEN": "xoxb-zqxtoken-1", "SLACK_APP_TOKEN": "xapp-zqxtoken-2"}
POST = "My Tindra leaks zqxwords all over the kitchen counter, what a mess @TindraCare"


@pytest.fixture
def process(tmp_path, proxy):
    program = Program(tmp_path, proxy.url)
    row = {"id": "1901", "source": "x", "author": "zqxauthor", "author_name": "Zqxname", "text": POST}
    (tmp_path / "posts.jsonl").write_text(json.dumps(row), encoding="utf-8")
    ports = {"METRICS_PORT": str(free_port()), "PORT": str(free_port())}
    program.env |= TOKENS | ports | {"SLACK_SIGNING_SECRET": "zqxsigning"}
    yield program
    program.stop()


def page(process, path) -> str:
    """What stands there once it answers with 200."""

    def ask() -> str:
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{process.env['METRICS_PORT']}{path}", timeout=10
            ) as answer:
                return answer.read().decode()
        except (URLError, ConnectionError):
            return ""

    return eventually(ask, within=40)


def test_one_number_leads_from_the_post_to_the_reply_and_nobodys_words_are_in_the_log(process, slack, proxy):
    trouble = '{"ok": false, "error": "internal_error", "zqx": "zqxanswer"}'
    proxy.next("chat.postMessage", Fault(status=500, body=trouble))
    process.start()
    slack.card(1, within=40)
    slack.command(ANA, "/claim", "1")
    slack.private(ANA, "It is yours")
    slack.command(ANA, "/case", "note 1 zqxnote of a colleague")
    eventually(lambda: "what='note'" in process.said())
    slack.command(ANA, "/case", "release 1")
    slack.command(ANA, "/claim", "not-a-number-zqx")
    eventually(lambda: "what='release'" in process.said())

    log = process.said()
    of_case = [line for line in log.splitlines() if " case=1 " in f"{line} "]
    for step in ("mention placed", "'sent'", "what='claim'", "what='note'", "what='release'"):
        assert any(step in line for line in of_case), step
    claim = next(line for line in of_case if "what='claim'" in line)
    assert "request='" in claim
    assert "zqx" not in log.lower()

    figures = page(process, "/metrics").lower()
    assert 'listening_post_mentions_total{outcome="shown",source="replay"} 1.0' in figures
    assert 'listening_post_slack_calls_total{method="chat.postmessage",outcome="failed"} 1.0' in figures
    assert "listening_post_acknowledgement_seconds_count 0.0" not in figures
    assert "zqx" not in figures
    assert "zqx" not in page(process, "/readyz").lower()
    assert process.end(signal.SIGTERM, within=30) == 0


@pytest.mark.parametrize("role", ["worker", "clock", "web"])
def test_every_role_has_its_pages_and_stops_when_it_is_told(process, slack, role):
    process.start(role)
    assert "database: answers" in page(process, "/readyz")
    assert f'role="{role}"' in page(process, "/metrics")
    assert process.end(signal.SIGTERM, within=30) == 0
    assert "Traceback" not in process.said()


def test_what_hangs_does_not_keep_a_program_from_stopping():
    hangs = "import threading; threading.Thread(target=threading.Event().wait).start()"
    program = f"from bot.stopping import stop_within; {hangs}; stop_within(0.1)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, timeout=60, capture_output=True, text=True
    )
    assert done.returncode == 0
    assert "stopped before all that was in hand was done" in done.stdout + done.stderr
