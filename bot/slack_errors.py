"""What an error from Slack means for the message that was being sent."""

import re
from dataclasses import dataclass
from http.client import HTTPException
from socket import gaierror
from typing import Any

from slack_sdk.errors import SlackApiError, SlackClientError


@dataclass(frozen=True)
class Wait:
    """Slack asked to wait; nothing was posted."""

    why: str
    seconds: float


@dataclass(frozen=True)
class Unknown:
    """It may or may not have been posted; `unsent`: it was not, for Slack was never reached."""

    why: str
    unsent: bool = False


@dataclass(frozen=True)
class Refused:
    """It was not posted and will not be, however often it is tried; `gone`: its message was deleted."""

    why: str
    gone: bool = False


PASSING = frozenset(
    {
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "accesslimited",
        "team_added_to_org",
    }
)
"""Errors that Slack documents as its own trouble: trying again later helps."""
_CODE = re.compile(r"[a-z0-9_]+")
"""What Slack's error codes look like. Where a gateway answered in Slack's place (a page with status 200),
Slack's client puts a sentence of its own there, and nobody knows whether Slack acted."""
WORDS = {
    "channel_not_found": "there is no such channel, or the bot is not in it",
    "not_in_channel": "the bot is not in the channel: invite it",
    "is_archived": "the channel is archived",
    "invalid_auth": "the bot token is not valid",
    "token_revoked": "the bot token was revoked",
    "account_inactive": "the app was removed from the workspace",
    "missing_scope": "the app lacks a scope: reinstall it from `python app.py manifest`",
    "user_not_found": "there is no such person in the workspace",
}


def what_happened(error: Exception) -> Wait | Unknown | Refused:
    """Sorts an error raised by the Slack client; re-raises what did not come from Slack or the network."""
    if isinstance(error, SlackApiError):
        return _of_answer(error)
    if isinstance(error, OSError | HTTPException | SlackClientError):
        reason = getattr(error, "reason", error)
        unsent = isinstance(reason, ConnectionRefusedError | gaierror)
        return Unknown(f"no answer from Slack ({type(error).__name__})", unsent=unsent)
    raise error


def _of_answer(error: SlackApiError) -> Wait | Unknown | Refused:
    response: Any = error.response
    status = getattr(response, "status_code", 0)
    data = getattr(response, "data", response)
    code = str(data.get("error", "")) if isinstance(data, dict) else ""
    if status == 429 or code in ("ratelimited", "rate_limited"):
        return Wait("Slack asked to slow down", _retry_after(response))
    if status >= 500 or code in PASSING or not _CODE.fullmatch(code):
        return Unknown(f"Slack is in trouble ({code[:80] or status})")
    return Refused(WORDS.get(code, code), gone=code == "message_not_found")


def _retry_after(response: Any) -> float:
    headers = {str(k).lower(): v for k, v in (getattr(response, "headers", None) or {}).items()}
    value = headers.get("retry-after", "1")
    try:
        return min(3600.0, max(1.0, float(value[0] if isinstance(value, list) else value)))
    except (TypeError, ValueError, IndexError):
        return 1.0
