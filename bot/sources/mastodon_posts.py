"""From Mastodon's statuses to posts: pure reading of documents nobody vouches for.

Shape: https://docs.joinmastodon.org/entities/Status. A status that came from another server is whatever that
server's program made of it.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from bot.sources.feed_text import plain_text
from bot.sources.shapes import as_dict, time_of
from config.brands import Brand
from models.post import Post

PUBLIC = frozenset({"public", "unlisted"})
"""What anybody may read. Everything else was written to somebody, and is never shown in a channel."""
TOLD = ("mention", "quote")
"""The kinds of notification that are posts to us."""
_HANDLE = re.compile(r"@?([A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?)@([A-Za-z0-9.-]+(?::[0-9]+)?)")
_ACCT = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,100})(?:@[A-Za-z0-9.-]{1,150}(?::[0-9]{1,5})?)?")
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LONGEST_TEXT = 30_000
_LONGEST_ID = 255
_COUNTS = {"favourites_count": "likes", "reblogs_count": "reposts", "replies_count": "replies"}
_SIGNS = {"image": "[picture]", "gifv": "[picture]", "video": "[video]", "audio": "[sound]"}


@dataclass(frozen=True)
class Ours:
    """How to recognise ourselves: whole handles (name@server) in lower case, and the server that we ask."""

    handles: frozenset[str]
    host: str

    def whole(self, acct: str) -> str:
        """A handle with its server: somebody on the server that we ask is known there by their name alone."""
        return acct if "@" in acct else f"{acct}@{self.host}"


@dataclass(frozen=True)
class Arrived:
    """A post, and by which number our server knows it and what it answers."""

    post: Post
    number: str
    answers: str | None = None


def handles_of(brands: Iterable[Brand]) -> tuple[str, ...]:
    """Our handles on Mastodon as name@server; what can't be one is left out."""
    given = (handle.strip() for brand in brands for handle in brand.handles.get("mastodon", ()))
    return tuple(dict.fromkeys(handle.removeprefix("@") for handle in given if _HANDLE.fullmatch(handle)))


def post_from(status: object, ours: Ours, now: datetime, *, to_us: bool = False) -> Post | None:
    """The post in a status; None for our own, for a mere boost and for what is not public. Raises ValueError.

    `to_us`: the server told us of it as a mention. Its conversation is its own until somebody asks.
    """
    given = as_dict(status)
    if given.get("visibility") not in PUBLIC or given.get("reblog"):
        return None
    uri, account = given.get("uri"), as_dict(given.get("account"))
    acct = account.get("acct")
    if not isinstance(uri, str) or not uri.strip() or not isinstance(acct, str) or not _ACCT.fullmatch(acct):
        raise ValueError("it has no address, or nobody wrote it")
    author = ours.whole(acct)
    if author.lower() in ours.handles:
        return None
    text = _text(given)
    if not text:
        raise ValueError("there is nothing in it")
    name, link, said = account.get("display_name"), given.get("url"), as_dict(given.get("quote"))
    return Post(
        source="mastodon",
        external_id=identity(uri),
        text=text,
        created_at=_created_at(given.get("created_at"), now),
        author=author,
        author_id=_link(account.get("url"), 200),
        author_name=" ".join(name.split())[:200] or None if isinstance(name, str) else None,
        url=_link(link, 2_000) or _link(uri, 2_000),
        language=_language(given.get("language")),
        conversation=identity(uri),
        about=_uri_in(said.get("quoted_status")),
        mentions_us=to_us or _mentions(given.get("mentions"), ours),
        metrics={
            ours_name: count
            for theirs, ours_name in _COUNTS.items()
            if type(count := given.get(theirs)) is int and 0 <= count < 2**53
        },
        edited_at=time_of(given.get("edited_at")),
    )


def arrived_from(status: object, ours: Ours, now: datetime, *, to_us: bool = False) -> Arrived | None:
    """As `post_from`; None also for what our server gave no number."""
    post, number = post_from(status, ours, now, to_us=to_us), local_id(status)
    answers = as_dict(status).get("in_reply_to_id")
    return Arrived(post, number, str(answers) if answers else None) if post and number else None


def identity(uri: str) -> str:
    """The status's address in all of the network, by which it is one mention wherever we heard of it."""
    uri = uri.strip()
    return (
        uri
        if len(uri) <= _LONGEST_ID
        else f"sha256:{hashlib.sha256(uri.encode(errors='replace')).hexdigest()}"
    )


def local_id(status: object) -> str | None:
    """Its number on the server that we ask."""
    number = as_dict(status).get("id")
    number = str(number) if type(number) is int else number
    return number if isinstance(number, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,64}", number) else None


# Helpers.


def _text(given: dict[str, Any]) -> str:
    """What was written, behind its content warning; a picture's description where there are no words."""
    warning, body = plain_text(given.get("spoiler_text"), html=False), plain_text(given.get("content"))
    if not body:
        media = given.get("media_attachments")
        first = as_dict(media[0]) if isinstance(media, list) and media else {}
        sign = _SIGNS.get(str(first.get("type")), "[attachment]") if first else ""
        body = f"{sign} {plain_text(first.get('description'), html=False)}".strip()
    return f"{warning}\n{body}".strip()[:_LONGEST_TEXT]


def _created_at(value: object, now: datetime) -> datetime:
    at = time_of(value)
    return min(at, now) if at is not None and at >= _EARLIEST else now


def _mentions(mentions: object, ours: Ours) -> bool:
    accts = (as_dict(each).get("acct") for each in (mentions if isinstance(mentions, list) else ())[:100])
    return any(isinstance(acct, str) and ours.whole(acct).lower() in ours.handles for acct in accts)


def _uri_in(status: object) -> str | None:
    uri = as_dict(status).get("uri")
    return identity(uri) if isinstance(uri, str) and uri.strip() else None


def _link(value: object, longest: int) -> str | None:
    if not isinstance(value, str) or len(value) > longest:
        return None
    try:
        parts = urlsplit(value)
    except ValueError:
        return None
    return value if parts.scheme in ("https", "http") and parts.hostname else None


def _language(value: object) -> str | None:
    found = re.match(r"([a-z]{2})(?:$|[-_])", value.strip().lower()) if isinstance(value, str) else None
    return found[1] if found else None
