"""Posts of X that come again, as the windows they are read in overlap."""

import re
from collections.abc import Mapping
from datetime import datetime

from bot.sources.window import Mark
from bot.sources.x_answer import snowflake_time
from models.post import Post

REMEMBERED = 5_000


def without_repeats(found: Mapping[str, list[Post]], seen: object) -> tuple[list[Post], dict[str, set[str]]]:
    """The posts that `seen` (ids of earlier fetches by stream) does not name, oldest first; and all ids."""
    ids = {
        key: {
            each
            for each in each_seen
            if isinstance(each, str) and re.fullmatch("[0-9]{1,19}", each, re.ASCII)
        }
        for key, each_seen in (seen.items() if isinstance(seen, dict) else ())
        if isinstance(each_seen, list)
    }
    known = set[str]().union(*ids.values())
    posts: dict[str, Post] = {}
    for key, of_stream in found.items():
        posts |= {post.external_id: post for post in of_stream if post.external_id not in known}
        ids.setdefault(key, set()).update(post.external_id for post in of_stream)
    return sorted(posts.values(), key=lambda post: (post.created_at, int(post.external_id))), ids


def to_remember(ids: set[str], mark: Mark, now: datetime) -> list[str]:
    """The ids that may come again, the newest 5,000. One that slips through is still the same post."""
    again = (number for number in ids if mark.may_come_again(snowflake_time(number, now)))
    return sorted(again, key=int, reverse=True)[:REMEMBERED]
