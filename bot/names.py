"""Who wrote a post, and where it is, without what leads to them in private."""

import re
from dataclasses import replace
from typing import Any

from bot.sift.personal_data import find_personal_data
from models.post import NO_NAME, Post

_MAY_LEAD_TO_SOMEBODY = re.compile(r"[@＠﹫\[({（［｛]|(?:\d\D*){7}")
"""What every phone number or e-mail address has, however it is written."""
_MAIL_IN_LINK = re.compile(r"\?.*(?:@|%40)", re.DOTALL)


def without_data_in_names(post: Post, regions: tuple[str, ...]) -> Post:
    """A name or a link with personal data in it is dropped: part of it can't be withheld.

    `regions` are two-letter codes, see `find_personal_data`.
    """
    without: dict[str, Any] = {}
    if not _is_clean(post.author, regions):
        without["author"] = NO_NAME
    if not _is_clean(post.author_name, regions):
        without["author_name"] = None
    if post.url and _MAIL_IN_LINK.search(post.url):
        without["url"] = None
    return replace(post, **without) if without else post


def _is_clean(name: str | None, regions: tuple[str, ...]) -> bool:
    if not name or _MAY_LEAD_TO_SOMEBODY.search(name) is None:
        return True  # nearly every one
    found = find_personal_data(name, order_pattern=None, phone_regions=regions)
    return not any(one.kind in ("phone number", "e-mail address") for one in found)
