"""A reply on X, sent for a person who pressed the button: once, and honest about whether it was posted."""

from collections.abc import Callable
from typing import Any

import requests

from bot.sources.posted import PostedReply, Refused, Unknown, never_sent
from bot.sources.x_http import TIMEOUT, Refusal, document_of


class XPoster:
    """Posts replies as our account, with OAuth 1.0a user keys; one request each, never repeated.

    X accepts a reply only where its author mentioned or quoted us (`Post.mentions_us`).
    """

    def __init__(
        self,
        consumer_key: str | None,
        consumer_secret: str | None,
        access_token: str | None,
        access_token_secret: str | None,
        *,
        api_url: str | None = None,
        timeout: tuple[float, float] = TIMEOUT,
    ) -> None:
        keys = {
            "X_CONSUMER_KEY": consumer_key,
            "X_CONSUMER_SECRET": consumer_secret,
            "X_ACCESS_TOKEN": access_token,
            "X_ACCESS_TOKEN_SECRET": access_token_secret,
        }
        self._lacking = [name for name, value in keys.items() if not value]
        self._keys = tuple(keys.values())
        self._api_url = api_url
        self._timeout = timeout

    def check(self) -> str | None:
        """For `doctor`: None when the keys are there, or one sentence. Asks X nothing."""
        return f"Replies on X can't be posted: set {', '.join(self._lacking)}" if self._lacking else None

    def post_reply(self, text: str, in_reply_to: str) -> PostedReply:
        """Post `text` under the post with the id `in_reply_to`.

        Raises Refused when X has definitely not posted it, Unknown when that can't be told.
        """
        if lacking := self.check():
            raise Refused(lacking)
        from bot.sources.x_client import build_x_client  # here, so that only who posts loads tweepy

        # A client for each post: a connection kept since the last one may be dead, and then who can tell?
        client = build_x_client(None, *self._keys, api_url=self._api_url, timeout=self._timeout)
        with client.session:
            return post_once(
                lambda: client.create_tweet(text=text, in_reply_to_tweet_id=in_reply_to, user_auth=True)
            )


def post_once(send: Callable[[], requests.Response]) -> PostedReply:
    """What became of the one request that `send` makes. Raises Refused or Unknown."""
    try:
        response = send()
    except Refusal as refusal:
        raise _outcome(refusal) from None
    except requests.RequestException as error:
        if never_sent(error):
            raise Refused("X can't be reached, so nothing was posted") from None
        raise Unknown("The connection to X broke, so look on X whether the reply is there") from None
    data: Any = (document_of(response) or {}).get("data")
    number = data.get("id") if isinstance(data, dict) else None
    if not isinstance(number, str) or not (number.isascii() and number.isdigit()):
        raise Unknown("X took the reply but did not say where it is, so look on X whether it is there")
    return PostedReply(number, f"https://x.com/i/web/status/{number}")


def _outcome(refusal: Refusal) -> Exception:
    status, detail = refusal.status, refusal.detail
    # 408 is a 4xx that a gateway sends when it gave up waiting: whatever stood behind it may have posted.
    if not 400 <= status < 500 or status == 408:
        return Unknown(f"X answered with status {status}{detail}, so look on X whether the reply is there")
    sentences = {
        401: "X does not accept the keys for posting: check X_CONSUMER_KEY, X_CONSUMER_SECRET, "
        "X_ACCESS_TOKEN and X_ACCESS_TOKEN_SECRET",
        402: f"X wants to be paid first (402{detail})",
        403: f"X does not allow this reply (403{detail})",
        429: "X takes no more posts from us for now (429): try again later",
    }
    return Refused(sentences.get(status, f"X refused the reply ({status}{detail})"))
