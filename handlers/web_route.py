"""What the web routes of all features share: a route, a refusal, and a body that was read within bounds."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, request
from slack_bolt import App
from werkzeug.exceptions import ClientDisconnected

from bot.listening import Listener
from bot.metrics import Metrics
from bot.office import Office
from bot.readiness import Readiness
from bot.sources.facebook_hook import FacebookHook
from bot.sources.webhook import Webhook

SECONDS = 20.0
"""How long a body may take to arrive."""
_PART = 64 * 1024
Answer = Response | tuple[dict[str, Any], int]


@dataclass(frozen=True)
class Watch:
    """What those see who look after the program. `inside`: nobody from outside gets here, so no token is
    asked for; without a token the outside gets no figures."""

    metrics: Metrics
    readiness: Readiness
    token: str | None = None
    inside: bool = False


@dataclass(frozen=True)
class Site:
    """What the routes serve. What is None or empty has no routes."""

    office: Office
    listener: Listener
    slack: App | None = None
    webhooks: tuple[Webhook, ...] = ()
    facebook: FacebookHook | None = None
    watch: Watch | None = None


@dataclass(frozen=True)
class Route:
    """An address as Flask writes it, what may be done there, and who answers."""

    path: str
    methods: tuple[str, ...]
    answer: Callable[..., Answer]


class Refusal(Exception):
    """A request that is not taken: its HTTP status and one sentence for whoever sent it."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def json_body(most: int) -> bytes:
    """The body of a JSON request, unread. Raises Refusal: 408, 411, 413, 415."""
    if request.mimetype != "application/json" or request.headers.get("Content-Encoding"):
        raise Refusal(415, "Send JSON, not compressed, with Content-Type: application/json.")
    too_long = Refusal(413, f"The body has more than {most:,} bytes; send it in several requests.")
    if request.content_length is not None and request.content_length > most:
        raise too_long
    end, body = time.monotonic() + SECONDS, bytearray()
    try:
        while part := request.stream.read(min(_PART, most + 1 - len(body))):
            body += part
            if len(body) > most:
                raise too_long
            if time.monotonic() > end:
                raise Refusal(408, "The body took too long to arrive.")
    except (ClientDisconnected, OSError):
        raise Refusal(400, "The body ended too early.") from None
    return bytes(body)
