"""How long a draft is as the platform counts it that it goes to."""

import re
from collections.abc import Callable
from dataclasses import dataclass

X_LIMIT = 280
"""Weighted characters: a link counts 23, most letters 1, East Asian letters and emoji 2 (X's own rules)."""
BLUESKY_LIMIT = 300
"""Signs as people see them (graphemes): lexicon app.bsky.feed.post, `maxGraphemes`."""
MASTODON_LIMIT = 500
"""Signs as people see them; a link counts 23, a handle without its server. A server may allow more.
https://docs.joinmastodon.org/user/posting/#text"""
_LINK = re.compile(r"https?://\S+")
_ELSEWHERE = re.compile(r"(?<![\w/])(@\w[\w.-]*)@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)


def x_length(text: str) -> int:
    """The weighted length of `text` on X."""
    from twitter_text import parse_tweet  # its patterns take a quarter of a second, which no start needs

    return int(parse_tweet(text).weightedLength)


def bluesky_length(text: str) -> int:
    """How many signs `text` has for a reader: an emoji of several parts is one."""
    import regex  # likewise: only who writes on Bluesky or Mastodon pays

    return len(regex.findall(r"\X", text))


def mastodon_length(text: str) -> int:
    """Likewise, as Mastodon counts links and handles."""
    return bluesky_length(_LINK.sub("x" * 23, _ELSEWHERE.sub(r"\1", text)))


@dataclass(frozen=True)
class Limit:
    """What a platform takes, and who says so."""

    name: str
    most: int
    length: Callable[[str], int]


LIMITS = {
    "x": Limit("X", X_LIMIT, x_length),
    "bluesky": Limit("Bluesky", BLUESKY_LIMIT, bluesky_length),
    "mastodon": Limit("Mastodon", MASTODON_LIMIT, mastodon_length),
}
"""By source."""
