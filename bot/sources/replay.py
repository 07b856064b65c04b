"""Posts from a file, read as if they came from outside: for trying things out, and for the demo."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.sources import Batch, SourceError
from bot.sources.given import post_from, read_json
from models.post import Post

_LONGEST_LINE = 200_000


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
    return post_from(read_json(raw), now)
