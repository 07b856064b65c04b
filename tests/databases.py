"""Migrated SQLite databases, copied: to migrate one for each test would take minutes of every run."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from models.database import Database


def copy_migrated(to: Path) -> None:
    """Puts a migrated, empty database at `to`, unless there is one."""
    if not to.exists():
        shutil.copyfile(_template(), to)


def in_memory() -> str | None:
    """A folder on no disk, where there is one with room: a database of PostgreSQL is made in a third of the
    time or less."""
    folder, room = Path("/dev/shm"), 2 * 2**30  # noqa: S108  # where Linux has it
    return str(folder) if folder.is_dir() and shutil.disk_usage(folder).free > room else None


@cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="listening-post-sqlite-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / "template.db"
    database = Database(f"sqlite:///{file}")
    database.upgrade()
    database.close()  # the last one to close writes everything into the file
    return file
