"""Who wrote what: asked where the webhook did not say."""

from collections.abc import Sequence
from datetime import datetime

from bot.sources.facebook_api import FacebookApi, NotThere
from bot.sources.facebook_items import comment_from
from models.post import Post

FIELDS = "id,from,message,created_time,permalink_url"
"""What comments and posts have alike."""
AT_ONCE = 25


class FacebookNames:
    """Looks comments and posts up by their numbers. https://developers.facebook.com/docs/graph-api/overview"""

    def __init__(self, api: FacebookApi, page_id: str) -> None:
        self._api = api
        self._page = page_id

    def look_up(self, ids: Sequence[str], now: datetime) -> dict[str, Post | None]:
        """Those of `ids` (`AT_ONCE` at most) that Facebook knows; None: our page wrote it itself.

        Raises SourceError, Busy.
        """
        if not ids:
            return {}
        try:
            document = self._api.read("", now, ids=",".join(ids), fields=FIELDS)
        except NotThere:  # one that is gone fails all of them
            document = {}
            for one in ids:
                try:
                    document[one] = self._api.read(one, now, fields=FIELDS)
                except NotThere:
                    continue
        found: dict[str, Post | None] = {}
        for one in ids:
            try:
                found[one] = comment_from(document.get(one), self._page, now)
            except ValueError:
                continue
        return found
