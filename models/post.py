"""A post as a source hands it over, before anybody has decided anything about it."""

import re
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

NO_NAME = "name not given"
"""The author of a post whose name is not known: two of them are two people."""
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Post:
    """One public post by one person. Unique by (source, external_id).

    `text` is what the customer wrote, unchanged. `created_at` is timezone-aware UTC.
    """

    source: str
    """The source's kind: "x", "rss", "replay" …; a replayed post keeps the source it was recorded from."""
    external_id: str
    text: str
    created_at: datetime
    author: str
    """The handle, without @; or the name where a source has no handles."""
    author_id: str | None = None
    author_name: str | None = None
    url: str | None = None
    language: str | None = None
    """Two-letter code as the source claims; a hint only."""
    conversation: str | None = None
    """The source's id of the conversation that the post belongs to."""
    repost: bool = False
    """A bare repost of somebody else's post, without words of its own."""
    about: str | None = None
    """The source's id of the post that this one reposts or quotes."""
    mentions_us: bool = False
    """The author mentioned or quoted our account (X then allows an API reply)."""
    metrics: dict[str, int] = field(default_factory=dict)
    """Public counts by name, such as likes, reposts, replies, followers."""
    versions: tuple[str, ...] = ()
    """Where an edited post gets a new id: the ids of all its versions, oldest first, its own among them."""
    edited_at: datetime | None = None
    """When its author last changed it; None: never, or nobody knows. Timezone-aware UTC."""

    def storable(self) -> "Post":
        """This post with every text as a database takes it."""
        given = ((name, getattr(self, name)) for name in _NAMES)
        mended: dict[str, Any] = {
            k: storable(v) for k, v in given if isinstance(v, str) and _is_not_storable(v)
        }
        return replace(self, **mended) if mended else self


_NAMES = tuple(field.name for field in fields(Post))


def storable(text: str) -> str:
    """`text` without what no database takes: NUL, and halves of a sign, which JSON may carry alone."""
    return _NO_TEXT.sub("", text)


def _is_not_storable(text: str) -> bool:
    return "\x00" in text or (not text.isascii() and _NO_TEXT.search(text) is not None)
