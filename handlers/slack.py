"""The Slack side: Bolt's app with our listeners, over a socket or over HTTP."""

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_handlers import ConnectionErrorRetryHandler, RateLimitErrorRetryHandler
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.metrics import Metrics
from bot.slack_calls import SlackCalls
from bot.slack_errors import Refused, what_happened
from config.errors import SettingsError
from config.settings import Settings
from handlers.features import register
from handlers.wiring import Services

LISTENERS = 24
"""Threads for listeners. Bolt's own five are shared with the acknowledgement, which then waits behind
slow work: 50 claims in one second were acknowledged more than a second late with five."""
TIMEOUT = 10
FOUND_IN = {
    "SLACK_BOT_TOKEN": "OAuth & Permissions in Slack's app settings",
    "SLACK_APP_TOKEN": "Basic Information, App-Level Tokens (with connections:write) in Slack's app settings",
}


def slack_client(
    settings: Settings, *, retries: bool, timeout: int = TIMEOUT, metrics: Metrics | None = None
) -> WebClient:
    """A client of the workspace. With `retries` it waits out a 429 itself, as answers to people need.

    `timeout` in seconds; while somebody's modal waits for an answer it must stay below Slack's three.
    """
    client = WebClient(token=settings.slack_bot_token, base_url=settings.slack_api_url, timeout=timeout)
    if retries:
        client.retry_handlers = [ConnectionErrorRetryHandler(), RateLimitErrorRetryHandler(max_retry_count=2)]
    else:
        client.retry_handlers = []
    if metrics is not None:
        client.retry_handlers.insert(0, SlackCalls(metrics))
    return client


def refuse_wrong_tokens(settings: Settings, *, socket: bool) -> None:
    """Asks Slack whether it takes our tokens, before anything starts. Raises SettingsError, one line each."""
    # Slack's client logs what fails; here the sentence says it.
    silent = logging.getLogger("slack_sdk.first_call")
    silent.setLevel(logging.CRITICAL + 1)
    client = WebClient(
        token=settings.slack_bot_token, base_url=settings.slack_api_url, timeout=TIMEOUT, logger=silent
    )
    mistakes = [_mistake("SLACK_BOT_TOKEN", settings, client.auth_test)]
    if socket:
        if not settings.slack_app_token:
            raise SettingsError(".env: SLACK_APP_TOKEN: needed for Socket Mode (or use `--role web`).")
        token = settings.slack_app_token
        mistakes.append(
            _mistake("SLACK_APP_TOKEN", settings, lambda: client.apps_connections_open(app_token=token))
        )
    if any(mistakes):
        raise SettingsError("\n".join(dict.fromkeys(m for m in mistakes if m)))


def slack_app(settings: Settings, services: Services) -> App:
    """Bolt's app with every feature registered."""
    logging.getLogger("slack_bolt.App").addFilter(_worth_saying)
    app = App(
        client=slack_client(settings, retries=True, metrics=services.desk.office.metrics),
        signing_secret=settings.slack_signing_secret or "unused in Socket Mode",
        listener_executor=ThreadPoolExecutor(LISTENERS, thread_name_prefix="slack"),
        raise_error_for_unhandled_request=False,
    )
    register(app, services)
    return app


class TimedSocket(SocketModeHandler):
    """Tells how long an envelope waits for its acknowledgement, from the moment it is taken up."""

    metrics: Metrics | None = None

    def handle(self, client: Any, req: SocketModeRequest) -> None:
        began = time.monotonic()
        super().handle(client, req)
        if self.metrics is not None:
            self.metrics.acknowledged(time.monotonic() - began)


def slack_socket(settings: Settings, app: App, metrics: Metrics | None = None) -> SocketModeHandler:
    """The Socket Mode connection; `connect()` starts it, `close()` ends it."""
    web = WebClient(token=settings.slack_app_token, base_url=settings.slack_api_url, timeout=TIMEOUT)
    if metrics is not None:
        web.retry_handlers.insert(0, SlackCalls(metrics))
    socket = TimedSocket(app, settings.slack_app_token, web_client=web, concurrency=LISTENERS)
    socket.metrics = metrics
    return socket


# Helpers, in the order in which they are called.


def _mistake(name: str, settings: Settings, call: Callable[[], object]) -> str | None:
    try:
        call()
    except (SlackClientError, OSError, HTTPException) as error:
        outcome = what_happened(error)
        if isinstance(error, SlackApiError) and isinstance(outcome, Refused):
            code = error.response.get("error")
            return f".env: {name}: Slack does not take it ({code}); copy it again from {FOUND_IN[name]}."
        return f"Slack can't be reached at {settings.slack_api_url}: {outcome.why}."
    return None


def _worth_saying(record: logging.LogRecord) -> bool:
    """Bolt reads SLACK_BOT_TOKEN by itself and then warns that it does not use it: our client has it."""
    return "`token` will be unused" not in record.getMessage()
