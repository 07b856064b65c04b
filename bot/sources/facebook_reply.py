"""A reply on Facebook, below a comment, as our page: once, and honest about whether it was posted.

POST /{comment-id}/comments: https://developers.facebook.com/docs/graph-api/reference/object/comments
Errors: https://developers.facebook.com/docs/graph-api/guides/error-handling
"""

import re
from typing import Any

import requests

from bot.sources.facebook_api import EXPIRED, NOT_ALLOWED, TIMEOUT, TOO_OFTEN, FacebookApi, said_in
from bot.sources.posted import PostedReply, Refused, Unknown, never_sent
from bot.sources.x_http import document_of

LONGEST = 8000
"""Characters in a comment."""
_ID = re.compile(r"\d{1,25}(?:_\d{1,25})?", re.ASCII)
_LATER = "Facebook takes no more replies from us for now ({code}): try again later"
_TOKEN = (
    "Facebook does not accept the page token any more ({code}): make a new one and set FACEBOOK_PAGE_TOKEN"  # noqa: S105
)
_RIGHT = "The page token may not reply here ({code}{said}): it needs pages_manage_engagement for this page"
_SENTENCES = {
    **dict.fromkeys(EXPIRED, _TOKEN),
    **dict.fromkeys(TOO_OFTEN, _LATER),
    368: "Facebook has blocked our page from replying for a while (368{said})",
    506: "Facebook says that the same words stand there already (506)",
    100: "Facebook does not know this comment, or our page can't see it (100{said}): is it still there?",
    **dict.fromkeys(NOT_ALLOWED, _RIGHT),
}
_UNCLEAR = (1, 2)
"""Facebook's own trouble: what was asked for may have happened."""


class FacebookPoster:
    """Replies as our page with its page token; one request each, never repeated."""

    def __init__(
        self,
        page_token: str | None,
        app_secret: str | None = None,
        *,
        api_url: str | None = None,
        timeout: tuple[float, float] = TIMEOUT,
    ) -> None:
        """`app_secret` is needed where the Facebook app asks for proof with each request."""
        self._api = FacebookApi(page_token, app_secret, api_url=api_url, timeout=timeout)

    def lacking(self) -> str | None:
        """None when there is a token, or one sentence."""
        return None if self._api.token else "Replies on Facebook can't be posted: set FACEBOOK_PAGE_TOKEN"

    def check(self) -> str | None:
        """For `doctor`: asks Facebook who we are. None when it takes the token, or one sentence."""
        if lacking := self.lacking():
            return lacking
        try:
            response = self._api.get("me", fields="id,name")
        except requests.RequestException:
            return f"Facebook can't be reached at {self._api.url}"
        document = document_of(response) or {}
        error = document.get("error")
        if isinstance(error, dict):
            return str(_refused(response.status_code, error))
        good = response.status_code == 200 and isinstance(document.get("id"), str)
        return None if good else f"Facebook answered with status {response.status_code}"

    def post_reply(self, text: str, in_reply_to: str) -> PostedReply:
        """Post `text` below the comment (or the visitor's post) with the id `in_reply_to`.

        Raises Refused when Facebook has definitely not posted it, Unknown when that can't be told.
        """
        if not self._api.token:
            raise Refused(str(self.lacking()))
        if not _ID.fullmatch(in_reply_to):
            raise Refused("This comment's number is none of Facebook's, so reply to it by hand")
        try:
            response = self._api.post(f"{in_reply_to}/comments", message=text)
        except requests.RequestException as error:
            if never_sent(error):
                raise Refused("Facebook can't be reached, so nothing was posted") from None
            raise Unknown("The connection to Facebook broke, so look there whether the reply is up") from None
        return _outcome(response)


def takes_replies(comment_id: str) -> bool:
    """Whether this is a number under which Facebook's API takes a reply."""
    return _ID.fullmatch(comment_id) is not None


def _outcome(response: requests.Response) -> PostedReply:
    document = document_of(response) or {}
    error = document.get("error")
    if isinstance(error, dict):
        raise _refused(response.status_code, error)
    if not 200 <= response.status_code < 300:
        status = response.status_code
        if 400 <= status < 500 and status != 408:
            raise Refused(
                _LATER.format(code=429) if status == 429 else f"Facebook refused the reply ({status})"
            )
        raise Unknown(f"Facebook answered with status {status}, so look there whether the reply is up")
    number = document.get("id")
    if not isinstance(number, str) or not takes_replies(number):
        raise Unknown("Facebook took the reply but did not say where it is, so look there whether it is up")
    return PostedReply(number, f"https://www.facebook.com/{number}")


def _refused(status: int, error: dict[str, Any]) -> Exception:
    code = error.get("code")
    said = said_in(error)
    if code in _UNCLEAR or not isinstance(code, int) or (status >= 500 and code not in _SENTENCES):
        return Unknown(
            f"Facebook had trouble of its own ({code}{said}), so look there whether the reply is up"
        )
    sentence = _SENTENCES.get(code, "Facebook refused the reply ({code}{said})")
    return Refused(sentence.format(code=code, said=said))
