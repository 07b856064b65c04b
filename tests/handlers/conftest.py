"""The program on its stage: begun once for a file of tests, with the same two cases before each."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from slack_bolt import App
from slack_sdk import WebClient

from bot.sources import Batch
from handlers import features
from handlers.parts import build
from tests.databases import copy_migrated
from tests.handlers.stage import BOOK, KEYS, Stage
from tests.people import NOON, Time, post
from tests.slack import Slack, settings_for


@pytest.fixture(scope="module")
def begun(slack_process: Slack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stage, Path]]:
    """One program for all rows of the table, and a copy of its database with two cases in it."""
    folder, clock = tmp_path_factory.mktemp("twice"), Time()
    copy_migrated(folder / "test.db")
    settings = settings_for(slack_process.url, f"sqlite:///{folder / 'test.db'}")
    keys: dict[str, Any] = dict.fromkeys(KEYS, "-")
    parts = build(replace(settings, **keys), BOOK, clock=clock)
    leak = post("@TindraCare my Tindra leaks all over the kitchen counter", mentions_us=True)
    smell = post("My Tindra leaks since I changed the filter, and it smells", author="another")
    parts.works.listener.take("test", Batch([leak, smell]))
    client = WebClient("xoxb-test", base_url=f"{slack_process.url}/api/")
    app = App(client=client, signing_secret="-", process_before_response=True)
    features.register(app, parts.services)
    parts.office.db.close()
    shutil.copy(folder / "test.db", folder / "begun.db")
    yield Stage(parts, app, clock), folder
    parts.works.delivery.stop()
    parts.office.db.close()


@pytest.fixture
def stage(begun: tuple[Stage, Path], slack: Slack) -> Stage:
    stage, folder = begun
    stage.parts.office.db.close()
    for rest in folder.glob("test.db*"):
        rest.unlink()
    shutil.copy(folder / "begun.db", folder / "test.db")
    stage.clock.now = NOON
    return stage
