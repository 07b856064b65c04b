"""Mentions that another tool sends to us: who signed them, and which of them can be read.

The signature is that of Slack's own requests with names of ours: HMAC-SHA256 over version, time and body,
so that neither can be changed (https://docs.slack.dev/authentication/verifying-requests-from-slack).
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.sources import Gone
from bot.sources.given import gone_from, post_from, read_json
from models.post import Post

VERSION = "v1"
SIGNED_AT, SIGNATURE = "X-Listening-Post-Timestamp", "X-Listening-Post-Signature"
"""Headers: when it was signed, in seconds since 1970, and how."""
WINDOW = timedelta(minutes=5)
"""A request that was signed longer ago, or later than now, is not taken: clocks differ by less."""
MOST_POSTS = 500
MOST_BYTES = 1_000_000
_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)


class Unsigned(Exception):
    """Whoever sent it did not sign it, or not now; the text is one sentence for them."""


class Unreadable(Exception):
    """Nothing in it can be read; the text is one sentence for whoever sent it."""


@dataclass(frozen=True)
class Read:
    """What was in one request: posts, oldest first, and what was wrong with the others by their index."""

    posts: list[Post] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)
    """What was deleted where it was posted."""
    errors: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Webhook:
    """One tool that sends. `secrets` are the ones it may sign with; `source` the platform of all its posts,
    None where each says its own; `handles` our names on X, in lower case."""

    name: str
    secrets: Sequence[str]
    source: str | None = None
    handles: Sequence[str] = ()

    def verify(self, at: str, signature: str, body: bytes, now: datetime) -> None:
        """Raises Unsigned unless `body` was signed with one of our secrets within five minutes of `now`.

        `at`: seconds since 1970 as text, `signature`: "v1=" and the digest in hexadecimal.
        """
        if not self.secrets:
            raise Unsigned(f"No secret is set for {self.name}: its owner adds one to WEBHOOK_SECRETS.")
        if not _SECONDS.fullmatch(at) or not signature:
            raise Unsigned(f"{SIGNED_AT} and {SIGNATURE} are needed.")
        # All of them, always: how long it takes tells nothing.
        good = [
            hmac.compare_digest(sign(secret, at, body).encode(), signature.encode("utf-8", "replace"))
            for secret in self.secrets
        ]
        if not any(good):
            raise Unsigned("The signature does not fit the body, the time and the secret.")
        if abs(now.timestamp() - int(at)) > WINDOW.total_seconds():
            raise Unsigned("This was signed more than five minutes from now: is the clock right?")

    def read(self, body: bytes, now: datetime) -> Read:
        """One mention or a list of them. A bad one leaves the others. Raises Unreadable."""
        try:
            given = read_json(body)
        except ValueError as error:
            raise Unreadable(f"The body can't be read: {error}.") from None
        items = given if isinstance(given, list) else [given]
        if len(items) > MOST_POSTS:
            raise Unreadable(f"One request takes {MOST_POSTS} mentions at most; this one has {len(items)}.")
        read = Read()
        for index, item in enumerate(items):
            try:
                if isinstance(item, dict) and item.get("deleted") is True:
                    read.gone.append(gone_from(item, now, source=self.source))
                    continue
                post = post_from(item, now, source=self.source, outside=True)
            except ValueError as error:
                read.errors.append((index, f"{error}."))
            else:
                read.posts.append(self._believed(post))
        read.posts.sort(key=lambda post: post.created_at)
        return read

    def _believed(self, post: Post) -> Post:
        """On X, "they mentioned us" opens a way to reply that X gives to nobody else: so our handle has to
        stand there."""
        if post.source != "x" or not post.mentions_us:
            return post
        words = {word.lower() for word in re.findall(r"@(\w+)", post.text)}
        return replace(post, mentions_us=not words.isdisjoint(self.handles))


def sign(secret: str, at: str, body: bytes) -> str:
    """The signature of `body` at `at` (seconds since 1970): "v1=" and 64 hexadecimal digits."""
    signed = f"{VERSION}:{at}:".encode() + body
    return f"{VERSION}={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"
