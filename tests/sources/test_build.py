"""From the playbook to its sources."""

import pytest

from bot.sources import SourceError
from bot.sources.build import build_sources
from config.playbook import Playbook
from config.settings import Settings
from tests.sources.conftest import SEARCH, answer, tweet


def playbook(**sources) -> Playbook:
    target = {"first_response": "1h", "resolution": "1d"}
    return Playbook.model_validate(
        {
            "company": {"name": "Tindra"},
            "brands": [{"name": "Tindra", "handles": {"x": ["tindra"]}, "x_user_id": "783214"}],
            "queues": [
                {"name": "all", "channel": "mentions", "time_zone": "Europe/Copenhagen", "targets": target}
            ],
            "checklist": [{"key": "helps", "label": "a reply helps here", "stage": "public"}],
            "leads": [
                {"name": "Bo", "slack": "U012AB3CD", "digest_at": "08:30", "time_zone": "Europe/Copenhagen"}
            ],
            "leads_channel": "leads",
            "sources": sources,
        }
    )


def names(sources):
    return [source.name for source in sources]


def test_every_source_that_is_switched_on_is_built_once(clock):
    book = playbook(
        x={"every": "2m", "recheck": None},
        feeds=[
            {"name": "forum", "url": "https://forum.example/rss"},
            {"name": "blog", "url": "https://blog.example/atom", "every": "1h"},
        ],
        replay={"file": "posts.jsonl", "every": 2},
    )
    sources = build_sources(book, Settings(x_bearer_token="token"), clock)
    assert {source.name: source.every for source in sources} == {
        "x-mentions": 120,
        "x-search": 120,
        "feed-forum": 600,
        "feed-blog": 3600,
        "replay": 2,
    }


def test_nothing_switched_on_is_nothing_built(clock):
    assert build_sources(playbook(), Settings(), clock) == []


def test_search_and_mentions_are_switched_one_by_one(clock):
    assert names(build_sources(playbook(x={"search": False, "recheck": None}), Settings(), clock)) == [
        "x-mentions"
    ]
    assert names(build_sources(playbook(x={"mentions": False, "recheck": None}), Settings(), clock)) == [
        "x-search"
    ]


def test_the_stream_takes_the_place_of_search(clock):
    both = build_sources(
        playbook(x={"stream": True, "recheck": None}), Settings(x_bearer_token="token"), clock
    )
    assert {source.name: source.every for source in both} == {"x-mentions": 60, "x-search": 2}
    [_, without] = build_sources(playbook(x={"stream": True, "recheck": None}), Settings(), clock)
    assert without.check() == "X can't be read without a bearer token: set X_BEARER_TOKEN"


def test_a_stream_without_search_for_its_gaps_is_refused():
    with pytest.raises(ValueError, match="stream: true needs search: true"):
        playbook(x={"stream": True, "search": False})


def test_stored_posts_are_looked_at_again_unless_the_playbook_says_not(clock):
    assert "x-recheck" in names(build_sources(playbook(x={}), Settings(), clock))


def test_a_missing_token_is_said_by_the_source_itself(clock):
    for source in build_sources(playbook(x={}), Settings(), clock):
        assert source.check() == "X can't be read without a bearer token: set X_BEARER_TOKEN"
        with pytest.raises(SourceError, match="set X_BEARER_TOKEN"):
            source.fetch(None)


def test_settings_say_where_x_is_spoken(network, clock):
    network.answer(SEARCH, answer([tweet(clock.at)]))
    settings = Settings(x_bearer_token="token", x_api_url=network.url)
    (search,) = build_sources(playbook(x={"mentions": False, "recheck": None}), settings, clock)
    assert len(search.fetch(None).posts) == 1


def test_bluesky_is_asked_and_listened_to_as_the_playbook_says(clock):
    settings = Settings(bluesky_handle="@care.tindra.example", bluesky_app_password="p")
    assert names(build_sources(playbook(bluesky={}), settings, clock)) == ["bluesky-search"]
    both = build_sources(playbook(bluesky={"stream": True, "every": "2m"}), settings, clock)
    assert {source.name: source.every for source in both} == {"bluesky-search": 120, "bluesky-stream": 2}
    only = playbook(bluesky={"stream": True, "search": False, "mentions": False})
    assert names(build_sources(only, Settings(), clock)) == ["bluesky-stream"]


def test_mastodon_is_asked_as_the_playbook_says(clock):
    settings = Settings(mastodon_url="https://social.example", mastodon_access_token="t")
    [source] = build_sources(playbook(mastodon={"every": "5m", "tags": ["#Espresso"]}), settings, clock)
    assert (source.name, source.every) == ("mastodon", 300)
    [stream] = build_sources(playbook(mastodon={"stream": True}), settings, clock)
    assert (stream.name, stream.every) == ("mastodon", 2)
    with pytest.raises(ValueError, match="stream: true brings tags and mentions"):
        playbook(mastodon={"stream": True, "search": True, "mentions": False, "tags": []})
    [nowhere] = build_sources(playbook(mastodon={"tags": ["tindra"]}), Settings(), clock)
    assert "set MASTODON_URL" in (nowhere.check() or "")


def test_bluesky_without_an_account_says_so(clock):
    [source] = build_sources(playbook(bluesky={}), Settings(), clock)
    assert "set BLUESKY_HANDLE and BLUESKY_APP_PASSWORD" in (source.check() or "")
    with pytest.raises(SourceError):
        source.fetch(None)
