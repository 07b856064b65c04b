"""Posts and comments on our page, as the Graph API lists them and as its webhook tells of them.

Both name a comment in the same way ("<post>_<comment>"), so that the same comment is one mention, whichever
way it comes. A comment and the replies below it are one conversation; two comments below one post are two.

https://developers.facebook.com/docs/graph-api/reference/comment
https://developers.facebook.com/docs/graph-api/webhooks/reference/page#feed
"""

import re
from datetime import UTC, datetime
from typing import Any

from models.post import NO_NAME, Post

POST_FIELDS = "id,from,message,created_time,updated_time,permalink_url,attachments{media_type}"
COMMENT_FIELDS = (
    "id,from,message,created_time,permalink_url,parent{id},comment_count,like_count,attachment{type}"
)
LONGEST = 10_000
"""Characters of a text that are kept; a comment has 8,000 at most."""
_ID = re.compile(r"\d{1,25}(?:_\d{1,25})?", re.ASCII)
EARLIEST = datetime(2004, 2, 4, tzinfo=UTC)
"""There was no Facebook before."""


def is_id(value: object) -> bool:
    """Whether it can be the number of a post or a comment."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def post_from(row: object, page_id: str, now: datetime) -> Post | None:
    """A post on our page from its feed; None when it is ours, or nobody may know whose it is.

    Raises ValueError, with what is wrong in words.
    """
    own = id_in(row, "id")
    who, name = author_in(row)
    if who is None or who == page_id:
        return None
    return Post(
        source="facebook",
        external_id=own,
        text=text_in(row),
        created_at=time_in(row, now),
        author=name,
        author_id=who,
        url=link_in(row),
        conversation=own,
        mentions_us=True,
    ).storable()


def comment_from(row: object, page_id: str, now: datetime) -> Post | None:
    """A comment (or a reply to one) from the list below a post; None when it is ours. Raises ValueError."""
    own = id_in(row, "id")
    who, name = author_in(row)
    if who == page_id:
        return None
    above = obj(obj(row).get("parent")).get("id")
    counts = {"likes": obj(row).get("like_count"), "replies": obj(row).get("comment_count")}
    return Post(
        source="facebook",
        external_id=own,
        text=text_in(row),
        created_at=time_in(row, now),
        author=name,
        author_id=who,
        url=link_in(row),
        conversation=above if is_id(above) else own,
        mentions_us=True,
        metrics={key: n for key, n in counts.items() if type(n) is int and 0 <= n < 2**53},
    ).storable()


# What both ways of hearing of them read alike.


def obj(value: object) -> dict[str, Any]:
    """An object as it is; anything else as an empty one."""
    return value if isinstance(value, dict) else {}


def id_in(row: object, key: str) -> str:
    """The number under `key`. Raises ValueError where there is none of Facebook's."""
    value = obj(row).get(key)
    if not isinstance(value, str) or not is_id(value):
        raise ValueError(f"{key} is missing or is none of Facebook's")
    return value


def author_in(row: object) -> tuple[str | None, str]:
    """Their number for our page, and their name. Who did not let us know either has none."""
    given = obj(obj(row).get("from"))
    who = given.get("id", obj(row).get("sender_id"))  # so before 2018, and some tools still
    name = given.get("name", obj(row).get("sender_name"))
    who = str(who) if type(who) in (int, str) and re.fullmatch(r"\d{1,25}", str(who), re.ASCII) else None
    shown = " ".join(name.split())[:200] if isinstance(name, str) else ""
    return who, shown or NO_NAME


def text_in(row: object) -> str:
    """Their words; where there are none, what they put there, in brackets."""
    given = obj(row)
    message = given.get("message")
    if isinstance(message, str) and message.strip():
        return message[:LONGEST]
    attached = obj(given.get("attachment")).get("type")
    several = obj(given.get("attachments")).get("data")
    if isinstance(several, list) and several:
        attached = obj(several[0]).get("media_type")
    kinds = ("photo", "video", "sticker", "link")
    named = next((kind for kind in kinds if kind in str(attached) or given.get(kind)), None)
    return f"[{named or 'no words'}]"


def time_in(row: object, now: datetime) -> datetime:
    """When it was written, as text or in seconds since 1970; `now` where that can't be."""
    value = obj(row).get("created_time")
    try:
        if type(value) is int:
            at = datetime.fromtimestamp(value, UTC)
        elif isinstance(value, str):
            at = datetime.fromisoformat(value)
            at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        else:
            return now
    except (ValueError, OverflowError, OSError):
        return now
    return min(at, now) if at >= EARLIEST else now


def link_in(row: object) -> str | None:
    """Where it stands on Facebook; None when the link leads elsewhere."""
    link = obj(row).get("permalink_url")
    good = isinstance(link, str) and link.startswith("https://www.facebook.com/") and len(link) < 1000
    return link if good else None
