"""People's Slack statuses: whether one says that somebody is away."""

import re
import threading
import time
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.away import Gone
from config.escalation import StatusWords

log = structlog.get_logger()
STATUS_TIMEOUT = 2
"""Seconds for one call: a status that comes later is of no use."""
KEPT = 60.0
"""Seconds for which a status that was read counts."""
NOT_THERE = 3600.0
"""Seconds without asking where Slack does not know the method or the app may not use it."""
PATIENCE = 1.5
"""Seconds for all that are asked at once: somebody waits for the answer, for whom Slack allows three."""
MOST = 20
"""People asked at once; the first in line matter."""


@dataclass(frozen=True)
class _Read:
    status: dict[str, Any]
    at: float


class SlackStatuses:
    """Reads `users.profile.get` (scope users.profile:read). What can't be read counts as: there."""

    def __init__(
        self, slack: WebClient, words: StatusWords, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._slack = slack
        self._words = words
        self._monotonic = monotonic
        self._pool = ThreadPoolExecutor(8, thread_name_prefix="status")
        self._lock = threading.Lock()
        self._read: dict[str, _Read] = {}
        self._not_before = 0.0

    def refresh(self, members: Collection[str]) -> None:
        now = self._monotonic()
        if not self._words.read or now < self._not_before:
            return
        with self._lock:
            known = {m for m, read in self._read.items() if read.at + KEPT > now}
        asked = [m for m in dict.fromkeys(members) if m not in known][:MOST]
        wait([self._pool.submit(self._ask, member) for member in asked], timeout=PATIENCE)

    def of(self, member: str, at: datetime) -> Gone | None:
        with self._lock:
            read = self._read.get(member)
        if read is None or read.at + KEPT <= self._monotonic():
            return None
        return gone_by_status(member, read.status, self._words, at)

    def _ask(self, member: str) -> None:
        try:
            answer = self._slack.users_profile_get(user=member)
        except SlackApiError as error:
            code = error.response.get("error")
            if code in ("unknown_method", "missing_scope", "method_deprecated", "not_allowed_token_type"):
                log.info("Slack statuses are not read", why=code)
                self._not_before = self._monotonic() + NOT_THERE
            return
        except (SlackClientError, OSError, HTTPException) as error:
            log.info("a Slack status was not read", why=type(error).__name__)
            return
        with self._lock:
            self._read[member] = _Read(dict(answer.get("profile") or {}), self._monotonic())


def gone_by_status(member: str, profile: dict[str, Any], words: StatusWords, at: datetime) -> Gone | None:
    """What a profile's status says at `at`; None: that they are there.

    `status_expiration` is in Unix seconds, 0 for none: https://docs.slack.dev/reference/methods/users.profile.set
    """
    text = str(profile.get("status_text") or "").casefold()
    emoji = str(profile.get("status_emoji") or "").strip(":")
    expires = profile.get("status_expiration") or 0
    until = datetime.fromtimestamp(expires, UTC) if isinstance(expires, int) and expires > 0 else None
    if until is not None and until <= at:
        return None
    if any(_has(text, phrase) for phrase in words.unless):
        return None
    if emoji not in words.emoji and not any(_has(text, phrase) for phrase in words.words):
        return None
    return Gone(member, until, None, None)


def _has(text: str, phrase: str) -> bool:
    """As a whole word; scripts that set no spaces between words have none to look for."""
    phrase = phrase.casefold()
    if not any(c.isascii() for c in phrase):
        return phrase in text
    return re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", text) is not None
