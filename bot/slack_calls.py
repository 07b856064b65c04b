"""Counts what we ask of Slack, and how often it asks us to slow down."""

from slack_sdk.http_retry import HttpRequest, HttpResponse, RetryHandler, RetryState

from bot.metrics import Metrics
from config.manifest import METHOD_SCOPES


class SlackCalls(RetryHandler):
    """Stands first among a client's retry handlers, so that it sees every try; it never retries itself."""

    def __init__(self, metrics: Metrics) -> None:
        super().__init__(max_retry_count=0)
        self._metrics = metrics

    def can_retry(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        method = request.url.partition("?")[0].rstrip("/").rsplit("/", 1)[-1]
        self._metrics.called_slack(method if method in METHOD_SCOPES else "other", _outcome(response))
        return False


def _outcome(response: HttpResponse | None) -> str:
    if response is None or response.status_code >= 500:
        return "failed"
    body = response.body or {}
    if response.status_code == 429 or body.get("error") in ("ratelimited", "rate_limited"):
        return "limited"
    return "ok" if response.status_code == 200 and body.get("ok") else "refused"
