"""The Slack side: Bolt's app with our listeners, over a socket or over HTTP."""

from concurrent.futures import ThreadPoolExecutor

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.http_retry.builtin_handlers import ConnectionErrorRetryHandler, RateLimitErrorRetryHandler

from config.settings import Settings
from handlers.features import register
from handlers.wiring import Services

LISTENERS = 24
"""Threads for listeners. Bolt's own five are shared with the acknowledgement, which then waits behind
slow work: 50 claims in one second were acknowledged more than a second late with five."""
TIMEOUT = 10


def slack_client(settings: Settings, *, retries: bool) -> WebClient:
    """A client of the workspace. With `retries` it waits out a 429 itself, as answers to people need."""
    client = WebClient(token=settings.slack_bot_token, base_url=settings.slack_api_url, timeout=TIMEOUT)
    if retries:
        client.retry_handlers = [ConnectionErrorRetryHandler(), RateLimitErrorRetryHandler(max_retry_count=2)]
    else:
        client.retry_handlers = []
    return client


def slack_app(settings: Settings, services: Services) -> App:
    """Bolt's app with every feature registered."""
    app = App(
        client=slack_client(settings, retries=True),
        signing_secret=settings.slack_signing_secret or "unused in Socket Mode",
        listener_executor=ThreadPoolExecutor(LISTENERS, thread_name_prefix="slack"),
        raise_error_for_unhandled_request=False,
    )
    register(app, services)
    return app


def slack_socket(settings: Settings, app: App) -> SocketModeHandler:
    """The Socket Mode connection; `connect()` starts it, `close()` ends it."""
    web = WebClient(token=settings.slack_app_token, base_url=settings.slack_api_url, timeout=TIMEOUT)
    return SocketModeHandler(app, settings.slack_app_token, web_client=web, concurrency=LISTENERS)
