"""`db upgrade` by several processes at once, on an old database with rows; the one at work is killed."""

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from config.settings import ROOT
from models.database import Database
from models.migrating import migrate
from tests.chaos.postgres import Postgres
from tests.chaos.reconcile import Row
from tests.models.earlier import contents, fill, schema_of, versions

_DATABASE, _LATE = "old", "note_words"
"""A table that a late migration makes: whoever gets there has done most of the others, and nothing of it is
there yet for anybody else."""
_AT_WORK = f"""
SELECT application_name FROM pg_stat_activity
WHERE datname = '{_DATABASE}' AND wait_event_type = 'Lock' AND wait_event = 'transactionid'
"""  # noqa: S608  # this file's own word
_PATIENCE = 60.0


@dataclass(frozen=True)
class Upgraded:
    """`killed`: how many were killed half-way through."""

    killed: int
    rows: list[Row]


def upgrade_while_killed(
    postgres: Postgres, environment: dict[str, str], kills: int, folder: Path
) -> Upgraded:
    """One more process than `kills` begins at the same time; then one more, which finds all done."""
    url = postgres.create(_DATABASE)
    database = Database(url)
    try:
        migrate(database.engine, versions()[0])
        with database.engine.begin() as connection:
            schema = schema_of(connection)
            fill(connection, schema)
            before = contents(connection, schema)
        killed = _kill_those_at_work(postgres, environment | {"DATABASE_URL": url}, kills, folder)

        def now(connection: Connection) -> list[str]:
            found = contents(connection, schema)
            return [table for table, rows in before.items() if rows != found[table]]

        with database.engine.connect() as connection:
            changed = now(connection)
        current = database.schema_version() == database.newest_version()
    finally:
        database.close()
    return Upgraded(
        killed,
        [
            Row("rows of an old database", sum(map(len, before.values()))),
            Row("tables of it that lost or changed some", len(changed), True, ", ".join(changed)),
            Row("versions that it was not brought to", int(not current), True),
        ],
    )


# Helpers.


def _kill_those_at_work(postgres: Postgres, environment: dict[str, str], kills: int, folder: Path) -> int:
    killed = 0
    running: dict[str, subprocess.Popen[bytes]] = {}
    with (folder / "upgrades.log").open("ab") as log:

        def begin(name: str) -> "subprocess.Popen[bytes]":
            command = [sys.executable, "app.py", "db", "upgrade"]
            named = environment | {"PGAPPNAME": name}
            return subprocess.Popen(command, cwd=ROOT, env=named, stdout=log, stderr=log)

        try:
            with postgres.in_the_middle_of(f"CREATE TABLE {_LATE} (number integer)", _DATABASE):
                running = {f"upgrade-{n}": begin(f"upgrade-{n}") for n in range(kills + 1)}
                end = time.monotonic() + _PATIENCE
                while killed < kills and time.monotonic() < end:
                    for (name,) in postgres.rows(_AT_WORK):
                        if running[name].poll() is None:
                            running[name].kill()
                            running[name].wait()
                            killed += 1
                    time.sleep(0.1)
            running["again"] = begin("again")
            for process in running.values():
                process.wait(_PATIENCE)
        finally:
            for process in running.values():
                process.kill()
                process.wait()
    return killed
