"""Posts from a file, read as if they came from outside: for trying things out, and for the demo."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.sources import Batch, SourceError
from models.post import Post

_LONGEST_LINE = 200_000
_LONGEST_TEXT = 30_000
_REQUIRED = ("id", "source", "author", "text")
_OPTIONAL = ("author_id", "author_name", "url", "language", "conversation")


class Replay:
    """A JSON Lines file: `first` posts at once, then one each fetch. The cursor: {"line": lines read}.

    A line is an object with `id`, `source`, `author`, `text`, and if need be `created_at` (ISO 8601),
    `author_id`, `author_name`, `url`, `language`, `conversation`, `mentions_us`, `repost` and `metrics`.
    """

    name = "replay"

    def __init__(
        self, file: Path, first: int, every: float, clock: Callable[[], datetime], *, fresh: bool = True
    ) -> None:
        """`fresh`: posts get the present time, as if written now; else `created_at` where it is given."""
        self.every = every
        self._file = file
        self._first = first
        self._clock = clock
        self._fresh = fresh

    def fetch(self, since: dict[str, Any] | None) -> Batch:
        """The next post (the first time: `first` of them); none at the end of the file."""
        line = since.get("line") if isinstance(since, dict) else None
        begun = type(line) is int and line >= 0
        done = line if begun and isinstance(line, int) else 0
        wanted = 1 if begun else self._first
        now = self._clock()
        posts: list[Post] = []
        notes: list[str] = []
        if wanted:
            for number, raw in self._lines(done):
                done = number
                try:
                    post = _read(raw, now)
                except ValueError as error:
                    notes.append(f"{self._file.name}:{number}: {error}")
                    continue
                if post is not None:
                    posts.append(post)
                if len(posts) == wanted:
                    break
        if self._fresh:
            # A second apart, so that their order in the file stays their order in time.
            last = len(posts) - 1
            posts = [
                replace(post, created_at=now - timedelta(seconds=last - place))
                for place, post in enumerate(posts)
            ]
        else:
            posts.sort(key=lambda post: post.created_at)
        return Batch(posts, {"line": done}, notes)

    def check(self) -> str | None:
        """None when the file is there and can be opened."""
        try:
            next(self._lines(0), None)
        except SourceError as error:
            return str(error)
        return None

    def _lines(self, done: int) -> Iterator[tuple[int, bytes]]:
        """The lines after the first `done`, each with its number, counted from 1."""
        try:
            with self._file.open("rb") as file:
                for number, raw in enumerate(file, start=1):
                    if number > done:
                        yield number, raw
        except FileNotFoundError:
            raise SourceError(f"There is no file {self._file} to replay: check sources.replay.file") from None
        except OSError as error:
            raise SourceError(f"The file {self._file} can't be read: {error.strerror or error}") from None


def _read(raw: bytes, now: datetime) -> Post | None:
    """One line as a post; None for an empty one. Raises ValueError, with what is wrong in words."""
    if not raw.strip():
        return None
    if len(raw) > _LONGEST_LINE:
        raise ValueError(f"the line is longer than {_LONGEST_LINE:,} bytes")
    try:
        row = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError("this is not UTF-8") from None
    except (ValueError, RecursionError):
        raise ValueError("this is not JSON") from None
    if not isinstance(row, dict):
        raise ValueError("a line must be one JSON object")
    if type(row.get("id")) is int:
        row["id"] = str(row["id"])
    for key in _REQUIRED:
        if not isinstance(row.get(key), str) or not row[key].strip():
            raise ValueError(f"{key} is missing or is not text")
    for key in _OPTIONAL:
        if row.get(key) is not None and not isinstance(row[key], str):
            raise ValueError(f"{key} is not text")
    for key in ("mentions_us", "repost"):
        if not isinstance(row.get(key, False), bool):
            raise ValueError(f"{key} is not true or false")
    metrics = row.get("metrics") or {}
    if not isinstance(metrics, dict) or not all(type(count) is int for count in metrics.values()):
        raise ValueError("metrics are not whole numbers by name")
    return Post(
        source=row["source"].strip()[:40],
        external_id=row["id"].strip()[:255],
        text=row["text"][:_LONGEST_TEXT],
        created_at=_time(row.get("created_at"), now),
        author=row["author"].strip().removeprefix("@")[:200],
        mentions_us=row.get("mentions_us", False),
        repost=row.get("repost", False),
        metrics=metrics,
        **{key: row.get(key) for key in _OPTIONAL},
    )


def _time(value: object, now: datetime) -> datetime:
    if value is None:
        return now
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
        if at is None:
            raise ValueError
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("created_at is not a time such as 2026-03-01T09:30:00Z") from None
    return min(at, now)
