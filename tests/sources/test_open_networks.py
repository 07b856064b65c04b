"""Bluesky and Mastodon from their answers to the database: cases, conversations, and what is taken back."""

import pytest
from sqlalchemy import select

from bot.sources.bluesky_api import Account, BlueskyApi
from bot.sources.bluesky_search import BlueskySearch
from bot.sources.mastodon import MastodonSource
from bot.sources.mastodon_api import MastodonApi
from models.mention import Mention
from tests.sources.bluesky_shapes import SEARCH, found, logs_in, uri, view
from tests.sources.conftest import brand
from tests.sources.test_mastodon import TAG, address, status


@pytest.fixture
def mentions(db):
    def mentions() -> dict[str, Mention]:
        with db.reading() as session:
            return {mention.external_id: mention for mention in session.scalars(select(Mention))}

    return mentions


def test_a_conversation_on_bluesky_is_one_case_and_a_second_look_stores_nothing(
    network, listener, mentions, clock
):
    logs_in(network)
    at = clock()
    reply = {"root": {"uri": uri("a")}, "parent": {"uri": uri("a")}}
    network.answer(SEARCH, found(view("b", at, text="My Tindra drips as well", reply=reply), view("a", at)))
    tindra = brand(handles={})
    source = BlueskySearch(
        BlueskyApi(Account("care.tindra.example", "p"), api_url=network.url), [tindra], 60, clock
    )
    assert listener.poll(source).stored == 2
    assert listener.poll(source).repeated == 2
    stored = mentions()
    assert stored[uri("a")].case_id == stored[uri("b")].case_id is not None


def test_what_is_gone_or_changed_on_mastodon_is_so_here(network, listener, mentions, clock):
    at = clock()
    other = {"acct": "bo@far.example", "url": "https://far.example/@bo", "display_name": "Bo"}
    network.answer(TAG, [status(1, at), status(2, at, account=other)])
    source = MastodonSource(MastodonApi(network.url, "t"), [brand()], 60, clock, mentions=False)
    assert listener.poll(source).stored == 2
    network.forget()
    clock.turn(hours=2)
    changed = status(2, at, edited_at=clock().isoformat(), content="<p>My Tindra works again</p>")
    network.answer(TAG, [])
    network.answer("/api/v1/statuses/1", {"error": "Record not found"}, 404)
    network.answer("/api/v1/statuses/2", changed)
    listener.poll(source)
    stored = mentions()
    assert (stored[address(1)].text, stored[address(1)].gone_because) == ("", "deleted")
    assert (stored[address(2)].text, stored[address(2)].edited_at) == ("My Tindra works again", clock())
