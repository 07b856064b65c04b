"""Requests to Bluesky (XRPC over HTTP), with our session where there is one, and what refusals mean.

Requests and errors: https://atproto.com/specs/xrpc, sessions: https://atproto.com/specs/xrpc#authentication,
limits: https://docs.bsky.app/docs/advanced-guides/rate-limits. The `atproto` library would do this as well;
docs/decisions/0015-bluesky-and-mastodon.md says why it is not used.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from bot.sources import Busy, SourceError
from bot.sources.resting import Rest
from bot.sources.x_http import document_of

BLUESKY_API = "https://bsky.social"
"""Where most accounts have their home, and requests to everything else are carried on from there."""
PUBLIC_API = "https://public.api.bsky.app"
"""Profiles for everybody; search is not among them."""
TIMEOUT = (5.0, 20.0)
"""Seconds to connect, and between two reads."""
NO_ACCOUNT = "Bluesky can't be searched without an account: set BLUESKY_HANDLE and BLUESKY_APP_PASSWORD"
_EXPIRED = frozenset({"ExpiredToken", "InvalidToken"})
_LOGIN_PAUSE = timedelta(minutes=15)
"""After a refused login: Bluesky takes 100 to 300 logins a day, and locks who tries too often."""
_WITHOUT_RESET = timedelta(minutes=5)
"""The window over which Bluesky counts."""
_LONGEST_WAIT = timedelta(hours=1)
Value = str | int | Sequence[str]


class BadQuestion(SourceError):
    """Bluesky refused the question itself (400)."""


@dataclass(frozen=True)
class Account:
    """Our account on Bluesky. The password is an app password, never the account's own."""

    handle: str
    app_password: str


@dataclass(frozen=True)
class _Session:
    did: str
    access: str
    refresh: str


class BlueskyApi:
    """Asks as `account`, or as anybody (None). One for each source: it is not made for several threads."""

    def __init__(
        self,
        account: Account | None,
        *,
        api_url: str | None = None,
        timeout: tuple[float, float] = TIMEOUT,
    ) -> None:
        self.account = account
        self.url = (api_url or (BLUESKY_API if account else PUBLIC_API)).rstrip("/")
        self._timeout = timeout
        self._session: _Session | None = None
        self._refused: tuple[Rest, str] | None = None

    @property
    def did(self) -> str | None:
        """Our account's number, once we have logged in."""
        return self._session.did if self._session else None

    def get(self, method: str, now: datetime, **params: Value) -> dict[str, Any]:
        """What `method` answers. Raises BadQuestion, Busy, SourceError."""
        if self.account is None:
            return self._answer(self._send("GET", method, None, params), now)
        session = self._session or self._log_in(self.account, now)
        response = self._send("GET", method, session.access, params)
        if _is_expired(response):
            session = self._renew(self.account, session, now)
            response = self._send("GET", method, session.access, params)
            if _is_expired(response):
                self._session = None
        return self._answer(response, now)

    # Sessions.

    def _log_in(self, account: Account, now: datetime) -> _Session:
        if self._refused is not None and self._refused[0].is_on(now):
            raise SourceError(self._refused[1])
        body = {"identifier": account.handle, "password": account.app_password}
        response = self._send("POST", "com.atproto.server.createSession", None, json=body)
        error = _error_of(response)
        if response.status_code in (400, 401, 403) and error not in _EXPIRED:
            self._refused = (Rest(now, now + _LOGIN_PAUSE), _refusal(account, error, response))
            raise SourceError(self._refused[1])
        self._refused = None
        self._session = _session_in(self._answer(response, now))
        return self._session

    def _renew(self, account: Account, session: _Session, now: datetime) -> _Session:
        """The access token lives for some hours, the one that renews it for some months."""
        response = self._send("POST", "com.atproto.server.refreshSession", session.refresh)
        self._session = None
        if response.status_code in (400, 401):
            return self._log_in(account, now)
        self._session = _session_in(self._answer(response, now))
        return self._session

    # Requests.

    def _send(
        self,
        verb: str,
        method: str,
        token: str | None,
        params: dict[str, Value] | None = None,
        json: dict[str, str] | None = None,
    ) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            return requests.request(
                verb,
                f"{self.url}/xrpc/{method}",
                params=params,
                json=json,
                headers=headers,
                timeout=self._timeout,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise SourceError(f"Bluesky can't be reached ({type(error).__name__})") from None

    def _answer(self, response: requests.Response, now: datetime) -> dict[str, Any]:
        status, said = response.status_code, _said(response)
        if status == 429:
            until = reset_time(response, now)
            raise Busy(f"Bluesky asks to wait until {until:%H:%M:%S} UTC: too many requests", until)
        if status >= 500:
            raise SourceError(f"Bluesky is out of order at the moment ({status}{said})")
        if status in (401, 403):
            hint = "" if self.account else ": it wants an account here (BLUESKY_HANDLE)"
            raise SourceError(f"Bluesky does not let us read this ({status}{said}){hint}")
        if status == 400:
            raise BadQuestion(f"Bluesky does not understand what it was asked (400{said})")
        if status != 200:
            raise SourceError(f"Bluesky answered with status {status}{said}: check BLUESKY_API_URL")
        document = document_of(response)
        if document is None:
            raise SourceError("Bluesky's answer can't be read: it is not JSON, or only half of it came")
        return document


def reset_time(response: requests.Response, now: datetime) -> datetime:
    """When Bluesky takes requests again: `RateLimit-Reset` in Unix seconds, or `Retry-After`; at most an hour
    ahead, as a login may be refused for a day."""
    reset = response.headers.get("ratelimit-reset", "").strip()
    after = response.headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{9,11}", reset, re.ASCII):
        until = datetime.fromtimestamp(int(reset), UTC) + timedelta(seconds=1)
    elif re.fullmatch(r"[0-9]{1,9}", after, re.ASCII):
        until = now + timedelta(seconds=int(after))
    else:
        until = now + _WITHOUT_RESET
    # A time that has passed means that the clocks differ.
    return min(max(until, now + timedelta(seconds=5)), now + _LONGEST_WAIT)


# Helpers.


def _session_in(document: dict[str, Any]) -> _Session:
    did, access, refresh = (document.get(key) for key in ("did", "accessJwt", "refreshJwt"))
    if not (isinstance(did, str) and isinstance(access, str) and isinstance(refresh, str)):
        raise SourceError("Bluesky's answer to our login can't be read")
    if not (access.isascii() and access.isprintable() and refresh.isascii() and refresh.isprintable()):
        raise SourceError("Bluesky's answer to our login can't be read")
    return _Session(did, access, refresh)


def _refusal(account: Account, error: str, response: requests.Response) -> str:
    if error == "AuthFactorTokenRequired":
        return (
            "Bluesky wants a code by e-mail: BLUESKY_APP_PASSWORD must be an app password, not the account's"
        )
    if error == "AccountTakedown":
        return f"Bluesky has taken down the account {account.handle}"
    return (
        f"Bluesky does not accept BLUESKY_HANDLE and BLUESKY_APP_PASSWORD ({response.status_code}"
        f"{_said(response)}): make an app password in its settings"
    )


def _is_expired(response: requests.Response) -> bool:
    return response.status_code in (400, 401) and _error_of(response) in _EXPIRED


def _error_of(response: requests.Response) -> str:
    error = (document_of(response) or {}).get("error") if response.status_code >= 400 else None
    return error if isinstance(error, str) else ""


def _said(response: requests.Response) -> str:
    """Bluesky's own sentence on one line, with a colon before it; "" when there is none."""
    if response.status_code < 400:
        return ""
    document = document_of(response) or {}
    said = document.get("message") or document.get("error")
    return f": {' '.join(said.split())[:200]}" if isinstance(said, str) and said.strip() else ""
