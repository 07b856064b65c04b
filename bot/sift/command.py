"""Sifts JSON Lines: one post in, one verdict out."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from bot.sift.sift import Sifter
from models.post import Post

# The sift does not look at the clock, so a post without its time is given any.
_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


class BadLine(ValueError):
    """What is wrong with a line, in words for the person who wrote it."""


def sift_lines(lines: Iterable[str], sifter: Sifter) -> Iterator[str]:
    """A JSON line for each post in `lines`, in order.

    In: `id` and `text`; if known also `source`, `author`, `created_at`, `author_id`, `language`, `url`,
    `conversation`, `metrics` (counts by name).
    Out: `id`, `shown` (whether it needs anyone), `reason`, `language`, `kind`, `topic`, `brand`, `queue`,
    `severity`, `personal_data` (exact substrings) and, in the same order, `personal_data_kinds`. A bad line
    yields `{"error": "line 3: …"}` in its place; an empty line nothing.
    """
    for number, line in enumerate(lines, start=1):
        if line.strip("\ufeff \t\r\n"):
            yield _as_line(_answer(number, line, sifter))


def object_of(line: str) -> dict[str, Any]:
    """The JSON object in a line.

    Raises:
        BadLine: there is none.
    """
    try:
        data = json.loads(line.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise BadLine(f"this is not JSON: {error}") from None
    if not isinstance(data, dict):
        raise BadLine(f"expected an object with id and text, found {type(data).__name__}")
    return data


def post_of(data: dict[str, Any]) -> Post:
    """The post that a line's object speaks of.

    Raises:
        BadLine: its id or text is missing.
    """
    number = data.get("id")
    if isinstance(number, bool) or not isinstance(number, str | int) or number == "":
        raise BadLine("id is missing: the post's id at its source, a text or a number")
    text = data.get("text")
    if not isinstance(text, str):
        raise BadLine("text is missing: what the customer wrote")
    return Post(
        source=_text(data, "source") or "replay",
        external_id=str(number),
        text=text,
        created_at=_time(data.get("created_at")),
        author=_text(data, "author") or "",
        author_id=_text(data, "author_id"),
        url=_text(data, "url"),
        language=_text(data, "language"),
        conversation=_text(data, "conversation"),
        repost=data.get("repost") is True,
        mentions_us=data.get("mentions_us") is True,
        metrics=_counts(data.get("metrics")),
    )


def _answer(number: int, line: str, sifter: Sifter) -> dict[str, Any]:
    try:
        post = post_of(object_of(line))
    except BadLine as error:
        return {"error": f"line {number}: {error}"}
    verdict = sifter.sift(post)
    return {
        "id": post.external_id,
        "shown": verdict.shown,
        "reason": verdict.reason,
        "language": verdict.language,
        "kind": verdict.kind,
        "topic": verdict.topic,
        "brand": verdict.brand,
        "queue": verdict.queue,
        "severity": verdict.severity,
        "personal_data": verdict.personal_data,
        "personal_data_kinds": verdict.personal_data_kinds,
    }


def _counts(value: object) -> dict[str, int]:
    counts = value if isinstance(value, dict) else {}
    return {str(name): n for name, n in counts.items() if isinstance(n, int) and not isinstance(n, bool)}


def _text(data: dict[str, Any], key: str) -> str | None:
    value = data.get(key)
    return value if isinstance(value, str) else None


def _time(value: object) -> datetime:
    try:
        time = datetime.fromisoformat(value) if isinstance(value, str) else _NO_TIME
    except ValueError:
        return _NO_TIME
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _as_line(answer: dict[str, Any]) -> str:
    # Half of a surrogate pair is allowed in JSON and not in UTF-8.
    return json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")
