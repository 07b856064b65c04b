"""RSS and Atom feeds, read politely: conditional requests, bounded in time and size."""

import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

from bot.sources import Batch, Busy, SourceError
from bot.sources.feed_entries import Document, Entry, read_feed
from models.post import Post

MOST_BYTES = 5_000_000
TIMEOUT = (5.0, 10.0)
"""Seconds to connect, and between two reads."""
MOST_SECONDS = 25.0
"""For a whole answer: a server that drips never runs into a read timeout."""
MOST_REDIRECTS = 5
FIRST_DAYS = timedelta(days=7)
"""How old an entry may be when a feed is connected; and how much older than the last fetch later on, so
that a feed that renames all its entries does not bring them all again."""
MOST_FIRST = 20
"""Entries that connecting a feed may bring: where none has a date, all of them look new."""
MOST_POSTS = 200
"""Posts in one batch; the rest come with the next fetch."""
_REMEMBERED = 5_000
"""Keys of entries, and their aliases."""
_TELLS_ALONE = 60
"""Characters from which on an entry without a date is known again by its words."""
_WEB = re.compile(r"https?://", re.IGNORECASE)
_WITHOUT_RETRY_AFTER = timedelta(minutes=10)
_LONGEST_WAIT = timedelta(hours=24)
_HEADERS = {
    "User-Agent": "ListeningPost (feed reader)",
    "Accept": "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1",
}


class FeedSource:
    """One feed of the playbook.

    The cursor: {"url", "etag", "modified", "seen": [keys of entries], "at": time of the last good fetch,
    "broken"}.
    """

    def __init__(
        self,
        name: str,
        url: str,
        every: float,
        clock: Callable[[], datetime],
        *,
        timeout: tuple[float, float] = TIMEOUT,
        most_seconds: float = MOST_SECONDS,
        first_days: timedelta = FIRST_DAYS,
    ) -> None:
        self.name = f"feed-{name}"
        self.every = every
        self._feed = name
        self._url = url
        self._clock = clock
        self._timeout = timeout
        self._most_seconds = most_seconds
        self._first_days = first_days

    def fetch(self, since: dict[str, Any] | None) -> Batch:
        """Entries not seen before, oldest first; none when the feed has not changed."""
        now = self._clock()
        since = since if isinstance(since, dict) else {}
        if since.get("url") != self._url:
            since = {"seen": since.get("seen")}  # another address: a feed that is new here
        answer = self._get(since, now)
        cursor = {**since, "url": self._url, "at": now.isoformat()}
        if answer is None:
            return Batch([], cursor)
        body, headers = answer
        document = read_feed(body, self._feed, self._url, headers.get("content-type"), now)
        posts, keys, notes, whole = self._new(document, since, now)
        if document.broken and document.broken != since.get("broken"):
            notes.append(
                f"The feed {self._feed} is broken, and was read as far as it goes: {document.broken}"
            )
        cursor |= {
            "seen": keys,
            "broken": document.broken,
            # Without these the rest of a long feed would be "not modified" next time.
            "etag": headers.get("etag") if whole else None,
            "modified": headers.get("last-modified") if whole else None,
        }
        return Batch(posts, cursor, notes)

    def check(self) -> str | None:
        """Fetches the feed once, whatever was seen before."""
        try:
            self.fetch(None)
        except SourceError as error:
            return str(error)
        return None

    def _new(
        self, document: Document, since: dict[str, Any], now: datetime
    ) -> tuple[list[Post], list[str], list[str], bool]:
        """New posts, the keys to remember, notes, and whether nothing is left for the next fetch."""
        kept = since.get("seen")
        seen = [key for key in kept if isinstance(key, str)] if isinstance(kept, list) else []
        known, notes = set(seen), list[str]()
        first = _time(since.get("at")) is None
        oldest = (_time(since.get("at")) or now) - self._first_days
        new: list[tuple[Entry, Post]] = []
        passed: list[str] = []
        still = {entry.alias for entry in document.entries if entry.key in known}
        for entry in document.entries:
            if entry.key in known:
                continue
            if entry.alias in known and entry.alias not in still and _tells(entry):
                passed.append(entry.key)  # the feed gave it another id, or lost it
            elif entry.post is None:
                notes.append(f"The feed {self._feed} has an entry without words, which was left out")
                passed.append(entry.key)
            elif entry.dated and entry.post.created_at < oldest:
                passed.append(entry.key)
            else:
                new.append((entry, entry.post))
        # Most feeds begin with the newest, so among equals (no dates) the first in the document counts as
        # the newest.
        new = [pair for _, pair in sorted(enumerate(new), key=lambda n: (n[1][1].created_at, -n[0]))]
        if first and len(new) > MOST_FIRST:
            old, new = new[:-MOST_FIRST], new[-MOST_FIRST:]
            passed += [entry.key for entry, _ in old]
            notes.append(f"The feed {self._feed} is new here: {len(old)} older entries were left out")
        whole = len(new) <= MOST_POSTS
        new = new[:MOST_POSTS]
        keys = [*(entry.key for entry, _ in new), *passed]
        done = known.union(keys)
        keys += [e.alias for e in document.entries if e.key in done and e.alias not in known and _tells(e)]
        # Those still in the feed stay remembered first: they are the ones that would come again.
        present = {key for entry in document.entries for key in (entry.key, entry.alias)}
        seen = [k for k in seen if k in present] + [k for k in seen if k not in present]
        return [post for _, post in new], (keys + seen)[:_REMEMBERED], list(dict.fromkeys(notes)), whole

    def _get(self, since: dict[str, Any], now: datetime) -> tuple[bytes, Mapping[str, str]] | None:
        """The body and headers; None for "not modified"."""
        if not _WEB.match(self._url):
            raise SourceError(f"The feed {self._feed} needs an address that begins with http:// or https://")
        headers = dict(_HEADERS)
        for key, header in (("etag", "If-None-Match"), ("modified", "If-Modified-Since")):
            value = since.get(key)
            if isinstance(value, str) and 0 < len(value) <= 1_000 and value.isprintable():
                headers[header] = value
        deadline = time.monotonic() + self._most_seconds
        try:
            with requests.Session() as session, self._follow(session, headers, deadline) as response:
                if response.status_code == 304 and "at" in since:
                    return None
                self._refuse(response, now)
                return self._body(response, deadline), response.headers
        except (requests.RequestException, HTTPError, UnicodeError, ValueError) as error:
            if isinstance(error, requests.Timeout | ReadTimeoutError):
                raise self._late() from None
            raise SourceError(f"The feed {self._feed} can't be reached ({type(error).__name__})") from None

    def _follow(
        self, session: requests.Session, headers: dict[str, str], deadline: float
    ) -> requests.Response:
        """The answer after at most MOST_REDIRECTS redirects, all of them together within the deadline."""
        url = self._url
        for _ in range(MOST_REDIRECTS + 1):
            response = session.get(
                url, headers=headers, timeout=self._timeout, stream=True, allow_redirects=False
            )
            if not response.is_redirect:
                return response
            response.close()
            url = urljoin(url, response.headers["location"])
            if not _WEB.match(url):
                raise SourceError(f"The feed {self._feed} redirects to something that is not the web")
            if time.monotonic() > deadline:
                raise self._late()
        raise SourceError(f"The feed {self._feed} is redirected more than {MOST_REDIRECTS} times")

    def _body(self, response: requests.Response, deadline: float) -> bytes:
        body = bytearray()
        # read1 gives what has arrived; iter_content would wait, past any deadline, for a part to be full.
        while part := response.raw.read1(16_384, decode_content=True):
            body += part
            if len(body) > MOST_BYTES:
                raise SourceError(f"The feed {self._feed} is larger than {MOST_BYTES // 1_000_000} MB")
            if time.monotonic() > deadline:
                raise self._late()
        return bytes(body)

    def _late(self) -> SourceError:
        return SourceError(f"The feed {self._feed} did not answer in time")

    def _refuse(self, response: requests.Response, now: datetime) -> None:
        status = response.status_code
        # Reddit says it in a header of its own: seconds that are left, sometimes with a fraction.
        reset = response.headers.get("x-ratelimit-reset", "").partition(".")[0]
        wait = _retry_after(response.headers.get("retry-after") or reset, now)
        if status == 429 or (status == 503 and wait):
            until = wait or now + _WITHOUT_RETRY_AFTER
            raise Busy(f"The feed {self._feed} asks to wait until {until:%H:%M:%S} UTC", until)
        if status in (401, 403):
            raise SourceError(f"The feed {self._feed} does not let us read it ({status})")
        if status in (404, 410):
            raise SourceError(f"The feed {self._feed} is not there ({status}): check its address")
        if status >= 500:
            raise SourceError(f"The feed {self._feed} is out of order at the moment ({status})")
        if status != 200:
            raise SourceError(f"The feed {self._feed} answered with status {status}")


def _tells(entry: Entry) -> bool:
    return entry.post is not None and (entry.dated or len(entry.post.text) >= _TELLS_ALONE)


def _retry_after(value: str | None, now: datetime) -> datetime | None:
    """`Retry-After`: seconds or a date (RFC 9110, 10.2.3), at least a second and at most a day ahead."""
    if not value:
        return None
    if re.fullmatch(r"\s*[0-9]{1,9}\s*", value, re.ASCII):
        until = now + timedelta(seconds=int(value))
    else:
        try:
            until = parsedate_to_datetime(value)
        except (ValueError, IndexError, TypeError):
            return None
        until = until.replace(tzinfo=UTC) if until.tzinfo is None else until.astimezone(UTC)
    return min(max(until, now + timedelta(seconds=1)), now + _LONGEST_WAIT)


def _time(kept: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(kept) if isinstance(kept, str) else None
    except ValueError:
        return None
    return at if at and at.tzinfo else None
