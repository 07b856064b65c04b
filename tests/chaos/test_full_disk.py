"""The disk under SQLite is full for a while: whoever sent a post hears that it was not taken."""

import resource
import sqlite3
import sys

import pytest

from models.database import Database
from tests.chaos.play import begin, wait_until_up
from tests.chaos.processes import Processes
from tests.chaos.reconcile import UNSENT, reconcile
from tests.chaos.sender import Sender
from tests.chaos.source import Feed
from tests.chaos.town import environment, utc_now, write_playbook, write_workspace
from tests.slack import Slack, eventually, free_port

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="The full disk is tried on Linux alone")


class Sqlite:
    """The same questions as of PostgreSQL."""

    def __init__(self, file):
        self.file = file

    def rows(self, question):
        connection = sqlite3.connect(self.file, timeout=30)
        try:
            return connection.execute(question).fetchall()
        finally:
            connection.close()


@pytest.fixture
def slack(tmp_path):
    slack = Slack(write_workspace(tmp_path))
    yield slack
    slack.stop()


@pytest.fixture
def feed():
    feed = Feed()
    yield feed
    feed.stop()


@pytest.mark.timeout(300)
def test_a_full_disk_loses_and_doubles_nothing(tmp_path, slack, feed):
    tables, port = Sqlite(tmp_path / "full.db"), free_port()
    url, playbook = f"sqlite:///{tables.file}", write_playbook(tmp_path, feed.url, utc_now())
    database = Database(url)
    database.upgrade()
    database.close()
    begin(url, playbook)
    processes = Processes(("all",), environment(slack.url, url, playbook, port), tmp_path)
    processes.start()
    sender = Sender(port)
    try:
        wait_until_up(slack, port, workers=1)
        sender.send(1)
        eventually(lambda: 1 in sender.handed_over, within=60)
        [process] = processes.ids()
        # No file of the program may grow any more, the database's journal least of all.
        resource.prlimit(process, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
        before = sender.repeated
        sender.send(2)
        eventually(lambda: sender.repeated > before, within=60)
        assert sender.handed_over == {1}
        resource.prlimit(process, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        sender.send(3)
        eventually(lambda: sender.handed_over == {1, 2, 3} and not tables.rows(UNSENT), within=150)
        assert [row for row in reconcile({0, 1, 2, 3}, tables, slack) if row.bad] == []
        assert processes.ids() == [process]
    finally:
        sender.stop()
        processes.stop()
