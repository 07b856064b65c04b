"""The local Slack as the place to try the program: its settings, what it begins with, its welcome."""

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from bot.answers.demo import load_demo_answers
from bot.local_slack import LocalSlack, find_binary, tokens
from bot.office import Office
from config.playbook import Playbook
from config.settings import DEMO_POSTS, DEMO_SLACK, ROOT, Settings

LOG_FILE = ROOT / "var" / "demo.log"


@contextmanager
def local_workspace(settings: Settings) -> Iterator[tuple[LocalSlack, Settings]]:
    """A local Slack on `settings.port` as long as this lasts, and the settings to work in it; webhooks and
    Facebook get the port after it. Raises SettingsError when it can't be started."""
    slack = LocalSlack(find_binary(ROOT), DEMO_SLACK, settings.port, ROOT / "var" / "local-slack.log")
    try:
        known = tokens(DEMO_SLACK)
        yield (
            slack,
            dataclasses.replace(
                settings,
                slack_bot_token=known["bot"],
                slack_app_token=known["app"],
                slack_api_url=f"{slack.url}/api/",
                port=settings.port % 65535 + 1,
            ),
        )
    finally:
        slack.stop()


def load_samples(office: Office) -> None:
    """Answers to suggest, where the demo's customers write."""
    replay = office.playbook.sources.replay
    if replay is not None and replay.file == DEMO_POSTS:
        load_demo_answers(office)


def without_samples(settings: Settings, playbook: Playbook) -> Playbook:
    """In a workspace at slack.com the demo's sample posts must never look like customers."""
    replay = playbook.sources.replay
    if replay is None or replay.file != DEMO_POSTS or "slack.com" not in settings.slack_api_url:
        return playbook
    structlog.get_logger().warning("the demo's sample posts are not played in a real workspace")
    sources = playbook.sources.model_copy(update={"replay": None})
    return playbook.model_copy(update={"sources": sources})


def welcome(url: str, log_file: Path = LOG_FILE) -> str:
    return f"""Listening Post runs in a local Slack: open {url} and choose #mentions.
Top right you choose whom you act as. Three things to try:
  1. As Ana, type /claim in #mentions, or press Claim on a card; then claim the same one as Bo.
  2. Press Reply… and ask for an order number in public: the check stops you, and says why.
  3. Tick the steps and press Resolve too early; or choose Escalate… and accept as the specialist.
As Gry, the team lead, type /digest. Ctrl-C stops; starting again carries on with the same cases.
The log is in {log_file.relative_to(ROOT)}."""
