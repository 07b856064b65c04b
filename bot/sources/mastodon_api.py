"""Requests to our Mastodon server, and what refusals mean.

Limits: https://docs.joinmastodon.org/api/rate-limits (300 requests in five minutes). The Mastodon.py library
would do this as well; docs/decisions/0015-bluesky-and-mastodon.md says why it is not used.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import requests

from bot.sources import Busy, SourceError

TIMEOUT = (5.0, 15.0)
"""Seconds to connect, and between two reads."""
NO_SERVER = (
    "Mastodon can't be read: set MASTODON_URL to the server of our account, such as https://social.example"
)
NO_TOKEN = "Mastodon tells of mentions only to an account: set MASTODON_ACCESS_TOKEN"  # noqa: S105 - a sentence
_WITHOUT_RESET = timedelta(minutes=5)
_LONGEST_WAIT = timedelta(hours=1)
Value = str | int | list[str] | None


class NotThere(SourceError):
    """The server does not know it (any more), or we may not see it."""


class MastodonApi:
    """Asks one server, as our account or as anybody."""

    def __init__(self, url: str | None, token: str | None, *, timeout: tuple[float, float] = TIMEOUT) -> None:
        self.url = (url or "").rstrip("/")
        self.token = token
        self._timeout = timeout

    @property
    def host(self) -> str:
        """The server's name, as it stands in handles."""
        return (urlsplit(self.url).netloc or self.url).lower()

    def get(self, path: str, now: datetime, **params: Value) -> Any:
        """The JSON at `path`, below /api/. Raises NotThere, Busy, SourceError."""
        if not self.url:
            raise SourceError(NO_SERVER)
        headers = {"User-Agent": "ListeningPost"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            response = requests.get(
                f"{self.url}/api/{path}",
                params=params,
                headers=headers,
                timeout=self._timeout,
                allow_redirects=False,
            )
        except (requests.RequestException, UnicodeError) as error:
            raise SourceError(
                f"Mastodon's server {self.host} can't be reached ({type(error).__name__})"
            ) from None
        if response.status_code != 200:
            raise self._refusal(response, now)
        try:
            return response.json()
        except (ValueError, RecursionError):
            raise SourceError(
                f"{self.host}'s answer can't be read: it is not JSON, or only half came"
            ) from None

    def _refusal(self, response: requests.Response, now: datetime) -> SourceError:
        status, said = response.status_code, _said(response)
        if status == 429:
            until = _reset_time(response, now)
            return Busy(f"Mastodon asks to wait until {until:%H:%M:%S} UTC: too many requests", until)
        if status in (404, 410):
            return NotThere(
                f"{self.host} does not know what it was asked for ({status}{said}): check MASTODON_URL"
            )
        if status >= 500:
            return SourceError(f"{self.host} is out of order at the moment ({status}{said})")
        sentences = {
            401: f"{self.host} does not accept MASTODON_ACCESS_TOKEN (401{said}): make a new one"
            if self.token
            else f"{self.host} shows this to accounts only (401{said}): set MASTODON_ACCESS_TOKEN",
            403: f"{self.host} does not let us read this (403{said}): the token needs the scope read",
        }
        return SourceError(
            sentences.get(status, f"{self.host} answered with status {status}{said}: check MASTODON_URL")
        )


def _reset_time(response: requests.Response, now: datetime) -> datetime:
    """`X-RateLimit-Reset`: a time as text on Mastodon, Unix seconds elsewhere; at most an hour ahead."""
    reset = response.headers.get("x-ratelimit-reset", "").strip()
    try:
        if re.fullmatch(r"[0-9]{9,11}", reset, re.ASCII):
            until = datetime.fromtimestamp(int(reset), UTC)
        else:
            until = datetime.fromisoformat(reset[:40])
            until = until.replace(tzinfo=UTC) if until.tzinfo is None else until.astimezone(UTC)
    except (ValueError, OverflowError):
        until = now + _WITHOUT_RESET
    # A time that has passed means that the clocks differ.
    return min(max(until + timedelta(seconds=1), now + timedelta(seconds=5)), now + _LONGEST_WAIT)


def _said(response: requests.Response) -> str:
    """The server's own sentence on one line, with a colon before it; "" when there is none."""
    try:
        document = response.json()
    except (ValueError, RecursionError):
        return ""
    said = document.get("error") if isinstance(document, dict) else None
    return f": {' '.join(said.split())[:200]}" if isinstance(said, str) and said.strip() else ""
