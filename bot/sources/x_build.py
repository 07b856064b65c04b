"""What the playbook says about X, as sources."""

from collections.abc import Callable, Iterable, Sequence

from bot.sources import Source
from bot.sources.x import XMentions, XSearch
from bot.sources.x_client import Client, build_x_client, build_x_stream_client
from bot.sources.x_reader import Clock, Left
from bot.sources.x_recheck import XRecheck
from bot.sources.x_stream import XStream
from bot.sources.x_within import WithinBudget
from config.brands import Keywords
from config.playbook import Playbook

Due = Callable[[int], Sequence[str]]
"""The ids of at most so many posts that are to be looked at again."""


def nothing_due(most: int) -> Sequence[str]:
    """Nobody says what is stored."""
    return ()


def build_x(
    playbook: Playbook, token: str | None, api_url: str | None, clock: Clock, left: Left, due: Due
) -> Iterable[Source]:
    """Mentions, recheck, and search or the stream: what is switched on."""
    x = playbook.sources.x
    if x is None:
        return
    every, url = x.every.total_seconds(), api_url

    # A client (and its connections) for each: sources are fetched in threads of their own.
    def client() -> Client:
        return build_x_client(token, api_url=url) if token else None

    if x.mentions:
        yield XMentions(client(), playbook.brands, every, clock)
    if x.recheck is not None:
        yield XRecheck(client(), playbook.brands, clock, due)
    if not x.search:
        return
    source: XSearch | XStream
    if x.stream:
        stream = build_x_stream_client(token, api_url=url) if token else None
        source = XStream(client(), stream, playbook.brands, every, clock, left=left)
    else:
        source = XSearch(client(), playbook.brands, every, clock, left=left)
    # When the budget is used, our handles are still asked for where no timeline brings who mentions us.
    unheard = [
        brand.model_copy(update={"keywords": Keywords()})
        for brand in playbook.brands
        if brand.handles.get("x") and not (x.mentions and brand.x_user_id)
    ]
    narrow = XSearch(client(), unheard, every, clock) if unheard else None
    yield WithinBudget(source, narrow, left, clock)
