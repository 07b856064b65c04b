"""What Facebook's webhook says happened on our page.

https://developers.facebook.com/docs/graph-api/webhooks/reference/page#feed
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.sources.facebook_items import author_in, id_in, is_id, link_in, obj, text_in, time_in
from models.post import Post

MOST_CHANGES = 1_000
"""Facebook sends no more at once."""
WRITTEN = ("post", "status", "photo", "video", "share", "link", "album", "note", "story", "event")
"""What the webhook calls things that somebody put on our page, comments apart. Likes and the rest are nothing
to answer."""


@dataclass
class Changes:
    """What one delivery of the webhook says."""

    posts: list[Post] = field(default_factory=list)
    """New ones and, with `edited_at`, changed ones; oldest first."""
    removed: list[str] = field(default_factory=list)
    """External ids."""
    notes: list[str] = field(default_factory=list)
    """Sentences for the log about what could not be read."""


def changes_in(document: object, page_id: str, now: datetime) -> Changes:
    """What a delivery of the webhook says about our page. What can't be read is a note: if it were refused,
    Facebook would send it again and again."""
    found = Changes()
    if obj(document).get("object") != "page":
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
    entries = obj(document).get("entry")
    for entry in entries if isinstance(entries, list) else ():
        if str(obj(entry).get("id")) != page_id:
            notes.append("a change of another page; sources.facebook.page_id has ours")
            continue
        changes = obj(entry).get("changes")
        for change in changes if isinstance(changes, list) else ():
            if obj(change).get("field") == "feed" and len(values) < MOST_CHANGES:
                values.append((_told_at(obj(entry).get("time"), now), obj(obj(change).get("value"))))
    return values


def _told_at(value: object, now: datetime) -> datetime:
    """Seconds since 1970, in some deliveries thousandths of them."""
    seconds = value // 1000 if type(value) is int and value > 10**11 else value
    return time_in({"created_time": seconds if type(seconds) is int else None}, now)


def _read_change(
    value: dict[str, Any], told_at: datetime, page_id: str, now: datetime, found: Changes
) -> None:
    item, verb = value.get("item"), value.get("verb")
    if item != "comment" and item not in WRITTEN:
        return
    own = id_in(value, "comment_id" if item == "comment" else "post_id")
    if verb in ("remove", "delete"):
        found.removed.append(own)
        return
    who, name = author_in(value)
    if verb not in ("add", "edited", "edit") or who == page_id:
        return
    if who is None and item != "comment":
        return  # it may be our own
    above = value.get("parent_id")
    under_comment = item == "comment" and is_id(above) and above != value.get("post_id")
    post = Post(
        source="facebook",
        external_id=own,
        text=text_in(value),
        created_at=time_in(value, now),
        author=name,
        author_id=who,
        url=_made_link(value, own, above if under_comment else None),
        conversation=above if under_comment else own,
        mentions_us=True,
        edited_at=told_at if verb != "add" else None,
    ).storable()
    found.posts.append(post)


def _made_link(value: dict[str, Any], own: str, above: str | None) -> str | None:
    """The webhook gives none for comments: the post's, with the comment's own number."""
    if value.get("item") != "comment":
        return link_in(obj(value.get("post"))) or _post_link(own)
    post = value.get("post_id")
    if not isinstance(post, str) or not is_id(post):
        return None
    number, top = own.rpartition("_")[2], (above or own).rpartition("_")[2]
    more = f"&reply_comment_id={number}" if above else ""
    return f"{_post_link(post)}/?comment_id={top}{more}"


def _post_link(post: str) -> str:
    page, _, number = post.rpartition("_")
    return f"https://www.facebook.com/{page}/posts/{number}" if page else f"https://www.facebook.com/{number}"
