"""From a feed's bytes to posts: feedparser reads them, and nothing it says is taken on trust."""

import calendar
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

import feedparser

from bot.sources import SourceError
from bot.sources.feed_text import plain_text
from models.post import NO_NAME, Post

MOST_ENTRIES = 1_000
"""Read from one document, the newest; a feed with more is an archive."""
LONGEST_TEXT = 8_000
_LONGEST_ID = 255
_DECLARED = re.compile(rb"^\s*<\?xml[^>]*\bencoding\s*=", re.IGNORECASE)
_PAGE = re.compile(rb"^\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Entry:
    """One entry, readable or not."""

    key: str
    """Short and stable: what is remembered of it."""
    alias: str
    """By what it says, when and whose it is: by this it is known again when the feed gives it another id."""
    post: Post | None
    """None: there are no words in it."""
    dated: bool


@dataclass(frozen=True)
class Document:
    """A feed as it was read: entries in its own order, each id once."""

    entries: list[Entry]
    broken: str | None
    """Why the parser was not content, though it found something."""


def read_feed(body: bytes, name: str, url: str, content_type: str | None, now: datetime) -> Document:
    """The entries in `body`. Raises SourceError when it is no feed."""
    # Always a stream: given bytes or text, feedparser takes what looks like an address or a file name for
    # one and opens it.
    parsed = feedparser.parse(BytesIO(body), response_headers=_headers(body, content_type))
    if not parsed.get("version"):
        raise SourceError(f"The feed {name} {_what_instead(body, content_type)}")
    feed = parsed.get("feed") or {}
    entries: dict[str, Entry] = {}
    rows = list(parsed.get("entries") or [])
    if len(rows) > MOST_ENTRIES:
        rows = sorted(rows, key=lambda row: _time(row, now) or now, reverse=True)[:MOST_ENTRIES]
    feed_time = _time(feed, now)
    language = _language(_raw(feed, "language"))
    parts = [_parts(row, url, now) for row in rows]
    shared = _shared_ids(parts)
    for row, part in zip(rows, parts, strict=True):
        external = _external_id(name, part, shared)
        post = Post(
            source="rss",
            external_id=external,
            text=part.text,
            created_at=part.at or feed_time or now,
            author=_author(row) or NO_NAME,
            url=part.link,
            language=_language(_raw(_raw(row, "title_detail"), "language")) or language,
        )
        key = hashlib.sha256(external.encode(errors="replace")).hexdigest()[:20]
        said = f"{part.words}\n{post.author}"
        alias = "~" + hashlib.sha256(said.encode(errors="replace")).hexdigest()[:16]
        entries.setdefault(key, Entry(key, alias, post if part.text else None, dated=part.at is not None))
    reason = parsed.get("bozo_exception") if parsed.get("bozo") else None
    broken = " ".join(str(reason).split())[:200] if reason else None
    return Document(list(entries.values()), broken)


def _headers(body: bytes, content_type: str | None) -> dict[str, str]:
    """What feedparser needs to know of the answer.

    Servers often name an encoding that the document itself contradicts, and the document is right: then the
    server's word is left out. The address is left out too: with it, feedparser makes guids absolute, and
    a feed that moves would bring all its entries again.
    """
    trusted = content_type if content_type and not _DECLARED.match(body[:200]) else "application/xml"
    return {"content-type": trusted}


def _what_instead(body: bytes, content_type: str | None) -> str:
    if not body.strip():
        return "is empty"
    # feedparser finds no version in an XHTML page either, declared as XML or not.
    start = re.sub(rb"^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*\?>", b"", body[:2_000].lstrip())
    if _PAGE.match(start) or "text/html" in (content_type or "").lower():
        return "is a web page, not a feed"
    return "is neither RSS nor Atom"


@dataclass(frozen=True)
class _Parts:
    text: str
    at: datetime | None
    guid: str
    link: str | None

    @property
    def words(self) -> str:
        said = f"{self.text}\n{self.at.isoformat() if self.at else ''}"
        return hashlib.sha256(said.encode(errors="replace")).hexdigest()


def _parts(row: Any, url: str, now: datetime) -> _Parts:
    title = _part(row, "title")
    body = _part(row, "summary") or _content(row)
    # Microblogs repeat the beginning of the text as its title.
    begins = title.rstrip(".… ")
    text = body if begins and body.startswith(begins) else f"{title}\n{body}".strip()
    return _Parts(text[:LONGEST_TEXT], _time(row, now), _guid(row), _link(row, url))


def _shared_ids(parts: list[_Parts]) -> set[str]:
    """Guids that entries with different links have, and links (of entries without a guid) that entries with
    different words have: these tell nothing apart. The same entry twice, or a newer version of it, is one.
    """
    meant: dict[str, set[str]] = {}
    for part in parts:
        if identity := part.guid or part.link:
            meant.setdefault(identity, set()).add(_meant(part))
    return {identity for identity, entries in meant.items() if len(entries) > 1}


def _meant(part: _Parts) -> str:
    return part.link or part.words if part.guid else part.words


def _external_id(name: str, part: _Parts, shared: set[str]) -> str:
    """The feed's name, and the entry's own id; else its link; else a hash of what it says and when."""
    identity = part.guid or part.link or part.words
    if identity in shared:
        identity += "#" + hashlib.sha256(_meant(part).encode(errors="replace")).hexdigest()[:16]
    external = f"{name}:{identity}"
    if len(external) <= _LONGEST_ID:
        return external
    return f"{name[:180]}:{hashlib.sha256(external.encode(errors='replace')).hexdigest()}"


def _guid(row: Any) -> str:
    guid = _raw(row, "id")
    return guid.strip() if isinstance(guid, str) else ""


def _link(row: Any, url: str) -> str | None:
    link = _raw(row, "link")
    if not isinstance(link, str) or not 0 < len(link) <= 2_000:
        return None
    try:
        link = urljoin(url, link.strip())
    except ValueError:
        return None
    return link if re.match(r"https?://[^\s/]", link, re.IGNORECASE) else None


def _part(row: Any, key: str) -> str:
    kind = _raw(_raw(row, f"{key}_detail"), "type")
    return plain_text(_raw(row, key), html=kind != "text/plain")


def _content(row: Any) -> str:
    contents = _raw(row, "content")
    first = contents[0] if isinstance(contents, list) and contents else None
    return plain_text(_raw(first, "value"), html=_raw(first, "type") != "text/plain")


_NAME_BEHIND_ADDRESS = re.compile(r"\(([^()@]{1,200})\)\s*$")


def _author(row: Any) -> str:
    author = plain_text(_raw(row, "author"))
    if "@" not in author:
        return (plain_text(_raw(_raw(row, "author_detail"), "name")) or author)[:200]
    # RSS 2.0 wants "address (name)" there. The address is not ours to show; feedparser cuts it amiss.
    name = _NAME_BEHIND_ADDRESS.search(author)
    return name[1].strip()[:200] if name else NO_NAME


def _time(row: Any, now: datetime) -> datetime | None:
    """When it was published, or else changed; never after `now`. feedparser gives UTC."""
    for key in ("published_parsed", "updated_parsed", "created_parsed"):
        parts = _raw(row, key)
        if parts is None:
            continue
        try:
            at = datetime.fromtimestamp(calendar.timegm(parts), UTC)
        except (ValueError, OverflowError, OSError, TypeError):
            continue
        return min(at, now)
    return None


def _language(value: object) -> str | None:
    """Two letters of a tag such as `pt-PT`."""
    found = re.match(r"([a-z]{2})(?:$|[-_])", value.strip().lower()) if isinstance(value, str) else None
    return found[1] if found else None


def _raw(row: Any, key: str) -> Any:
    """The value under feedparser's own key: its dictionary answers some missing keys with others' values."""
    return dict.get(row, key) if isinstance(row, dict) else None
