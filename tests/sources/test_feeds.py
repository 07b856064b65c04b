"""Feeds, real ones and broken ones, over a real connection."""

import gzip
import hashlib
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.sources import Busy, SourceError
from bot.sources.feeds import MOST_BYTES, MOST_FIRST, MOST_POSTS, FeedSource
from models.post import NO_NAME
from tests.far_network import far_network
from tests.recorded import recorded

PATH = "/feed.xml"
WHOLE_PAST = timedelta(days=365 * 40)


@pytest.fixture
def feed(network, clock):
    return FeedSource("forum", network.url + PATH, 600, clock)


def rss(*items: str, head: str = "<title>Lamp forum</title>") -> str:
    return f'<rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'


def item(number: int, at: datetime | None = None, **changed: str) -> str:
    parts = {
        "title": f"Lamp {number}",
        "description": f"It flickers, the {number}. time",
        "guid": f"lamp-{number}",
        "link": f"https://forum.example/{number}",
    }
    if at:
        parts["pubDate"] = f"{at:%a, %d %b %Y %H:%M:%S} +0000"
    tags = "".join(f"<{tag}>{text}</{tag}>" for tag, text in (parts | changed).items() if text)
    return f"<item>{tags}</item>"


@pytest.mark.parametrize(
    ("file", "count", "language", "sample"),
    [
        ("encoding.rss", 20, "pt", "Mãe de utente é a nova presidente da Raríssimas\nSónia Laygue"),
        ("nodefp__iconv.xml", 10, None, "В Бузулуке главные стройплощадки – детсад и Ледовый дворец\nРаботы"),
        ("gulp-atom.atom", 10, "en", "v3.9.0\n3.9.0"),
        ("heraldsun.rss", 2, "en", "The First Item\nThis is the first item."),
        ("nodefp__category-feed.xml", 1, "en", "E.P.A. Plan to Clean Up Gowanus Canal"),
        (
            "nodefp__guid-dupes.xml",
            1,
            "en",
            "Huh?\nWhat's the Rebus? How's that; how's that Check Braingle.com for",
        ),
        ("nodefp__illegally-nested.xml", 10, "en", "My Professional Armchair Analysis of CES\nNo one needs"),
        ("nodefp__rss2sample.xml", 4, "en", "Star City\nHow do Americans get ready to work with Russians"),
        ("nodefp__saxerror.xml", 3, None, "Bad Item\nThis item has an unescaped ampersand in the link."),
        ("reddit.rss", 20, None, "The water is too deep, so he improvises"),
        ("reddit-atom.rss", 20, None, "The Difficulties in Space"),
        ("missing-fields.atom", 0, None, None),
        ("incomplete-fields.atom", 0, None, None),
    ],
)
def test_a_recorded_feed_is_read(file, count, language, sample, network, clock):
    network.answer(PATH, recorded("feeds", file).read_bytes(), headers={"Content-Type": "text/xml"})
    source = FeedSource("forum", network.url + PATH, 600, clock, first_days=WHOLE_PAST)
    batch = source.fetch(None)
    assert len(batch.posts) == count
    for post in batch.posts:
        assert post.source == "rss"
        assert post.external_id.startswith("forum:")
        assert len(post.external_id) <= 255
        assert 0 < len(post.text) <= 8_000
        assert "<" not in post.text
        assert "�" not in post.text
        assert post.created_at.tzinfo is UTC
        assert post.created_at <= clock.at
        assert post.author
        assert post.language == language
        assert post.url is None or post.url.startswith("http")
    assert [p.created_at for p in batch.posts] == sorted(p.created_at for p in batch.posts)
    assert len({post.external_id for post in batch.posts}) == count
    if sample:
        assert any(post.text.startswith(sample) for post in batch.posts), [p.text[:60] for p in batch.posts]
    assert json.loads(json.dumps(batch.cursor)) == batch.cursor
    again = source.fetch(batch.cursor)
    assert again.posts == []
    assert again.notes == []


@pytest.mark.parametrize("file", ["nodefp__notafeed.html", "unrecognized.rss"])
def test_a_recorded_page_is_not_a_feed(file, network, feed):
    network.answer(PATH, recorded("feeds", file).read_bytes())
    for _ in range(2):
        with pytest.raises(SourceError, match=r"^The feed forum is a web page, not a feed$"):
            feed.fetch(None)


def test_every_recorded_feed_is_tested_here():
    source = recorded("feeds")
    tested = Path(__file__).read_text("utf-8")
    assert [each.name for each in source.iterdir() if each.name not in tested] == []


def test_what_a_post_says_of_its_entry(network, clock, feed):
    network.answer(
        PATH,
        rss(
            item(
                1,
                clock.at - timedelta(hours=2),
                author="ada@example.org (Ada L.)",
                description="&lt;p&gt;It &amp;amp; I&lt;br&gt;are &lt;b&gt;do&lt;/b&gt;ne&lt;/p&gt; "
                "&lt;script&gt;alert(1)&lt;/script&gt;&lt;style&gt;p {}&lt;/style&gt;",
            ),
            head="<title>Lamp forum</title><language>da-DK</language>",
        ),
    )
    (post,) = feed.fetch(None).posts
    assert post.text == "Lamp 1\nIt & I are done"
    assert post.author == "Ada L."
    assert post.url == "https://forum.example/1"
    assert post.external_id == "forum:lamp-1"
    assert post.language == "da"
    assert post.created_at == clock.at - timedelta(hours=2)
    assert (post.repost, post.mentions_us, post.metrics, post.conversation) == (False, False, {}, None)


def test_without_an_author_nobody_is_named_and_an_address_is_no_name(network, feed):
    network.answer(PATH, rss(item(1)))
    assert feed.fetch(None).posts[0].author == NO_NAME
    network.forget()
    network.answer(PATH, rss(item(1).replace("</item>", "<author>mia@lamps.example</author></item>")))
    assert feed.fetch(None).posts[0].author == NO_NAME


def test_a_title_that_only_begins_the_text_is_not_said_twice(network, feed):
    network.answer(PATH, rss(item(1, title="It flickers…")))
    assert feed.fetch(None).posts[0].text == "It flickers, the 1. time"


def test_a_feed_that_has_not_changed_is_not_sent_again(network, clock, feed):
    network.answer(
        PATH, rss(item(1)), headers={"ETag": 'W/"a b"', "Last-Modified": "Mon, 02 Mar 2026 08:00:00 GMT"}
    )
    network.answer(PATH, status=304)
    network.answer(PATH, rss(item(1), item(2)))
    first = feed.fetch(None)
    clock.turn(minutes=10)
    second = feed.fetch(first.cursor)
    clock.turn(minutes=10)
    third = feed.fetch(second.cursor)
    assert (len(first.posts), len(second.posts), len(third.posts)) == (1, 0, 1)
    assert "if-none-match" not in network.requests[0].headers
    for seen in network.requests[1:]:
        assert seen.headers["if-none-match"] == 'W/"a b"'
        assert seen.headers["if-modified-since"] == "Mon, 02 Mar 2026 08:00:00 GMT"


def test_a_feed_at_another_address_is_asked_for_whole_and_is_new(network, clock, feed):
    network.answer(PATH, rss(item(1)), headers={"ETag": '"a"'})
    cursor = feed.fetch(None).cursor
    network.answer("/moved.xml", rss(item(1), item(2), item(3, clock.at - timedelta(days=30))))
    moved = FeedSource("forum", network.url + "/moved.xml", 600, clock)
    assert [post.external_id for post in moved.fetch(cursor).posts] == ["forum:lamp-2"]
    assert "if-none-match" not in network.requests[-1].headers


def test_connecting_a_feed_brings_the_last_week_only(network, clock, feed):
    network.answer(PATH, rss(item(1, clock.at - timedelta(days=8)), item(2, clock.at - timedelta(days=6))))
    batch = feed.fetch(None)
    assert [post.external_id for post in batch.posts] == ["forum:lamp-2"]
    assert feed.fetch(batch.cursor).posts == []


def test_connecting_a_feed_without_dates_does_not_flood_either(network, feed):
    network.answer(PATH, rss(*(item(n) for n in range(100, 0, -1))))
    batch = feed.fetch(None)
    assert [post.external_id for post in batch.posts] == [f"forum:lamp-{n}" for n in range(81, 101)]
    assert len(batch.posts) == MOST_FIRST
    assert "80 older entries were left out" in batch.notes[0]
    assert feed.fetch(batch.cursor).posts == []


def test_entries_that_came_while_nobody_fetched_are_not_lost(network, clock, feed):
    network.answer(PATH, rss(item(1, clock.at)))
    network.answer(PATH, rss(item(2, clock.at + timedelta(days=1)), item(1, clock.at)))
    first = feed.fetch(None)
    clock.turn(days=30)
    assert [post.external_id for post in feed.fetch(first.cursor).posts] == ["forum:lamp-2"]


def test_a_feed_that_renames_its_old_entries_does_not_bring_them_again(network, clock, feed):
    old = clock.at - timedelta(days=20)
    network.answer(PATH, rss(item(1, old)))
    network.answer(PATH, rss(item(1, old, guid="renamed-1")))
    assert feed.fetch(feed.fetch(None).cursor).posts == []


def test_a_long_feed_comes_in_several_batches_and_whole(network, clock, feed):
    network.answer(PATH, rss(item(0)), headers={"ETag": '"a"'})
    network.answer(PATH, rss(*(item(n) for n in range(450))), headers={"ETag": '"b"'})
    cursor = feed.fetch(None).cursor
    counts = []
    for _ in range(4):
        batch = feed.fetch(cursor)
        cursor = batch.cursor
        counts.append(len(batch.posts))
        assert (cursor["etag"] is None) == (len(batch.posts) == MOST_POSTS)
    assert counts == [200, 200, 49, 0]


def test_without_an_id_the_link_is_the_id_and_without_both_the_words(network, clock, feed):
    network.answer(
        PATH, rss(item(1, guid=""), item(2, guid="", link=""), item(3, guid="", link="mailto:a@b"))
    )
    batch = feed.fetch(None)
    by_text = {post.text.split("\n")[0]: post for post in batch.posts}
    assert by_text["Lamp 1"].external_id == "forum:https://forum.example/1"
    assert len(by_text["Lamp 2"].external_id) == len("forum:") + 64
    assert by_text["Lamp 3"].url is None
    assert feed.fetch(batch.cursor).posts == []


def test_ids_and_links_that_tell_nothing_apart_lose_no_entry(network, feed):
    network.answer(
        PATH,
        rss(
            *(item(n, guid="0") for n in range(3)),
            *(item(n, guid="", link="https://forum.example/") for n in range(10, 13)),
        ),
    )
    assert len(feed.fetch(None).posts) == 6


def test_an_entry_that_stands_there_twice_comes_once(network, feed):
    network.answer(
        PATH, rss(item(1), item(1), item(1, title="Lamp 1, edited"), item(2, guid=""), item(2, guid=""))
    )
    batch = feed.fetch(None)
    assert {post.external_id for post in batch.posts} == {"forum:lamp-1", "forum:https://forum.example/2"}
    network.forget()
    network.answer(PATH, rss(item(1)))
    assert feed.fetch(batch.cursor).posts == []


def test_a_long_id_is_bounded_and_stays_the_same(network, feed):
    network.answer(PATH, rss(item(1, guid="g" * 5_000), item(2, guid="g" * 5_001)))
    batch = feed.fetch(None)
    assert len({post.external_id for post in batch.posts}) == 2
    assert all(len(post.external_id) <= 255 for post in batch.posts)
    assert feed.fetch(batch.cursor).posts == []


def test_without_a_date_the_feeds_own_counts_and_else_the_present(network, clock, feed):
    network.answer(PATH, rss(item(1), head="<pubDate>Mon, 02 Mar 2026 07:00:00 GMT</pubDate>"))
    assert feed.fetch(None).posts[0].created_at == datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
    network.forget()
    network.answer(PATH, rss(item(1, pubDate="the day before yesterday")))
    assert feed.fetch(None).posts[0].created_at == clock.at


def test_a_date_in_the_future_is_the_present(network, clock, feed):
    network.answer(PATH, rss(item(1, clock.at + timedelta(days=400))))
    assert feed.fetch(None).posts[0].created_at == clock.at


def test_an_atom_entry_is_dated_by_its_publication(network, clock, feed):
    network.answer(
        PATH,
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>1</id><title>A &lt;b> c</title>'
        "<updated>2026-03-02T08:00:00Z</updated><published>2026-03-01T08:00:00+01:00</published>"
        '<content type="html">&lt;p>Whole&lt;/p></content><link href="/thread/1"/></entry></feed>',
    )
    (post,) = feed.fetch(None).posts
    assert post.created_at == datetime(2026, 3, 1, 7, 0, tzinfo=UTC)
    assert post.text == "A <b> c\nWhole"
    assert post.url == f"{network.url}/thread/1"


def test_an_entry_without_words_is_a_note_once(network, feed):
    network.answer(PATH, rss(item(1, title="", description="<p></p>")))
    first = feed.fetch(None)
    assert first.posts == []
    assert "without words" in first.notes[0]
    assert feed.fetch(first.cursor).notes == []


def test_a_text_is_bounded_and_its_white_space_folded(network, feed):
    network.answer(PATH, rss(item(1, title="A\n\t b", description="word   \n " * 20_000)))
    (post,) = feed.fetch(None).posts
    assert post.text.startswith("A b\nword word")
    assert len(post.text) == 8_000


def test_html_that_was_escaped_once_too_often_is_read_too_but_a_sign_is_kept(network, feed):
    twice = "&amp;lt;p&amp;gt;It &amp;lt;b&amp;gt;flickers&amp;lt;/b&amp;gt;&amp;lt;/p&amp;gt;"
    network.answer(PATH, rss(item(1, description=twice), item(2, description="5 &amp;lt; 6, I &amp;lt;3 it")))
    assert {post.text for post in feed.fetch(None).posts} == {"Lamp 1\nIt flickers", "Lamp 2\n5 < 6, I <3 it"}


def test_a_feed_may_be_compressed(network, feed):
    packed = gzip.compress(rss(*(item(n) for n in range(20))).encode())
    network.answer(PATH, packed, headers={"Content-Encoding": "gzip"})
    network.answer(PATH, packed, headers={"Content-Encoding": "gzip"}, chunked=True)
    assert len(feed.fetch(None).posts) == 20
    assert len(feed.fetch(None).posts) == 20


def test_a_feed_may_come_in_chunks(network, feed):
    network.answer(PATH, rss(*(item(n) for n in range(20))), chunked=True)
    assert len(feed.fetch(None).posts) == 20


def test_a_feed_that_unpacks_to_too_much_is_refused(network, feed):
    network.answer(PATH, gzip.compress(b" " * 200_000_000), headers={"Content-Encoding": "gzip"})
    with pytest.raises(SourceError, match="larger than 5 MB"):
        feed.fetch(None)


def test_a_feed_that_is_too_large_is_refused(network, feed):
    network.answer(PATH, b"x" * (MOST_BYTES + 1))
    with pytest.raises(SourceError, match="larger than 5 MB"):
        feed.fetch(None)


def test_entities_that_unfold_without_end_do_no_harm(network, feed):
    lines = ['<!ENTITY a0 "ha">'] + [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)]
    body = f'<?xml version="1.0"?><!DOCTYPE rss [{"".join(lines)}]>' + rss(item(1, description="&a11;"))
    network.answer(PATH, body)
    began = time.monotonic()
    posts = feed.fetch(None).posts
    assert time.monotonic() - began < 5
    assert all(len(post.text) <= 8_000 for post in posts)


def test_a_feed_cannot_name_a_file_to_read(network, feed, tmp_path):
    secret = tmp_path / "secret.xml"
    secret.write_text(rss(item(1)))
    network.answer(PATH, str(secret))
    with pytest.raises(SourceError, match="neither RSS nor Atom"):
        feed.fetch(None)
    network.forget()
    network.answer(
        PATH, f'<!DOCTYPE r [<!ENTITY x SYSTEM "{secret.as_uri()}">]>' + rss(item(1, description="&x;"))
    )
    assert "flickers" not in "".join(post.text for post in feed.fetch(None).posts)


def test_a_feed_cannot_make_us_fetch_another_address(network, feed):
    network.answer(PATH, network.url + "/other.xml")
    with pytest.raises(SourceError, match="neither RSS nor Atom"):
        feed.fetch(None)
    assert [seen.path for seen in network.requests] == [PATH]


def test_suddenly_a_web_page_and_then_the_feed_again(network, feed):
    network.answer(PATH, rss(item(1)), headers={"ETag": '"a"'})
    network.answer(PATH, "<!DOCTYPE html><html><body>Back soon</body></html>")
    network.answer(PATH, rss(item(2), item(1)))
    cursor = feed.fetch(None).cursor
    with pytest.raises(SourceError, match="web page"):
        feed.fetch(cursor)
    assert [post.external_id for post in feed.fetch(cursor).posts] == ["forum:lamp-2"]


@pytest.mark.parametrize(
    ("body", "headers", "sentence"),
    [
        ("", {}, "is empty"),
        (" \n", {}, "is empty"),
        ("hello", {}, "neither RSS nor Atom"),
        ("hello", {"Content-Type": "text/html; charset=utf-8"}, "web page"),
        ('<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body/></html>', {}, "web page"),
        ('{"version": "https://jsonfeed.org/version/1"}', {}, "neither RSS nor Atom"),
        (b"\x00\x01\x02\xff" * 500, {}, "neither RSS nor Atom"),
        ("<rss", {}, "neither RSS nor Atom"),
        (b"garbage", {"Content-Encoding": "gzip"}, "can't be reached"),
    ],
)
def test_what_is_no_feed_is_said(body, headers, sentence, network, feed):
    network.answer(PATH, body, headers=headers)
    with pytest.raises(SourceError, match=sentence) as error:
        feed.fetch(None)
    assert feed.check() == str(error.value)


def test_a_feed_that_breaks_off_is_read_as_far_as_it_goes_and_that_is_said_once(network, feed):
    whole = rss(item(1), item(2), item(3))
    network.answer(PATH, whole[: whole.index("lamp-3")])
    first = feed.fetch(None)
    assert {"forum:lamp-1", "forum:lamp-2"} <= {post.external_id for post in first.posts}
    assert "is broken, and was read as far as it goes" in first.notes[0]
    assert feed.fetch(first.cursor).notes == []


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/xml", '<?xml version="1.0" encoding="windows-1251"?>' + rss(item(1, title="Лампа"))),
        (
            "text/xml; charset=utf-8",
            '<?xml version="1.0" encoding="windows-1251"?>' + rss(item(1, title="Лампа")),
        ),
        ("text/xml; charset=windows-1251", rss(item(1, title="Лампа"))),
    ],
)
def test_the_encoding_is_the_documents_and_else_the_servers(content_type, body, network, feed):
    network.answer(PATH, body.encode("windows-1251"), headers={"Content-Type": content_type})
    assert feed.fetch(None).posts[0].text.startswith("Лампа")


@pytest.mark.parametrize("content_type", ["text/xml", "application/rss+xml", "text/plain", "text/html", None])
def test_a_feed_in_utf_8_that_does_not_say_so(content_type, network, feed):
    headers = {"Content-Type": content_type} if content_type else {}
    network.answer(PATH, rss(item(1, title="Lampe på Østerbro")), headers=headers)
    assert feed.fetch(None).posts[0].text.startswith("Lampe på Østerbro")


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"Retry-After": "120"}, 120),
        (503, {"Retry-After": "120"}, 120),
        (503, {"Retry-After": "Mon, 02 Mar 2026 10:00:00 GMT"}, 3_600),
        (429, {"Retry-After": "Mon, 02 Mar 2020 10:00:00 GMT"}, 1),
        (429, {"Retry-After": "999999999"}, 86_400),
        (429, {"Retry-After": "later"}, 600),
        (429, {}, 600),
    ],
)
def test_a_feed_that_asks_for_time_gets_it(status, headers, seconds, network, clock, feed):
    network.answer(PATH, status=status, headers=headers)
    with pytest.raises(Busy, match="forum asks to wait until") as busy:
        feed.fetch(None)
    assert busy.value.until == clock.at + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [(401, "does not let us"), (404, "check its address"), (410, "not there"), (500, "out of order"),
     (503, "out of order"), (204, "status 204"), (418, "status 418")],
)  # fmt: skip
def test_another_status_is_one_sentence(status, sentence, network, feed):
    network.answer(PATH, status=status)
    with pytest.raises(SourceError, match=sentence) as error:
        feed.fetch(None)
    assert not isinstance(error.value, Busy)


def test_redirects_are_followed_but_not_for_ever(network, feed):
    network.answer(PATH, status=301, headers={"Location": "/new.xml"})
    network.answer("/new.xml", rss(item(1)))
    assert len(feed.fetch(None).posts) == 1
    network.forget()
    network.answer(PATH, status=302, headers={"Location": PATH})
    with pytest.raises(SourceError, match="redirected more than 5 times"):
        feed.fetch(None)
    assert len(network.requests) == 6


@pytest.mark.parametrize("elsewhere", ["file:///etc/passwd", "ftp://127.0.0.1/feed", "javascript:alert(1)"])
def test_a_redirect_out_of_the_web_is_refused(elsewhere, network, feed):
    network.answer(PATH, status=302, headers={"Location": elsewhere})
    with pytest.raises(SourceError, match="not the web"):
        feed.fetch(None)


def test_an_address_that_is_not_of_the_web_is_refused(clock, tmp_path):
    file = tmp_path / "feed.xml"
    file.write_text(rss(item(1)))
    for url in (file.as_uri(), str(file), "ftp://127.0.0.1/feed"):
        assert "http://" in (FeedSource("forum", url, 600, clock).check() or "")


def test_a_feed_that_does_not_answer_is_left_soon(network, clock):
    network.answer(PATH, rss(item(1)), delay=5)
    source = FeedSource("forum", network.url + PATH, 600, clock, timeout=(1, 0.2))
    with pytest.raises(SourceError, match="did not answer in time"):
        source.fetch(None)


def test_a_feed_that_stops_halfway_is_left_soon(network, clock):
    network.answer(PATH, rss(item(1)), drip=0.6)
    source = FeedSource("forum", network.url + PATH, 600, clock, timeout=(1, 0.2))
    with pytest.raises(SourceError, match="did not answer in time"):
        source.fetch(None)


def test_a_feed_that_drips_is_left_when_its_time_is_up(network, clock):
    network.answer(PATH, rss(*(item(n) for n in range(50))), drip=0.02)
    source = FeedSource("forum", network.url + PATH, 600, clock, most_seconds=0.5)
    began = time.monotonic()
    with pytest.raises(SourceError, match="did not answer in time"):
        source.fetch(None)
    assert time.monotonic() - began < 3


def test_a_cut_connection_and_nobody_there_are_errors(network, clock, feed):
    network.answer(PATH, cut=True)
    with pytest.raises(SourceError, match="can't be reached"):
        feed.fetch(None)
    with far_network() as gone:
        url = gone.url
    with pytest.raises(SourceError, match="can't be reached"):
        FeedSource("forum", url, 600, clock).fetch(None)


@pytest.mark.parametrize(
    "cursor",
    [
        {},
        {"seen": 5, "at": "noon", "etag": 7},
        {"seen": [None, 1, {}], "at": None, "url": []},
        {"etag": "a\r\nX-Evil: 1", "modified": "ø\u2028"},
    ],
)
def test_a_cursor_of_another_shape_is_no_reason_to_fall_over(cursor, network, feed):
    network.answer(PATH, rss(item(1)))
    cursor = {"url": network.url + PATH} | cursor
    assert len(feed.fetch(cursor).posts) == 1
    assert "x-evil" not in network.requests[0].headers


def test_the_cursor_stays_bounded(network, clock, feed):
    cursor = None
    for generation in range(3):
        network.forget()
        network.answer(PATH, rss(*(item(n) for n in range(generation * 990, generation * 990 + 990))))
        for _ in range(5):
            cursor = feed.fetch(cursor).cursor
    assert len(json.dumps(cursor)) < 100_000


def test_a_change_of_words_is_not_a_new_post(network, feed):
    network.answer(PATH, rss(item(1)))
    network.answer(PATH, rss(item(1, description="It flickers no more")))
    assert feed.fetch(feed.fetch(None).cursor).posts == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"guid": ""}),
        ({}, {"guid": "", "link": ""}),
        ({"guid": ""}, {"guid": "", "link": "https://forum.example/new/1"}),
        ({"guid": ""}, {}),
    ],
)
def test_entries_that_lose_or_change_their_ids_do_not_come_again(before, after, network, clock, feed):
    network.answer(PATH, rss(*(item(n, clock.at, **before) for n in range(5))))
    network.answer(PATH, rss(*(item(n, clock.at, **after) for n in range(5)), item(9, clock.at)))
    first = feed.fetch(None)
    assert len(first.posts) == 5
    assert [post.text for post in feed.fetch(first.cursor).posts] == ["Lamp 9\nIt flickers, the 9. time"]


def test_the_same_words_at_the_same_time_under_a_new_id_are_new_while_the_old_one_stands_there(
    network, clock, feed
):
    again = item(1, clock.at, guid="lamp-1b", link="https://forum.example/1b")
    network.answer(PATH, rss(item(1, clock.at)))
    network.answer(PATH, rss(item(1, clock.at), again))
    assert len(feed.fetch(feed.fetch(None).cursor).posts) == 1


def test_a_short_entry_without_a_date_is_known_by_its_id_alone(network, feed):
    network.answer(PATH, rss(item(1, title="", description="Thanks!")))
    network.answer(PATH, rss(item(2, title="", description="Thanks!")))
    assert len(feed.fetch(feed.fetch(None).cursor).posts) == 1


def test_reddit_says_in_its_own_way_how_long_to_wait(network, clock, feed):
    network.answer(PATH, "", 429, headers={"x-ratelimit-reset": "93.0", "x-ratelimit-remaining": "0.0"})
    with pytest.raises(Busy) as busy:
        feed.fetch(None)
    assert busy.value.until == clock.at + timedelta(seconds=93)


def test_a_name_makes_ids_its_own(network, clock):
    network.answer(PATH, rss(item(1)))
    one, two = (FeedSource(name, network.url + PATH, 600, clock) for name in ("one", "two"))
    assert (one.name, two.name) == ("feed-one", "feed-two")
    assert one.fetch(None).posts[0].external_id != two.fetch(None).posts[0].external_id


def test_the_ids_of_entries_never_change_between_versions_of_this_program(network, feed):
    """They are stored: another way of making them would bring every entry of every feed again."""
    network.answer(PATH, rss(item(1), item(2, guid=""), item(3, guid="", link=""), item(4, guid="g" * 400)))
    words = hashlib.sha256(b"Lamp 3\nIt flickers, the 3. time\n").hexdigest()
    long = hashlib.sha256(b"forum:" + b"g" * 400).hexdigest()
    assert {post.external_id for post in feed.fetch(None).posts} == {
        "forum:lamp-1",
        "forum:https://forum.example/2",
        f"forum:{words}",
        f"forum:{long}",
    }


def test_an_archive_gives_its_newest_entries_wherever_they_stand(network, clock, feed):
    old = [item(n, clock.at - timedelta(days=6, minutes=-n)) for n in range(1_005)]
    network.answer(PATH, rss(*old, item(5_000, clock.at)))
    assert feed.fetch(None).posts[-1].external_id == "forum:lamp-5000"


def test_not_modified_without_having_been_asked_is_an_error(network, feed):
    network.answer(PATH, status=304)
    with pytest.raises(SourceError, match="status 304"):
        feed.fetch(None)
