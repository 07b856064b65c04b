"""Requests to Facebook's Graph API as our page, and what its errors mean for somebody who reads.

Errors: https://developers.facebook.com/docs/graph-api/guides/error-handling
Limits: https://developers.facebook.com/docs/graph-api/overview/rate-limiting
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import requests

from bot.sources import Busy, SourceError
from bot.sources.resting import Rest
from bot.sources.x_http import document_of

FACEBOOK_API = "https://graph.facebook.com"
VERSION = "v24.0"
"""Pinned: a version lives for two years, and an unversioned request gets the app's oldest."""
TIMEOUT = (5.0, 20.0)
"""Seconds to connect, and between two reads."""
TOO_OFTEN = (4, 17, 32, 341, 613, 80001)
EXPIRED = (102, 190)
NOT_ALLOWED = (3, 10, *range(200, 300))
_WAIT = timedelta(minutes=15)
"""Facebook counts over an hour and seldom says until when."""
_LONGEST_WAIT = timedelta(hours=1)
_NEARLY = 95
"""Percent of what Facebook allows: above it we stop by ourselves, before it blocks the page for longer."""
_REST = timedelta(minutes=5)


class NotThere(SourceError):
    """Facebook does not know it (any more), or our page can't see it."""


class FacebookApi:
    """Carries requests with the page's token; it never stands in an address."""

    def __init__(
        self,
        page_token: str | None,
        app_secret: str | None = None,
        *,
        api_url: str | None = None,
        timeout: tuple[float, float] = TIMEOUT,
    ) -> None:
        """`app_secret` is needed where the Facebook app asks for proof with each request."""
        self.token = page_token
        self.url = (api_url or FACEBOOK_API).rstrip("/")
        self._secret = app_secret
        self._timeout = timeout
        self._rest: Rest | None = None

    def get(self, path: str, **params: str) -> requests.Response:
        """Raises requests.RequestException."""
        return requests.get(
            f"{self.url}/{VERSION}/{path}",
            params={**params, **self._proof()},
            headers=self._headers(),
            timeout=self._timeout,
            allow_redirects=False,
        )

    def post(self, path: str, **data: str) -> requests.Response:
        """Raises requests.RequestException."""
        return requests.post(
            f"{self.url}/{VERSION}/{path}",
            data={**data, **self._proof()},
            headers=self._headers(),
            timeout=self._timeout,
            allow_redirects=False,
        )

    def read(self, path: str, now: datetime, **params: str) -> dict[str, Any]:
        """What Facebook answers to a reading. Raises SourceError, Busy."""
        if not self.token:
            raise SourceError("Facebook can't be read: set FACEBOOK_PAGE_TOKEN")
        if self._rest is not None and self._rest.is_on(now):
            raise Busy("Facebook's limit is reached, or nearly: nothing is asked meanwhile", self._rest.until)
        try:
            response = self.get(path, **params)
        except requests.RequestException as error:
            raise SourceError(f"Facebook can't be reached ({type(error).__name__})") from None
        document = document_of(response)
        told = (document or {}).get("error")
        trouble = _as_source_error(response, told, now) if isinstance(told, dict) else None
        if response.status_code == 429 and trouble is None:
            until = _until(response.headers, now)
            trouble = Busy("Facebook asks to wait: too many requests (429)", until)
        if isinstance(trouble, Busy):
            self._rest = Rest(now, trouble.until)
        if trouble is not None:
            raise trouble
        if not 200 <= response.status_code < 300:
            raise SourceError(f"Facebook answered with status {response.status_code}")
        if document is None:
            raise SourceError("Facebook's answer can't be read: it is not JSON, or only half of it came")
        if _share_used(response.headers) >= _NEARLY:
            self._rest = Rest(now, now + _REST)
        return document

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def _proof(self) -> dict[str, str]:
        """https://developers.facebook.com/docs/graph-api/guides/secure-requests#appsecret_proof"""
        if not self._secret or not self.token:
            return {}
        made = hmac.new(self._secret.encode(), self.token.encode(), hashlib.sha256)
        return {"appsecret_proof": made.hexdigest()}


def said_in(error: Mapping[str, Any]) -> str:
    """Facebook's own sentence on one line, with a colon before it; "" when there is none."""
    words = error.get("message")
    return f": {' '.join(words.split())[:200]}" if isinstance(words, str) and words.strip() else ""


# Helpers.


def _as_source_error(response: requests.Response, error: dict[str, Any], now: datetime) -> SourceError:
    code, said = error.get("code"), said_in(error)
    if code in TOO_OFTEN:
        until = _until(response.headers, now)
        return Busy(f"Facebook asks to wait until {until:%H:%M} UTC: too many requests ({code})", until)
    if code in EXPIRED:
        return SourceError(
            f"Facebook does not accept the page token any more ({code}): "
            "make a new one and set FACEBOOK_PAGE_TOKEN"
        )
    if code in NOT_ALLOWED:
        needed = "pages_read_engagement and pages_read_user_content"
        return SourceError(f"The page token may not read here ({code}{said}): it needs {needed}")
    if code in (100, 803):
        return NotThere(
            f"Facebook does not know what it was asked for ({code}{said}): check sources.facebook.page_id"
        )
    if code == 368:
        return SourceError(f"Facebook has blocked our page for a while (368{said})")
    return SourceError(f"Facebook had trouble of its own ({code}{said})")


def _until(headers: Mapping[str, str], now: datetime) -> datetime:
    """When Facebook takes requests again: its own estimate in minutes where it gives one, within an hour."""
    minutes = _largest(headers, "X-Business-Use-Case-Usage", ("estimated_time_to_regain_access",))
    return now + (min(timedelta(minutes=minutes), _LONGEST_WAIT) if minutes else _WAIT)


def _share_used(headers: Mapping[str, str]) -> float:
    """Percent of what is allowed within the hour, by whichever count is highest; 0 when nothing is said."""
    counts = ("call_count", "total_time", "total_cputime")
    return max(_largest(headers, name, counts) for name in ("X-App-Usage", "X-Business-Use-Case-Usage"))


def _largest(headers: Mapping[str, str], header: str, keys: tuple[str, ...]) -> float:
    try:
        usage = json.loads(headers.get(header, "")[:20_000])
    except (ValueError, RecursionError):
        return 0.0
    found: list[float] = []
    _walk(usage, lambda key, value: found.append(value) if key in keys and 0 <= value < 10_000 else None)
    return max(found, default=0.0)


def _walk(node: object, see: Callable[[str, float], object], depth: int = 0) -> None:
    if depth > 4:
        return
    for each in node if isinstance(node, list) else ():
        _walk(each, see, depth + 1)
    for key, value in node.items() if isinstance(node, dict) else ():
        if isinstance(value, int | float) and not isinstance(value, bool):
            see(key, value)
        else:
            _walk(value, see, depth + 1)
