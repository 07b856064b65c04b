"""The sources that a playbook asks for. A new kind of source is one more entry in BUILDERS.

Each builder imports its own kind, so that only what the playbook has is loaded: tweepy, feedparser and so on.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from bot.sources import Source
from bot.sources.facebook_api import FacebookApi
from bot.sources.facebook_hook import FacebookHook
from bot.sources.facebook_names import FacebookNames
from bot.sources.facebook_private import FacebookMessenger
from bot.sources.webhook import Webhook
from bot.sources.x_query import handles_of
from config.playbook import Playbook
from config.settings import Settings

if TYPE_CHECKING:
    from bot.sources.x_build import Due
    from bot.sources.x_reader import Left

Clock = Callable[[], datetime]


class SourceSettings(Protocol):
    """The settings that sources need; the whole settings object has them."""

    @property
    def x_bearer_token(self) -> str | None: ...

    @property
    def x_api_url(self) -> str | None: ...

    @property
    def x_consumer_key(self) -> str | None: ...

    @property
    def x_consumer_secret(self) -> str | None: ...

    @property
    def x_access_token(self) -> str | None: ...

    @property
    def x_access_token_secret(self) -> str | None: ...

    @property
    def facebook_page_token(self) -> str | None: ...

    @property
    def facebook_app_secret(self) -> str | None: ...

    @property
    def facebook_api_url(self) -> str | None: ...

    @property
    def bluesky_handle(self) -> str | None: ...

    @property
    def bluesky_app_password(self) -> str | None: ...

    @property
    def bluesky_api_url(self) -> str | None: ...

    @property
    def bluesky_stream_url(self) -> str | None: ...

    @property
    def mastodon_url(self) -> str | None: ...

    @property
    def mastodon_access_token(self) -> str | None: ...


Builder = Callable[[Playbook, SourceSettings, Clock], Iterable[Source]]


def build_sources(
    playbook: Playbook,
    settings: SourceSettings,
    clock: Clock,
    left: "Left | None" = None,
    due: "Due | None" = None,
) -> list[Source]:
    """Every source that `playbook` switches on, in a stable order; each name once.

    A source whose token is missing is built too: its `check` and its `fetch` say what is missing. Where each
    post is paid for (X), `left` says how many may still be read (None: no bound), and `due` which are to be
    looked at again.
    """
    x = _x(playbook, settings, clock, left, due)
    return [*x, *(source for build in BUILDERS for source in build(playbook, settings, clock))]


def build_webhooks(playbook: Playbook, settings: Settings) -> tuple[Webhook, ...]:
    """Those who send to us by themselves."""
    handles = tuple(handle.lower() for handle in handles_of(playbook.brands))
    return tuple(
        Webhook(webhook.name, settings.secrets_of(webhook.name), webhook.source, handles)
        for webhook in playbook.sources.webhooks
    )


def build_facebook_hook(playbook: Playbook, settings: Settings) -> FacebookHook | None:
    """What takes in what Facebook sends by itself."""
    page = playbook.sources.facebook
    if page is None or not page.webhook:
        return None
    return FacebookHook(page.page_id, settings.facebook_app_secret, settings.facebook_verify_token)


def build_messenger(playbook: Playbook, settings: Settings) -> FacebookMessenger:
    """What writes to who commented on our page."""
    page = playbook.sources.facebook
    return FacebookMessenger(
        settings.facebook_page_token,
        settings.facebook_app_secret,
        page_id=page.page_id if page is not None else None,
        api_url=settings.facebook_api_url,
    )


def build_names(playbook: Playbook, settings: Settings) -> FacebookNames | None:
    """What is asked for names; None without a page, or without a token to ask with."""
    page = playbook.sources.facebook
    if page is None or not settings.facebook_page_token:
        return None
    return FacebookNames(facebook_api(settings), page.page_id)


def facebook_api(settings: SourceSettings) -> FacebookApi:
    """The Graph API as our page; one for each part that asks, as each minds its own pace."""
    token, secret = settings.facebook_page_token, settings.facebook_app_secret
    return FacebookApi(token, secret, api_url=settings.facebook_api_url)


def _x(
    playbook: Playbook, settings: SourceSettings, clock: Clock, left: "Left | None", due: "Due | None"
) -> Iterable[Source]:
    if playbook.sources.x is None:
        return ()
    from bot.sources.x_build import build_x, nothing_due
    from bot.sources.x_reader import no_bound

    return build_x(
        playbook, settings.x_bearer_token, settings.x_api_url, clock, left or no_bound, due or nothing_due
    )


def _facebook(playbook: Playbook, settings: SourceSettings, clock: Clock) -> Iterable[Source]:
    page = playbook.sources.facebook
    if page is not None and page.poll:
        from bot.sources.facebook import FacebookPage

        yield FacebookPage(facebook_api(settings), page.page_id, page.every.total_seconds(), clock)


def _bluesky(playbook: Playbook, settings: SourceSettings, clock: Clock) -> Iterable[Source]:
    bluesky, brands = playbook.sources.bluesky, playbook.brands
    if bluesky is None:
        return
    from bot.sources.bluesky_api import Account, BlueskyApi
    from bot.sources.bluesky_search import BlueskySearch
    from bot.sources.bluesky_stream import BlueskyStream

    handle, password = settings.bluesky_handle, settings.bluesky_app_password
    account = Account(handle.removeprefix("@"), password) if handle and password else None

    # One for each: a session belongs to one thread.
    def api() -> BlueskyApi:
        return BlueskyApi(account, api_url=settings.bluesky_api_url)

    if bluesky.search or bluesky.mentions:
        every = bluesky.every.total_seconds()
        yield BlueskySearch(api(), brands, every, clock, search=bluesky.search, mentions=bluesky.mentions)
    if bluesky.stream:
        yield BlueskyStream(api(), brands, clock, url=settings.bluesky_stream_url)


def _mastodon(playbook: Playbook, settings: SourceSettings, clock: Clock) -> Iterable[Source]:
    if (mastodon := playbook.sources.mastodon) is None:
        return
    from bot.sources.mastodon import MastodonSource
    from bot.sources.mastodon_api import MastodonApi
    from bot.sources.mastodon_stream import MastodonStream

    api = MastodonApi(settings.mastodon_url, settings.mastodon_access_token)
    source = MastodonSource(
        api,
        playbook.brands,
        mastodon.every.total_seconds(),
        clock,
        tags=mastodon.tags,
        mentions=mastodon.mentions,
        search=mastodon.search,
    )
    yield MastodonStream(source, api, clock) if mastodon.stream else source


def _feeds(playbook: Playbook, settings: SourceSettings, clock: Clock) -> Iterable[Source]:
    if not playbook.sources.feeds:
        return
    from bot.sources.feeds import FeedSource

    for feed in playbook.sources.feeds:
        yield FeedSource(feed.name, str(feed.url), feed.every.total_seconds(), clock)


def _replay(playbook: Playbook, settings: SourceSettings, clock: Clock) -> Iterable[Source]:
    if replay := playbook.sources.replay:
        from bot.sources.replay import Replay

        yield Replay(replay.file, replay.first, replay.every, clock)


BUILDERS: tuple[Builder, ...] = (_facebook, _bluesky, _mastodon, _feeds, _replay)
