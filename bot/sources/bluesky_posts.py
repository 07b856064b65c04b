"""From Bluesky's records to posts: pure reading of documents nobody vouches for.

A record (app.bsky.feed.post) is what its author's program wrote, time and language included; a view is a
record with what Bluesky knows of it. https://docs.bsky.app/docs/advanced-guides/posts
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.sources.shapes import as_dict, as_list, time_of
from config.brands import Brand
from models.post import Post

POSTS = "app.bsky.feed.post"
_URI = re.compile(
    r"at://(did:[a-z]{1,20}:[A-Za-z0-9._:%-]{1,200})/app\.bsky\.feed\.post/([A-Za-z0-9._:~-]{1,64})"
)
_DID = re.compile(r"did:[a-z]{1,20}:[A-Za-z0-9._:%-]{1,200}")
_HANDLE = re.compile(r"(?=.{3,253}$)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_NO_HANDLE = "handle.invalid"
"""What Bluesky says where a handle is not its bearer's (any more)."""
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LONGEST_TEXT = 3_000
"""Bluesky takes 3,000 bytes."""
_COUNTS = {"likeCount": "likes", "repostCount": "reposts", "replyCount": "replies", "quoteCount": "quotes"}
_WORDLESS = {"images": "[picture]", "video": "[video]", "external": "[link]", "record": "[quote]"}


@dataclass(frozen=True)
class Ours:
    """How to recognise ourselves on Bluesky."""

    handles: frozenset[str] = frozenset()
    """In lower case, without @."""
    dids: frozenset[str] = frozenset()

    @property
    def written(self) -> re.Pattern[str]:
        """Any handle of ours as people write it."""
        names = "|".join(re.escape(handle) for handle in sorted(self.handles, key=len, reverse=True))
        return (
            re.compile(rf"(?<![\w@.])@(?:{names})(?![\w-]|\.\w)", re.IGNORECASE)
            if names
            else re.compile(r"(?!)")
        )


@dataclass(frozen=True)
class Author:
    """Who wrote it, as far as is known. `handle` None: only the number is."""

    did: str
    handle: str | None = None
    name: str | None = None


@dataclass(frozen=True)
class Written:
    """One record: its author's number and its own key, and where it stands."""

    did: str
    key: str
    record: dict[str, Any] = field(compare=False)

    @property
    def uri(self) -> str:
        return uri_of(self.did, self.key)


def handles_of(brands: Iterable[Brand]) -> tuple[str, ...]:
    """Our handles on Bluesky in the order of the playbook, without @; what can't be a handle is left out."""
    given = (
        handle.strip().removeprefix("@") for brand in brands for handle in brand.handles.get("bluesky", ())
    )
    return tuple(dict.fromkeys(handle for handle in given if _HANDLE.fullmatch(handle)))


def uri_of(did: str, key: str) -> str:
    """A post's address, by which it is known here."""
    return f"at://{did}/{POSTS}/{key}"


def post_from_view(view: object, ours: Ours, now: datetime) -> Post | None:
    """The post in a view (or a notification); None when its author is ours. Raises ValueError."""
    given = as_dict(view)
    found = _URI.fullmatch(given["uri"]) if isinstance(given.get("uri"), str) else None
    if found is None:
        raise ValueError("it has no address")
    author = author_from(given.get("author"))
    if author is None or author.did != found[1]:
        raise ValueError("its author is not the one in its address")
    indexed = time_of(given.get("indexedAt"))
    record = Written(found[1], found[2], as_dict(given.get("record")))
    post = post_from(record, author, ours, min(indexed or now, now))
    if post is not None:
        for theirs, name in _COUNTS.items():
            if type(count := given.get(theirs)) is int and 0 <= count < 2**53:
                post.metrics[name] = count
    return post


def post_from(written: Written, author: Author, ours: Ours, seen: datetime) -> Post | None:
    """The post in a record that Bluesky saw at `seen`; None when its author is ours. Raises ValueError."""
    record, handle = written.record, author.handle or author.did
    if handle.lower() in ours.handles or author.did in ours.dids:
        return None
    text = record.get("text")
    if record.get("$type", POSTS) != POSTS or not isinstance(text, str):
        raise ValueError("it is no post with a text")
    text = text[:_LONGEST_TEXT] if text.strip() else _wordless(record)
    if not text:
        raise ValueError("there is nothing in it")
    quoted, languages = quoted_in(record), record.get("langs")
    return Post(
        source="bluesky",
        external_id=written.uri,
        text=text,
        created_at=_created_at(record, seen),
        author=handle,
        author_id=author.did,
        author_name=author.name,
        url=f"https://bsky.app/profile/{handle}/post/{written.key}",
        language=_language(languages[0]) if isinstance(languages, list) and languages else None,
        conversation=_reference(record, "root") or written.uri,
        about=quoted,
        mentions_us=mentions(record, text, ours),
    )


def mentions(record: dict[str, Any], text: str, ours: Ours) -> bool:
    """Whether it names, answers or quotes one of our accounts."""
    for facet in as_list(record.get("facets"))[:100]:
        for feature in as_list(as_dict(facet).get("features"))[:10]:
            if as_dict(feature).get("did") in ours.dids:
                return True
    if any(author_in(uri) in ours.dids for uri in (_reference(record, "parent"), quoted_in(record)) if uri):
        return True
    return bool(ours.handles) and "@" in text and ours.written.search(text) is not None


def author_from(profile: object) -> Author | None:
    """The author in a profile as Bluesky shows it."""
    given = as_dict(profile)
    did, handle, name = given.get("did"), given.get("handle"), given.get("displayName")
    if not isinstance(did, str) or not _DID.fullmatch(did):
        return None
    known = isinstance(handle, str) and handle != _NO_HANDLE and _HANDLE.fullmatch(handle)
    shown = " ".join(name.split())[:200] if isinstance(name, str) else ""
    return Author(did, handle if known and isinstance(handle, str) else None, shown or None)


def quoted_in(record: dict[str, Any]) -> str | None:
    """The address of the post that it quotes."""
    embed = as_dict(record.get("embed"))
    quote = as_dict(embed.get("record"))
    uri = as_dict(quote.get("record")).get("uri") or quote.get("uri")  # with media, it is one deeper
    return uri if isinstance(uri, str) and _URI.fullmatch(uri) else None


def author_in(uri: str) -> str | None:
    """The number of the author in a post's address."""
    found = _URI.fullmatch(uri)
    return found[1] if found else None


def sorted_at(view: object) -> datetime | None:
    """When Bluesky's search places it: by its author's word, but not after Bluesky saw it."""
    given = as_dict(view)
    seen, said = time_of(given.get("indexedAt")), time_of(as_dict(given.get("record")).get("createdAt"))
    return min((each for each in (seen, said) if each), default=None)


# Helpers.


def _created_at(record: dict[str, Any], seen: datetime) -> datetime:
    """What its author's program says, where that can be: before Bluesky saw it, and in this century."""
    said = time_of(record.get("createdAt"))
    return said if said is not None and _EARLIEST <= said <= seen else seen


def _reference(record: dict[str, Any], which: str) -> str | None:
    uri = as_dict(as_dict(record.get("reply")).get(which)).get("uri")
    return uri if isinstance(uri, str) and _URI.fullmatch(uri) else None


def _wordless(record: dict[str, Any]) -> str:
    """What stands in the place of words: a picture's description where its author wrote one."""
    embed = as_dict(record.get("embed"))
    if as_dict(embed.get("media")):
        embed = as_dict(embed["media"])
    described = [as_dict(image).get("alt") for image in as_list(embed.get("images"))[:4]] or [
        embed.get("alt")
    ]
    words = " ".join(" ".join(alt.split()) for alt in described if isinstance(alt, str))[:_LONGEST_TEXT]
    sign = next((sign for kind, sign in _WORDLESS.items() if kind in embed), "")
    return f"{sign} {words}".strip() if sign else ""


def _language(value: object) -> str | None:
    """Two letters of a tag such as `pt-BR`."""
    found = re.match(r"([a-z]{2})(?:$|[-_])", value.strip().lower()) if isinstance(value, str) else None
    return found[1] if found else None
