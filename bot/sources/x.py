"""X: recent search, the mentions timeline, and replies that a person sends. Only here is tweepy known."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import requests
import tweepy

from bot.sources import Batch, Busy, SourceError
from bot.sources.posted import PostedReply, Refused, Unknown
from bot.sources.x_answer import Ours, Page, read_page
from bot.sources.x_http import (
    TIMEOUT,
    X_API,
    Elsewhere,
    Refusal,
    as_source_error,
    document_of,
    refuse,
)
from bot.sources.x_query import compile_queries, handles_of
from bot.sources.x_reply import post_once
from bot.sources.x_window import (
    FIRST_WINDOW,
    OVERLAP,
    PAGES_A_FETCH,
    REACH,
    Ask,
    Budget,
    Mark,
    Reading,
    read_on,
    time_of,
    to_remember,
    without_repeats,
)
from config.brands import Brand

Clock = Callable[[], datetime]
Stream = Callable[[Ask], Page]
Client = Any
"""A tweepy.Client from `build_x_client` (tweepy has no types), or None without a bearer token."""

__all__ = ["PostedReply", "Refused", "Unknown", "XMentions", "XPoster", "XSearch", "build_x_client"]

FIELDS: dict[str, list[str]] = {
    "tweet_fields": [
        "created_at",
        "lang",
        "conversation_id",
        "public_metrics",
        "referenced_tweets",
        "in_reply_to_user_id",
        "entities",
        "author_id",
        "edit_history_tweet_ids",
        "note_tweet",
    ],
    # Nothing but the author: an expanded post is a post read, and paid for.
    "expansions": ["author_id"],
    "user_fields": ["username", "name", "public_metrics"],
}
_NO_TOKEN = "X can't be read without a bearer token: set X_BEARER_TOKEN"  # noqa: S105 - a sentence


def build_x_client(
    bearer_token: str | None = None,
    consumer_key: str | None = None,
    consumer_secret: str | None = None,
    access_token: str | None = None,
    access_token_secret: str | None = None,
    *,
    api_url: str | None = None,
    timeout: tuple[float, float] = TIMEOUT,
) -> tweepy.Client:
    """A client that has a timeout, never waits and never retries; `api_url`: where X is spoken instead.

    It raises Refusal for every answer but 2xx, and requests' exceptions for no answer.
    """
    # At DEBUG these log keys, tokens and customers' words.
    for name in ("tweepy", "oauthlib", "requests_oauthlib"):
        logging.getLogger(name).setLevel(logging.WARNING)
    client = tweepy.Client(
        bearer_token,
        consumer_key,
        consumer_secret,
        access_token,
        access_token_secret,
        return_type=requests.Response,
        wait_on_rate_limit=False,
    )
    client.session.mount(X_API, Elsewhere(api_url, timeout))
    client.session.hooks["response"].append(refuse)
    return client


class _XReader:
    """What search and mentions share: streams read in overlapping windows, repeats dropped by id.

    The cursor: {"at": last fetch, "turn": the stream it began with, "marks": {stream: mark},
    "seen": {stream: [ids]}}.
    """

    name: str

    def __init__(self, client: Client, brands: Sequence[Brand], every: float, clock: Clock) -> None:
        self.every = every
        self._client = client
        self._clock = clock
        self._ours = Ours(
            frozenset(handle.lower() for handle in handles_of(brands)),
            frozenset(brand.x_user_id for brand in brands if brand.x_user_id),
        )
        self._notes: tuple[str, ...] = ()
        self._streams: dict[str, Stream] = {}

    def fetch(self, since: dict[str, Any] | None) -> Batch:
        """New posts of all streams. An error is raised when nothing at all was read, and else a note."""
        if missing := self._missing():
            raise SourceError(missing)
        now = self._clock()
        since = since if isinstance(since, dict) else {}
        kept = since.get("marks")
        kept = {key: Mark.from_json(each) for key, each in kept.items()} if isinstance(kept, dict) else {}
        # A query that the playbook changed goes on from the last fetch, and from what was left then.
        last = time_of(since.get("at"))
        begin = last or now - FIRST_WINDOW
        left = [mark.newest for key, mark in kept.items() if mark and mark.rest and key not in self._streams]
        old = {key: kept.get(key) or Mark(min([begin, now, *left])) for key in self._streams}
        # Each fetch begins with another stream: one with a surge leaves nothing for those after it.
        turn = since.get("turn")
        turn = (turn + 1) % len(old) if type(turn) is int else 0
        budget, readings = Budget(max(PAGES_A_FETCH, len(old) + 5)), dict[str, Reading]()
        for key in [*old][turn:] + [*old][:turn]:
            readings[key] = read_on(self._streams[key], old[key], now, budget)
            if isinstance(readings[key].error, Busy):
                break
        errors = [reading.error for reading in readings.values() if reading.error]
        if errors and not any(reading.pages for reading in readings.values()):
            raise errors[0]

        marks = {key: readings[key].mark if key in readings else mark for key, mark in old.items()}
        posts, seen = without_repeats({key: each.posts for key, each in readings.items()}, since.get("seen"))
        notes = [] if kept.keys() >= self._streams.keys() else list(self._notes)
        if last and last < now - REACH:
            notes.append(f"{self.name} was last read at {last:%Y-%m-%d %H:%M} UTC; X gives out 7 days only")
        notes += [note for reading in readings.values() for note in reading.notes]
        notes += [f"{self.name}: {error}" for error in errors]
        return Batch(
            posts,
            {
                "at": now.isoformat(),
                "turn": turn,
                "marks": {key: mark.as_json() for key, mark in marks.items()},
                "seen": {key: to_remember(seen.get(key, set()), mark, now) for key, mark in marks.items()},
            },
            list(dict.fromkeys(notes)),
        )

    def check(self) -> str | None:
        """Asks for the last minutes' posts, ten at most: the next fetch reads (and pays) the same ones."""
        if missing := self._missing():
            return missing
        now = self._clock()
        try:
            for ask in self._streams.values():
                ask(Ask(now - OVERLAP, size=10))
        except SourceError as error:
            return str(error)
        return None

    def _missing(self) -> str | None:
        raise NotImplementedError

    def _ask(self, call: Callable[..., requests.Response], *args: str, **params: Any) -> Page:
        now = self._clock()
        try:
            response = call(*args, **FIELDS, **params)
        except Refusal as refusal:
            raise as_source_error(refusal, now) from None
        except requests.Timeout:
            raise SourceError("X did not answer in time") from None
        except requests.RequestException as error:
            raise SourceError(f"X can't be reached ({type(error).__name__})") from None
        document = document_of(response)
        if document is None:
            raise SourceError("X's answer is not JSON")
        return read_page(document, self._ours, now)


class XSearch(_XReader):
    """Recent search for the playbook's handles and keywords."""

    name = "x-search"

    def __init__(self, client: Client, brands: Sequence[Brand], every: float, clock: Clock) -> None:
        super().__init__(client, brands, every, clock)
        queries = compile_queries(brands)
        self.queries = queries.texts
        self._notes = queries.notes
        self._streams = {query: self._stream(query) for query in queries.texts}

    def _missing(self) -> str | None:
        if self._client is None:
            return _NO_TOKEN
        if not self.queries:
            return "X can't be searched: no brand in the playbook has a handle or keywords"
        return None

    def _stream(self, query: str) -> Stream:
        def ask(what: Ask) -> Page:
            return self._ask(
                self._client.search_recent_tweets,
                query,
                start_time=what.start,
                end_time=what.end,
                next_token=what.token,
                max_results=what.size,
            )

        return ask


class XMentions(_XReader):
    """The mentions timelines of our accounts: the latest 800 mentions of each, in every language."""

    name = "x-mentions"

    def __init__(self, client: Client, brands: Sequence[Brand], every: float, clock: Clock) -> None:
        super().__init__(client, brands, every, clock)
        ids = dict.fromkeys(brand.x_user_id for brand in brands if brand.x_user_id)
        self._streams = {user_id: self._stream(user_id) for user_id in ids}

    def _missing(self) -> str | None:
        if self._client is None:
            return _NO_TOKEN
        if not self._streams:
            return "X's mentions can't be read: no brand in the playbook has an x_user_id"
        return None

    def _stream(self, user_id: str) -> Stream:
        def ask(what: Ask) -> Page:
            return self._ask(
                self._client.get_users_mentions,
                user_id,
                start_time=what.start,
                end_time=what.end,
                pagination_token=what.token,
                max_results=what.size,
            )

        return ask


class XPoster:
    """Posts replies as our account, with OAuth 1.0a user keys; one request each, never repeated.

    X accepts a reply only where its author mentioned or quoted us (`Post.mentions_us`).
    """

    def __init__(
        self,
        consumer_key: str | None,
        consumer_secret: str | None,
        access_token: str | None,
        access_token_secret: str | None,
        *,
        api_url: str | None = None,
        timeout: tuple[float, float] = TIMEOUT,
    ) -> None:
        keys = {
            "X_CONSUMER_KEY": consumer_key,
            "X_CONSUMER_SECRET": consumer_secret,
            "X_ACCESS_TOKEN": access_token,
            "X_ACCESS_TOKEN_SECRET": access_token_secret,
        }
        self._lacking = [name for name, value in keys.items() if not value]
        self._keys = tuple(keys.values())
        self._api_url = api_url
        self._timeout = timeout

    def check(self) -> str | None:
        """For `doctor`: None when the keys are there, or one sentence. Asks X nothing."""
        return f"Replies on X can't be posted: set {', '.join(self._lacking)}" if self._lacking else None

    def post_reply(self, text: str, in_reply_to: str) -> PostedReply:
        """Post `text` under the post with the id `in_reply_to`.

        Raises Refused when X has definitely not posted it, Unknown when that can't be told.
        """
        if lacking := self.check():
            raise Refused(lacking)
        # A client for each post: a connection kept since the last one may be dead, and then who can tell?
        client = build_x_client(None, *self._keys, api_url=self._api_url, timeout=self._timeout)
        with client.session:
            return post_once(
                lambda: client.create_tweet(text=text, in_reply_to_tweet_id=in_reply_to, user_auth=True)
            )
