"""How requests to X travel: with a timeout, to another host where one is set, and what refusals mean."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies

from bot.sources import Busy, SourceError
from bot.sources.window import NotUnderstood

X_API = "https://api.twitter.com"
"""tweepy knows no other host."""
TIMEOUT = (5.0, 20.0)
"""Seconds to connect, and between two reads; tweepy sets none."""
_WITHOUT_RESET = timedelta(seconds=60)
_CAP = timedelta(minutes=15)
_LONGEST_WAIT = timedelta(hours=1)


class Elsewhere(HTTPAdapter):
    """Carries requests for X, to `api_url` where that is set: a proxy, or a stand-in for tests."""

    def __init__(self, api_url: str | None = None, timeout: tuple[float, float] = TIMEOUT) -> None:
        self._base = urlsplit(api_url) if api_url and api_url.rstrip("/") != X_API else None
        self._timeout = timeout
        super().__init__(max_retries=0)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs["timeout"] = self._timeout
        if self._base is not None:
            asked = urlsplit(request.url or "")
            path = self._base.path.rstrip("/") + asked.path
            request.url = urlunsplit((self._base.scheme, self._base.netloc, path, asked.query, ""))
            # The session chose a proxy for X's own host, which may be wrong for this one.
            kwargs["proxies"] = get_environ_proxies(request.url)
        return super().send(request, *args, **kwargs)


class Unreachable(SourceError):
    """X gave no answer at all."""


@dataclass
class Refusal(Exception):
    """X answered with anything but success."""

    status: int
    headers: Mapping[str, str]
    document: dict[str, Any]
    """The body, where it is a JSON object; else empty."""

    @property
    def detail(self) -> str:
        """X's own sentence on one line, with a colon before it; "" when there is none."""
        errors = self.document.get("errors")
        first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
        said = self.document.get("detail") or first.get("detail") or first.get("message")
        said = said or self.document.get("title")
        return f": {' '.join(said.split())[:200]}" if isinstance(said, str) and said.strip() else ""


def refuse(response: requests.Response, *_args: Any, **_kwargs: Any) -> None:
    """A response hook: raises Refusal for every status but 2xx, redirects too.

    It comes before tweepy's own reading of errors, which trips over a body that is no JSON object and over
    a reset time that is no number; and before redirects, which would turn a POST into a GET.
    """
    if 200 <= response.status_code < 300:
        return
    raise Refusal(response.status_code, response.headers, document_of(response) or {})


def document_of(response: requests.Response) -> dict[str, Any] | None:
    """The body as a JSON object; None when it is anything else."""
    try:
        document = response.json()
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def as_source_error(refusal: Refusal, now: datetime) -> SourceError:
    """What a refused reading means, in one sentence for a person."""
    status, detail = refusal.status, refusal.detail
    if status == 429:
        return _busy(refusal, now)
    if status >= 500:
        return SourceError(f"X is out of order at the moment ({status}{detail})")
    sentences = {
        400: f"X does not understand what it was asked (400{detail})",
        401: "X does not accept the bearer token: check X_BEARER_TOKEN",
        402: f"X wants to be paid first (402{detail}): top up the credits in X's developer console",
        403: f"X does not let this app read here (403{detail}): check its access in X's developer console",
        404: f"X does not know what it was asked for (404{detail}): check x_user_id in the playbook",
    }
    kind = NotUnderstood if status == 400 else SourceError
    return kind(sentences.get(status, f"X answered with status {status}{detail}"))


def _busy(refusal: Refusal, now: datetime) -> Busy:
    # The monthly cap also comes as 429, without a reset time: asking again each minute would be in vain.
    capped = "usage-capped" in str(refusal.document.get("type")) or "UsageCap" in str(
        refusal.document.get("title")
    )
    if capped:
        until = now + _CAP
        return Busy(f"X's usage cap is reached{refusal.detail}: raise it in X's developer console", until)
    until = reset_time(refusal.headers, now)
    return Busy(f"X asks to wait until {until:%H:%M:%S} UTC: too many requests", until)


def reset_time(headers: Mapping[str, str], now: datetime) -> datetime:
    """When X takes requests again: `x-rate-limit-reset` in Unix seconds, within an hour; else in a minute."""
    reset = headers.get("x-rate-limit-reset", "").strip()
    if not re.fullmatch(r"[0-9]{1,11}", reset, re.ASCII):
        return now + _WITHOUT_RESET
    until = datetime.fromtimestamp(int(reset), UTC)
    # A second more, as X counts whole seconds; a time that has passed means that the clocks differ.
    until = until + timedelta(seconds=1) if until > now else now + timedelta(seconds=5)
    return min(until, now + _LONGEST_WAIT)
