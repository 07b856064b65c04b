"""Where mentions come from. Each source is one file here and one entry in `build_sources`."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from models.mention import DELETED
from models.post import Post


@dataclass(frozen=True)
class Spent:
    """Posts that a platform charges us for, as one fetch read them."""

    platform: str
    """As in `Post.source`."""
    kind: str
    """What they were read by: "search", "mentions", "stream", "recheck"."""
    at: datetime
    ids: frozenset[str]
    """The platform's own ids, also of posts that are not handed over."""


@dataclass(frozen=True)
class Gone:
    """A post that is not there any more, for everybody or for the public."""

    source: str
    external_id: str
    because: str = DELETED
    """DELETED or HIDDEN, of models.mention."""


@dataclass(frozen=True)
class Batch:
    """What one fetch brought: posts (oldest first), and the cursor to store once they are stored.

    `cursor` is JSON-able and opaque to everybody but its source; None: nothing to remember. The next
    fetch gets it back as `since`. It is stored in the same transaction as the posts, so a crash in
    between fetches them again.
    """

    posts: list[Post]
    cursor: dict[str, Any] | None = None
    notes: list[str] = field(default_factory=list)
    """Sentences for the log: entries that could not be read, and why."""
    spent: tuple[Spent, ...] = ()
    """What was read and is paid for; it goes on the ledger in the transaction that stores the cursor."""
    gone: tuple[Gone, ...] = ()
    """What was deleted: taken out of the batch and of what is stored, before the rest is stored."""
    looked_for: tuple[tuple[str, str], ...] = ()
    """(source, external_id) of posts that were asked about, to see whether they are still there."""


class Source(Protocol):
    """One place customers speak."""

    name: str
    """Unique, stable: its cursor and health are stored under it ("x-search", "feed-forum", "replay")."""
    every: float
    """Seconds between fetches."""

    def fetch(self, since: dict[str, Any] | None) -> Batch:
        """What is new since the cursor `since` (None: the first time). Blocks at most about 30 s.

        Raises SourceError when the far side can't be read now; Busy when it asked to wait.
        """
        ...

    def check(self) -> str | None:
        """For `doctor`: None when it can be read, or one sentence that says what is missing."""
        ...


@runtime_checkable
class Closing(Protocol):
    """A source that keeps something open between fetches."""

    def close(self) -> None:
        """Lets go of it, within a few seconds; called when the program stops."""
        ...


class SourceError(Exception):
    """A source could not be read; its text is one sentence for a person."""


class Busy(SourceError):
    """The far side asked to be left alone until `until` (aware UTC)."""

    def __init__(self, message: str, until: datetime) -> None:
        super().__init__(message)
        self.until = until
