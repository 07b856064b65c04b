"""A post that somebody else wrote down as JSON: a line of a replay file, an item of a webhook."""

import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from bot.sources import Gone
from config.web_sources import OURS
from models.post import Post, storable

LONGEST_TEXT = 30_000
LONGEST_ID = 255
LONGEST_LINK = 2000
_REQUIRED = ("id", "source", "author", "text")
_OPTIONAL = ("author_id", "author_name", "url", "language", "conversation", "about")
_FLAGS = ("mentions_us", "repost")
_SOURCE = re.compile(r"[a-z][a-z0-9_\-]{0,39}", re.ASCII)
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_MOST = 2**53
"""Beyond it JSON's numbers are no longer exact everywhere."""
_METRICS = 20


def read_json(raw: bytes) -> Any:
    """The JSON in `raw`. Raises ValueError, with what is wrong in words."""
    try:
        return json.loads(raw.decode("utf-8-sig"), parse_constant=_no_number)
    except UnicodeDecodeError:
        raise ValueError("this is not UTF-8") from None
    except (ValueError, RecursionError):
        raise ValueError("this is not JSON") from None


def post_from(row: object, now: datetime, *, source: str | None = None, outside: bool = False) -> Post:
    """One post. `source` stands in where the row names none, and no other is taken then.

    From `outside` nothing is believed that could be mistaken for ours: no source of our own, no link but a
    plain one, no time that has not come. Raises ValueError, with what is wrong in words.
    """
    if not isinstance(row, dict):
        raise ValueError("a post must be one JSON object")
    if type(row.get("id")) is int and abs(row["id"]) < 10**40:
        row = {**row, "id": str(row["id"])}
    row = {"source": source, **row} if source else row
    for key in _REQUIRED:
        if not isinstance(row.get(key), str) or not storable(row[key]).strip():
            raise ValueError(f"{key} is missing or is not text")
    for key in _OPTIONAL:
        if row.get(key) is not None and not isinstance(row[key], str):
            raise ValueError(f"{key} is not text")
    for key in _FLAGS:
        if not isinstance(row.get(key, False), bool):
            raise ValueError(f"{key} is not true or false")
    if outside:
        _must_be_plain(row, source)
    texts: dict[str, Any] = {key: row.get(key) for key in _OPTIONAL}
    return Post(
        source=row["source"].strip()[:40],
        external_id=row["id"].strip()[:LONGEST_ID],
        text=row["text"][:LONGEST_TEXT],
        created_at=_time(row.get("created_at"), now),
        author=row["author"].strip().removeprefix("@")[:200],
        mentions_us=row.get("mentions_us", False),
        repost=row.get("repost", False),
        metrics=_metrics(row.get("metrics")),
        edited_at=_time(row["edited_at"], now, "edited_at") if row.get("edited_at") is not None else None,
        **texts,
    ).storable()


def gone_from(row: dict[str, Any], now: datetime, *, source: str | None = None) -> Gone:
    """A post from outside that says of itself that it was deleted: `id` and `source` are enough. Raises
    ValueError."""
    bare: dict[str, Any] = {key: row[key] for key in ("id", "source") if key in row}
    post = post_from({**bare, "author": "-", "text": "-"}, now, source=source, outside=True)
    return Gone(post.source, post.external_id)


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _must_be_plain(row: dict[str, Any], source: str | None) -> None:
    named = row["source"].strip()
    if source and named != source:
        raise ValueError(f"source is {source} here, or is left out")
    if not _SOURCE.fullmatch(named):
        raise ValueError("source is not a short name in small letters, such as x or trustpilot")
    if named in OURS:
        raise ValueError(f"source can't be {named}: that is a place of our own")
    for key in ("id", "conversation", "about"):
        if len((row.get(key) or "").strip()) > LONGEST_ID:
            raise ValueError(f"{key} is longer than {LONGEST_ID} characters")
    link = row.get("url")
    if link is not None and not _is_link(link):
        raise ValueError("url is not a link that begins with https://")


def _is_link(link: str) -> bool:
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return len(link) <= LONGEST_LINK and parts.scheme in ("https", "http") and bool(parts.hostname)


def _metrics(given: object) -> dict[str, int]:
    given = given or {}
    if not isinstance(given, dict) or not all(type(count) is int for count in given.values()):
        raise ValueError("metrics are not whole numbers by name")
    if len(given) > _METRICS or any(not 0 <= count < _MOST for count in given.values()):
        raise ValueError(f"metrics are {_METRICS} counts at most, none of them negative or beyond counting")
    return {storable(str(name))[:40]: count for name, count in given.items()}


def _time(value: object, now: datetime, name: str = "created_at") -> datetime:
    if value is None:
        return now
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
        if at is None:
            raise ValueError
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{name} is not a time such as 2026-03-01T09:30:00Z") from None
    if at < _EARLIEST:
        raise ValueError(f"{name} is before the year 2000")
    return min(at, now)
