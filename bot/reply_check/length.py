"""How long a draft is as the platform counts it that it goes to."""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from threading import Lock
from types import ModuleType
from typing import Any

X_LIMIT = 280
"""Weighted characters: a link counts 23, most letters 1, East Asian letters and emoji 2 (X's own rules)."""
BLUESKY_LIMIT = 300
"""Signs as people see them (graphemes): lexicon app.bsky.feed.post, `maxGraphemes`."""
MASTODON_LIMIT = 500
"""Signs as people see them; a link counts 23, a handle without its server. A server may allow more.
https://docs.joinmastodon.org/user/posting/#text"""
_LOADER = "pkg_resources"
_LOADING = Lock()
_LINK = re.compile(r"https?://\S+")
_ELSEWHERE = re.compile(r"(?<![\w/])(@\w[\w.-]*)@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)


def x_length(text: str) -> int:
    """The weighted length of `text` on X."""
    return int(_parse_tweet()(text).weightedLength)


def bluesky_length(text: str) -> int:
    """How many signs `text` has for a reader: an emoji of several parts is one."""
    import regex  # likewise: only who writes on Bluesky or Mastodon pays

    return len(regex.findall(r"\X", text))


def mastodon_length(text: str) -> int:
    """Likewise, as Mastodon counts links and handles."""
    return bluesky_length(_LINK.sub("x" * 23, _ELSEWHERE.sub(r"\1", text)))


@cache
def _parse_tweet() -> Callable[[str], Any]:
    """Loaded when first needed: its patterns take a quarter of a second.

    twitter-text-parser reads its list of emoji through pkg_resources, which is 5 MB, looks at all that is
    installed, and is no longer part of setuptools 82. Only while it is loaded something smaller stands there.
    The list itself, 3 MB, is needed for the pattern only.
    """
    with _LOADING:
        before = sys.modules.get(_LOADER)
        sys.modules[_LOADER] = _Resources(_LOADER)
        try:
            from twitter_text import parse_tweet

            read = sys.modules["twitter_text.regexp.emoji"]
        finally:
            del sys.modules[_LOADER]
            if before is not None:
                sys.modules[_LOADER] = before
    for name in ("emoji_raw", "emoji_list", "emoji_dict", "multi_codepoint_emoji_joined"):
        vars(read).pop(name, None)
    return parse_tweet  # type: ignore[no-any-return]  # it ships no types


class _Resources(ModuleType):
    @staticmethod
    def resource_string(module: str, name: str) -> bytes:
        return (files(module.rpartition(".")[0]) / name).read_bytes()


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
