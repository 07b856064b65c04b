"""How an installation begins, and when it runs."""

import urllib.request
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.sources import Batch
from config.playbook import load_playbook
from config.settings import Settings
from handlers.parts import build
from models.post import Post
from tests.chaos.reconcile import Tables
from tests.chaos.town import text_of, utc_now
from tests.slack import Slack, eventually


def begin(database_url: str, playbook: Path) -> None:
    """A first post, heard two days ago: so there is something to tell in digests."""
    settings = replace(Settings(), database_url=database_url)
    then = utc_now() - timedelta(days=2)
    parts = build(settings, load_playbook(playbook), clock=lambda: then)
    post = Post(
        source="notes",
        external_id="note-0",
        text=text_of(0),
        created_at=then,
        author="customer_0",
        language="en",
    )
    parts.works.listener.take("before", Batch([post]))
    parts.office.db.close()


def wait_until_up(slack: Slack, ports: Sequence[int], workers: int, tables: Tables) -> None:
    """Until all workers are connected, the webhooks answer, and the feed was read once: of a new feed
    only the newest entries are taken."""

    def up() -> bool:
        if not tables.rows("SELECT name FROM source_states WHERE last_ok_at IS NOT NULL"):
            return False
        if sum("socket connected" in entry["summary"] for entry in slack.log()) < workers:
            return False
        return all(answers(port) for port in ports)

    def answers(port: int) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    eventually(up, within=120)
