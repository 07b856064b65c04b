"""One private message to whoever wrote a comment on our page, sent for a person who pressed the button.

Facebook takes one for each comment, within seven days; the customer gets it in Messenger with a link to
their comment. https://developers.facebook.com/docs/messenger-platform/discovery/private-replies
"""

import json
from datetime import timedelta
from typing import Any

import requests

from bot.sources.facebook_api import EXPIRED, NOT_ALLOWED, TIMEOUT, TOO_OFTEN, FacebookApi, said_in
from bot.sources.facebook_items import is_id
from bot.sources.posted import Refused, Unknown, never_sent
from bot.sources.x_http import document_of

WITHIN = timedelta(days=7)
LONGEST = 2000
"""Characters in a message. https://developers.facebook.com/docs/messenger-platform/reference/send-api"""
_UNCLEAR = (1, 2, 1200)
"""Facebook's own trouble: what was asked for may have happened."""
_TOKEN = (
    "Facebook does not accept the page token any more ({code}): make a new one and set FACEBOOK_PAGE_TOKEN"  # noqa: S105
)
_LATER = "Facebook takes no more messages from us for now ({code}): try again later"
_RIGHT = "The page token may not write to them in private ({code}{said}): it needs pages_messaging"
_SENTENCES = {
    **dict.fromkeys(EXPIRED, _TOKEN),
    **dict.fromkeys(TOO_OFTEN, _LATER),
    **dict.fromkeys(NOT_ALLOWED, _RIGHT),
    100: "Facebook does not know this comment, or it is too old (100{said}): is it still there?",
    368: "Facebook has blocked our page from writing for a while (368{said})",
    551: "They take no messages from our page (551{said})",
    10900: "Facebook says that somebody wrote to them about this comment already (10900)",
    10901: "Facebook says that this comment is too old for a private message (10901)",
    10902: "Facebook takes no private message for this comment (10902)",
    10903: "They take no private message from our page (10903)",
}


class FacebookMessenger:
    """Writes as our page with its page token; one request each, never repeated."""

    def __init__(
        self,
        page_token: str | None,
        app_secret: str | None = None,
        *,
        page_id: str | None = None,
        api_url: str | None = None,
        timeout: tuple[float, float] = TIMEOUT,
    ) -> None:
        """Without `page_id` the page is the one whose token it is."""
        self._api = FacebookApi(page_token, app_secret, api_url=api_url, timeout=timeout)
        self._page = page_id or "me"

    def write_privately(self, text: str, item_id: str) -> str:
        """Sends `text` to whoever wrote the comment or the post `item_id`. Returns the message's number.

        Raises Refused when Facebook has definitely not sent it, Unknown when that can't be told.
        """
        if not self._api.token:
            raise Refused("FACEBOOK_PAGE_TOKEN is not set")
        if not is_id(item_id):
            raise Refused("This comment's number is none of Facebook's")
        # A post on our page has a number that begins with the page's.
        recipient = {"post_id" if item_id.startswith(f"{self._page}_") else "comment_id": item_id}
        try:
            response = self._api.post(
                f"{self._page}/messages",
                recipient=json.dumps(recipient),
                message=json.dumps({"text": text}),
            )
        except requests.RequestException as error:
            if never_sent(error):
                raise Refused("Facebook can't be reached, so nothing was sent") from None
            raise Unknown("The connection to Facebook broke") from None
        return _outcome(response)


def _outcome(response: requests.Response) -> str:
    document = document_of(response) or {}
    error, status = document.get("error"), response.status_code
    if isinstance(error, dict):
        raise _refused(status, error)
    if not 200 <= status < 300:
        if 400 <= status < 500 and status != 408:
            raise Refused(f"Facebook refused the message ({status})")
        raise Unknown(f"Facebook answered with status {status}")
    number = document.get("message_id")
    if not isinstance(number, str) or not number:
        raise Unknown("Facebook took the message but did not say which one it is")
    return number[:255]


def _refused(status: int, error: dict[str, Any]) -> Exception:
    code, said = error.get("code"), said_in(error)
    if not isinstance(code, int) or code in _UNCLEAR or (status >= 500 and code not in _SENTENCES):
        return Unknown(f"Facebook had trouble of its own ({code}{said})")
    return Refused(
        _SENTENCES.get(code, "Facebook refused the message ({code}{said})").format(code=code, said=said)
    )
