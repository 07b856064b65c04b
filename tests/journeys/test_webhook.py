"""Another tool sends a mention to the program as it runs, by the examples that the documentation gives."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from urllib.error import URLError

import pytest

from config.settings import ROOT
from tests.databases import copy_migrated
from tests.journeys.test_killed import PLAYBOOK
from tests.slack import eventually, free_port, words

SECRET = "a-secret-of-the-help-desk-2026"
EXAMPLES = re.findall(
    r"```(sh|python)\n(.*?)```", (ROOT / "docs" / "sources" / "webhook.md").read_text("utf-8"), re.DOTALL
)


@pytest.fixture
def url(slack, tmp_path):
    """`python app.py run`, in Socket Mode, listening for webhooks as well."""
    book, port = tmp_path / "playbook.yaml", free_port()
    book.write_text(re.sub("sources: .*", "sources: {webhooks: [{name: desk}]}", PLAYBOOK), encoding="utf-8")
    copy_migrated(tmp_path / "hooks.db")
    env = {
        **os.environ,
        "SLACK_BOT_TOKEN": "xoxb-test",
        "SLACK_APP_TOKEN": "xapp-test",
        "SLACK_API_URL": f"{slack.url}/api/",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'hooks.db'}",
        "PLAYBOOK": str(book),
        "PORT": str(port),
        "WEBHOOK_SECRETS": f"desk={SECRET}",
    }
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "app.py", "run"], cwd=ROOT, env=env, stdout=log, stderr=log
        )
    eventually(lambda: _answers(f"http://127.0.0.1:{port}/healthz"), within=30)
    yield f"http://127.0.0.1:{port}"
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0, (tmp_path / "log").read_text("utf-8")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except URLError:
        return False


def test_the_documented_examples_bring_cards_to_slack(slack, url):
    assert [language for language, _ in EXAMPLES] == ["sh", "python"]
    shells = {"sh": ["sh", "-c"], "python": [sys.executable, "-c"]}
    for language, example in EXAMPLES:
        env = {**os.environ, "URL": url, "SECRET": SECRET}
        done = subprocess.run(
            [*shells[language], example], env=env, capture_output=True, text=True, timeout=30
        )
        assert '"stored":1' in done.stdout, done
    cards = eventually(lambda: [slack.cards(n) for n in (1, 2)] if slack.cards(2) else None)
    assert "My Tindra machine leaks all over the counter" in words(cards[0][0])
    assert "My Tindra machine leaks too" in words(cards[1][0])
