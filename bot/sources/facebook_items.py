"""Posts and comments on our page, as the Graph API lists them and as its webhook tells of them.

Both name a comment in the same way ("<post>_<comment>"), so that the same comment is one mention, whichever
way it comes. A comment and the replies below it are one conversation; two comments below one post are two.

https://developers.facebook.com/docs/graph-api/reference/comment
https://developers.facebook.com/docs/graph-api/webhooks/reference/page#feed
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from models.post import NO_NAME, Post

POST_FIELDS = "id,from,message,created_time,updated_time,permalink_url,attachments{media_type}"
COMMENT_FIELDS = (
    "id,from,message,created_time,permalink_url,parent{id},comment_count,like_count,attachment{type}"
)
LONGEST = 10_000
"""Characters of a text that are kept; a comment has 8,000 at most."""
MOST_CHANGES = 1_000
"""Facebook sends no more at once."""
WRITTEN = ("post", "status", "photo", "video", "share", "link", "album", "note", "story", "event")
"""What the webhook calls things that somebody put on our page, comments apart. Likes and the rest are nothing
to answer."""
_ID = re.compile(r"\d{1,25}(?:_\d{1,25})?", re.ASCII)
_EARLIEST = datetime(2004, 2, 4, tzinfo=UTC)


@dataclass
class Changes:
    """What one delivery of the webhook says."""

    posts: list[Post] = field(default_factory=list)
    """New ones and, with `edited_at`, changed ones; oldest first."""
    removed: list[str] = field(default_factory=list)
    """External ids."""
    notes: list[str] = field(default_factory=list)
    """Sentences for the log about what could not be read."""


def is_id(value: object) -> bool:
    """Whether it can be the number of a post or a comment."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def post_from(row: object, page_id: str, now: datetime) -> Post | None:
    """A post on our page from its feed; None when it is ours, or nobody may know whose it is.

    Raises ValueError, with what is wrong in words.
    """
    own = _id(row, "id")
    who, name = _author(row)
    if who is None or who == page_id:
        return None
    return Post(
        source="facebook",
        external_id=own,
        text=_text(row),
        created_at=_time(row, now),
        author=name,
        author_id=who,
        url=_link(row),
        conversation=own,
        mentions_us=True,
    ).storable()


def comment_from(row: object, page_id: str, now: datetime) -> Post | None:
    """A comment (or a reply to one) from the list below a post; None when it is ours. Raises ValueError."""
    own = _id(row, "id")
    who, name = _author(row)
    if who == page_id:
        return None
    above = _dict(_dict(row).get("parent")).get("id")
    counts = {"likes": _dict(row).get("like_count"), "replies": _dict(row).get("comment_count")}
    return Post(
        source="facebook",
        external_id=own,
        text=_text(row),
        created_at=_time(row, now),
        author=name,
        author_id=who,
        url=_link(row),
        conversation=above if is_id(above) else own,
        mentions_us=True,
        metrics={key: n for key, n in counts.items() if type(n) is int and 0 <= n < 2**53},
    ).storable()


def changes_in(document: object, page_id: str, now: datetime) -> Changes:
    """What a delivery of the webhook says about our page. What can't be read is a note: if it were refused,
    Facebook would send it again and again."""
    found = Changes()
    if _dict(document).get("object") != "page":
        found.notes.append("a delivery that is about no page")
    for told_at, value in _values(document, page_id, now, found.notes):
        try:
            _read_change(value, told_at, page_id, now, found)
        except ValueError as error:
            found.notes.append(f"a change that can't be read: {error}")
    found.posts.sort(key=lambda post: post.created_at)
    return found


# Helpers, in the order in which they are called.


def _values(
    document: object, page_id: str, now: datetime, notes: list[str]
) -> list[tuple[datetime, dict[str, Any]]]:
    """What changed, with the time at which Facebook says so."""
    values: list[tuple[datetime, dict[str, Any]]] = []
    entries = _dict(document).get("entry")
    for entry in entries if isinstance(entries, list) else ():
        if str(_dict(entry).get("id")) != page_id:
            notes.append("a change of another page; sources.facebook.page_id has ours")
            continue
        changes = _dict(entry).get("changes")
        for change in changes if isinstance(changes, list) else ():
            if _dict(change).get("field") == "feed" and len(values) < MOST_CHANGES:
                values.append((_told_at(_dict(entry).get("time"), now), _dict(_dict(change).get("value"))))
    return values


def _told_at(value: object, now: datetime) -> datetime:
    """Seconds since 1970, in some deliveries thousandths of them."""
    seconds = value // 1000 if type(value) is int and value > 10**11 else value
    return _time({"created_time": seconds if type(seconds) is int else None}, now)


def _read_change(
    value: dict[str, Any], told_at: datetime, page_id: str, now: datetime, found: Changes
) -> None:
    item, verb = value.get("item"), value.get("verb")
    if item != "comment" and item not in WRITTEN:
        return
    own = _id(value, "comment_id" if item == "comment" else "post_id")
    if verb in ("remove", "delete"):
        found.removed.append(own)
        return
    who, name = _author(value)
    if verb not in ("add", "edited", "edit") or who == page_id:
        return
    if who is None and item != "comment":
        return  # it may be our own
    above = value.get("parent_id")
    under_comment = item == "comment" and is_id(above) and above != value.get("post_id")
    post = Post(
        source="facebook",
        external_id=own,
        text=_text(value),
        created_at=_time(value, now),
        author=name,
        author_id=who,
        url=_made_link(value, own, above if under_comment else None),
        conversation=above if under_comment else own,
        mentions_us=True,
        edited_at=told_at if verb != "add" else None,
    ).storable()
    found.posts.append(post)


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _id(row: object, key: str) -> str:
    value = _dict(row).get(key)
    if not isinstance(value, str) or not is_id(value):
        raise ValueError(f"{key} is missing or is none of Facebook's")
    return value


def _author(row: object) -> tuple[str | None, str]:
    """Their number for our page, and their name. Who did not let us know either has none."""
    given = _dict(_dict(row).get("from"))
    who = given.get("id", _dict(row).get("sender_id"))  # so before 2018, and some tools still
    name = given.get("name", _dict(row).get("sender_name"))
    who = str(who) if type(who) in (int, str) and re.fullmatch(r"\d{1,25}", str(who), re.ASCII) else None
    shown = " ".join(name.split())[:200] if isinstance(name, str) else ""
    return who, shown or NO_NAME


def _text(row: object) -> str:
    """Their words; where there are none, what they put there, in brackets."""
    given = _dict(row)
    message = given.get("message")
    if isinstance(message, str) and message.strip():
        return message[:LONGEST]
    attached = _dict(given.get("attachment")).get("type")
    several = _dict(given.get("attachments")).get("data")
    if isinstance(several, list) and several:
        attached = _dict(several[0]).get("media_type")
    kinds = ("photo", "video", "sticker", "link")
    named = next((kind for kind in kinds if kind in str(attached) or given.get(kind)), None)
    return f"[{named or 'no words'}]"


def _time(row: object, now: datetime) -> datetime:
    value = _dict(row).get("created_time")
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
    return min(at, now) if at >= _EARLIEST else now


def _link(row: object) -> str | None:
    link = _dict(row).get("permalink_url")
    good = isinstance(link, str) and link.startswith("https://www.facebook.com/") and len(link) < 1000
    return link if good else None


def _made_link(value: dict[str, Any], own: str, above: str | None) -> str | None:
    """The webhook gives none for comments: the post's, with the comment's own number."""
    if value.get("item") != "comment":
        return _link(_dict(value.get("post"))) or _post_link(own)
    post = value.get("post_id")
    if not isinstance(post, str) or not is_id(post):
        return None
    number, top = own.rpartition("_")[2], (above or own).rpartition("_")[2]
    more = f"&reply_comment_id={number}" if above else ""
    return f"{_post_link(post)}/?comment_id={top}{more}"


def _post_link(post: str) -> str:
    page, _, number = post.rpartition("_")
    return f"https://www.facebook.com/{page}/posts/{number}" if page else f"https://www.facebook.com/{number}"
