"""The Slack side: Bolt's app with our listeners, over a socket or over HTTP."""

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from typing import Any, TypeVar

import structlog
from slack_bolt import Ack, App, BoltRequest
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.error import BoltError
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_handlers import ConnectionErrorRetryHandler, RateLimitErrorRetryHandler
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.metrics import Metrics
from bot.slack_calls import SlackCalls
from bot.slack_errors import Refused, Unknown, Wait, what_happened
from bot.tls import trusted
from config.errors import SettingsError
from config.settings import Settings
from handlers.features import register
from handlers.slack_connection import notice_hang_ups
from handlers.wiring import Services

log = structlog.get_logger()
T = TypeVar("T")
LISTENERS = 24
"""Threads for listeners, which mostly wait for Slack and the database; and as many that take in envelopes."""
TIMEOUT = 10
WAITS = (1.0, 3.0, 6.0)
"""Seconds between the tries to be told who we are."""
TROUBLES = (BoltError, SlackClientError, OSError, HTTPException)
"""What Bolt and Slack's client raise."""
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
    client = WebClient(
        token=settings.slack_bot_token, base_url=settings.slack_api_url, timeout=timeout, ssl=trusted()
    )
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
        token=settings.slack_bot_token,
        base_url=settings.slack_api_url,
        timeout=TIMEOUT,
        ssl=trusted(),
        logger=silent,
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
    """Bolt's app with every feature registered. Raises SettingsError when Slack stays in trouble."""
    logging.getLogger("slack_bolt.App").addFilter(_worth_saying)
    client = slack_client(settings, retries=True, metrics=services.desk.office.metrics)
    try:
        app = _patiently(
            lambda: App(  # it asks Slack who we are
                client=client,
                signing_secret=settings.slack_signing_secret or "unused in Socket Mode",
                listener_executor=ThreadPoolExecutor(LISTENERS, thread_name_prefix="slack"),
                raise_error_for_unhandled_request=False,
            )
        )
    except TROUBLES as error:
        raise SettingsError(_unreachable(settings, error)) from None
    app.use(acknowledge_first)
    register(app, services)
    return app


def acknowledge_first(ack: Ack, body: dict[str, Any], next: Callable[[], None]) -> None:
    """What needs no words in its acknowledgement does not wait for a free listener. Its handler acknowledges
    too, which then changes nothing."""
    if not _is_answered_by_acknowledging(body):
        ack()
    next()


class PromptSocket(SocketModeHandler):
    """Acknowledges an envelope before anything else is done with it, unless that is how it is answered.

    It also tells how long that takes, from the moment the envelope is taken up.
    """

    metrics: Metrics | None = None

    def handle(self, client: Any, req: SocketModeRequest) -> None:
        began = time.monotonic()
        if _is_answered_by_acknowledging(req.payload):
            super().handle(client, req)
            self._acknowledged(began)
            return
        client.send_socket_mode_response(SocketModeResponse(envelope_id=req.envelope_id))
        self._acknowledged(began)
        self.app.dispatch(BoltRequest(mode="socket_mode", body=req.payload))

    def _acknowledged(self, began: float) -> None:
        if self.metrics is not None:
            self.metrics.acknowledged(time.monotonic() - began)


def slack_socket(settings: Settings, app: App, metrics: Metrics | None = None) -> SocketModeHandler:
    """The Socket Mode connection; `connect()` starts it, `close()` ends it."""
    web = WebClient(
        token=settings.slack_app_token, base_url=settings.slack_api_url, timeout=TIMEOUT, ssl=trusted()
    )
    if metrics is not None:
        web.retry_handlers.insert(0, SlackCalls(metrics))
    socket = PromptSocket(app, settings.slack_app_token, web_client=web, concurrency=LISTENERS)
    socket.metrics = metrics
    notice_hang_ups(socket.client)
    return socket


# Helpers, in the order in which they are called.


def _is_answered_by_acknowledging(payload: dict[str, Any]) -> bool:
    """A submitted modal is: with what is wrong in it, or with what it shows next."""
    return payload.get("type") == "view_submission"


def _mistake(name: str, settings: Settings, call: Callable[[], object]) -> str | None:
    """What is wrong with a token, as one sentence."""
    try:
        _patiently(call)
    except TROUBLES as error:
        outcome = _outcome(error)
        if isinstance(error, SlackApiError) and isinstance(outcome, Refused):
            code = error.response.get("error")
            return f".env: {name}: Slack does not take it ({code}); copy it again from {FOUND_IN[name]}."
        return _unreachable(settings, error)
    return None


def _patiently(call: Callable[[], T]) -> T:
    """What `call` returns, after a few more tries while Slack is in trouble: whoever starts a program just
    then should not have to start it again. Raises one of TROUBLES."""
    for wait in WAITS:
        try:
            return call()
        except TROUBLES as error:
            outcome = _outcome(error)
            if isinstance(outcome, Refused) or (isinstance(outcome, Unknown) and outcome.unsent):
                raise
            log.warning("Slack does not say who we are yet", why=outcome.why, again_in=wait)
            time.sleep(wait)
    return call()


def _outcome(error: Exception) -> Wait | Unknown | Refused:
    """Bolt raises an error of its own while it handles the one that Slack's client raised."""
    inner = error.__context__ if isinstance(error, BoltError) else None
    return what_happened(inner if isinstance(inner, Exception) else error)


def _unreachable(settings: Settings, error: Exception) -> str:
    return f"Slack can't be reached at {settings.slack_api_url}: {_outcome(error).why}."


def _worth_saying(record: logging.LogRecord) -> bool:
    """Bolt reads SLACK_BOT_TOKEN by itself and then warns that it does not use it: our client has it."""
    return "`token` will be unused" not in record.getMessage()
