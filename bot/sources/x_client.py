"""The client that speaks to X. Only here is tweepy known."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import requests
import tweepy

from bot.sources import SourceError
from bot.sources.x_http import (
    TIMEOUT,
    X_API,
    Elsewhere,
    Refusal,
    Unreachable,
    as_source_error,
    document_of,
    refuse,
)

Client = Any
"""A tweepy.Client from `build_x_client` (tweepy has no types), or None without a bearer token."""
FIELDS: dict[str, list[str]] = {
    "tweet_fields": [
        "created_at",
        "lang",
        "conversation_id",
        "public_metrics",
        "referenced_tweets",
        "in_reply_to_user_id",
        "entities",
        "author_id",
        "edit_history_tweet_ids",
        "note_tweet",
    ],
    # Nothing but the author: an expanded post is a post read, and paid for.
    "expansions": ["author_id"],
    "user_fields": ["username", "name", "public_metrics"],
}
NO_TOKEN = "X can't be read without a bearer token: set X_BEARER_TOKEN"  # noqa: S105 - a sentence
SILENCE = (5.0, 25.0)
"""A stream's timeout: X sends a line at least every 20 seconds."""


def build_x_client(
    bearer_token: str | None = None,
    consumer_key: str | None = None,
    consumer_secret: str | None = None,
    access_token: str | None = None,
    access_token_secret: str | None = None,
    *,
    api_url: str | None = None,
    timeout: tuple[float, float] = TIMEOUT,
) -> tweepy.Client:
    """A client that has a timeout, never waits and never retries; `api_url`: where X is spoken instead.

    It raises Refusal for every answer but 2xx, and requests' exceptions for no answer.
    """
    client = tweepy.Client(
        bearer_token,
        consumer_key,
        consumer_secret,
        access_token,
        access_token_secret,
        return_type=requests.Response,
        wait_on_rate_limit=False,
    )
    _prepare(client, api_url, timeout)
    return client


def build_x_stream_client(
    bearer_token: str, *, api_url: str | None = None, timeout: tuple[float, float] = SILENCE
) -> tweepy.StreamingClient:
    """A client for the stream's rules; `open_x_stream` opens the stream itself with it.

    tweepy's own way of following a stream sleeps where nobody can wake it, and can't be told its waits.
    """
    client = tweepy.StreamingClient(bearer_token, return_type=requests.Response, wait_on_rate_limit=False)
    _prepare(client, api_url, timeout)
    return client


def open_x_stream(client: Client) -> requests.Response:
    """The filtered stream's answer, whose body goes on and on. Raises Refusal and requests' exceptions."""
    response: requests.Response = client.session.get(
        f"{X_API}/2/tweets/search/stream",
        params={key.replace("_", ".", 1): ",".join(values) for key, values in FIELDS.items()},
        headers={"Authorization": f"Bearer {client.bearer_token}", "Accept-Encoding": "identity"},
        stream=True,
    )
    return response


def look_up(client: Client, ids: Sequence[str]) -> Callable[[], requests.Response]:
    """GET /2/tweets with those ids, 100 at most."""
    return lambda: client.get_tweets(list(ids), **FIELDS)


def document_from(call: Callable[[], requests.Response], now: datetime) -> dict[str, Any]:
    """The JSON object that X answers to `call`. Raises SourceError, Busy or NotUnderstood."""
    try:
        response = call()
    except Refusal as refusal:
        raise as_source_error(refusal, now) from None
    except requests.Timeout:
        raise Unreachable("X did not answer in time") from None
    except requests.RequestException as error:
        raise Unreachable(f"X can't be reached ({type(error).__name__})") from None
    document = document_of(response)
    if document is None:
        raise SourceError("X's answer is not JSON")
    return document


def _prepare(client: Client, api_url: str | None, timeout: tuple[float, float]) -> None:
    # At DEBUG these log keys, tokens and customers' words.
    for name in ("tweepy", "oauthlib", "requests_oauthlib"):
        logging.getLogger(name).setLevel(logging.WARNING)
    client.session.mount(X_API, Elsewhere(api_url, timeout))
    client.session.hooks["response"].append(refuse)
