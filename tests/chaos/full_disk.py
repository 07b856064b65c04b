"""The disk under SQLite is full for a while. Linux alone: the process's limit on the size of files is lowered
as it runs."""

import resource
import sqlite3
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from models.database import Database
from tests.chaos.processes import Processes
from tests.chaos.reconcile import UNSENT, Row, reconcile
from tests.chaos.sender import Sender
from tests.chaos.source import Feed
from tests.chaos.starting import begin, wait_until_up
from tests.chaos.town import environment, utc_now, write_playbook, write_workspace
from tests.slack import Slack, eventually, free_port

_FULL, _FREE = (4096, resource.RLIM_INFINITY), (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


class Sqlite:
    """The same questions as of PostgreSQL."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(self.file, timeout=30)
        try:
            return connection.execute(question).fetchall()
        finally:
            connection.close()


def fill_the_disk(folder: Path) -> list[Row]:
    """One process, three posts: before, while nothing can be stored, and after. What does not come true in
    time is an AssertionError."""
    with ExitStack() as stack:
        slack = Slack(write_workspace(folder))
        stack.callback(slack.stop)
        feed = Feed()
        stack.callback(feed.stop)
        tables, port = Sqlite(folder / "full.db"), free_port()
        url, playbook = f"sqlite:///{tables.file}", write_playbook(folder, feed.url, utc_now())
        database = Database(url)
        database.upgrade()
        database.close()
        begin(url, playbook)
        surroundings = environment(slack.url, url, playbook) | {"PORT": str(port)}
        processes = Processes(("all",), surroundings, folder)
        processes.start()
        stack.callback(processes.stop)
        sender = Sender([port])
        stack.callback(sender.stop)
        wait_until_up(slack, [port], 1, tables)
        sender.send(1)
        eventually(lambda: 1 in sender.handed_over, within=60)
        [process] = processes.ids()
        # No file of the program may grow any more, the database's journal least of all.
        resource.prlimit(process, resource.RLIMIT_FSIZE, _FULL)
        before = sender.repeated
        sender.send(2)
        eventually(lambda: sender.repeated > before, within=60)
        assert sender.handed_over == {1}
        resource.prlimit(process, resource.RLIMIT_FSIZE, _FREE)
        sender.send(3)
        eventually(lambda: sender.handed_over == {1, 2, 3} and not tables.rows(UNSENT), within=150)
        assert processes.ids() == [process]
        return reconcile({0, 1, 2, 3}, tables, slack)
