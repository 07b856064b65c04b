"""The same post through two sources is one mention; two posts with one address are two."""

import pytest
from sqlalchemy import func, select

from bot.sources import Batch
from bot.withdrawing import Withdrawing
from models.case import Case
from models.mention import Mention
from models.post import NO_NAME
from tests.people import ANA, post

WORDS = "My Tindra leaks all over the kitchen counter, and nobody at the shop wants to hear of it"
ON_X = "https://twitter.com/mia_j/status/7100000001?s=20"
BLOG = "https://blog.example/2026/tindra"


@pytest.fixture
def from_(listener):
    """Hands posts over as the source of that name; how many were stored, how many known."""

    def take(name, *posts):
        taken = listener.take(name, Batch(list(posts)))
        return taken.stored, taken.repeated

    return take


def mentions(db):
    with db.reading() as session:
        return list(session.scalars(select(Mention).order_by(Mention.id)))


def entry(text=WORDS, **fields):
    """A post as a feed has it."""
    return post(text, **({"source": "rss", "author": "mia_j", "author_name": None, "url": BLOG} | fields))


def on_x(text=WORDS, **fields):
    return post(text, **({"external_id": "7100000001", "url": None, "conversation": "71"} | fields))


def test_a_post_on_x_that_a_feed_brings_later_is_known(from_, db):
    assert from_("x-search", on_x()) == (1, 0)
    assert from_("feed-news", entry(f"mia_j: {WORDS[:60]}…", url=ON_X, author=NO_NAME)) == (0, 1)
    assert len(mentions(db)) == 1


def test_a_post_that_a_feed_brought_first_becomes_the_one_on_x_and_so_does_its_case(from_, db, replies, desk):
    from_("feed-news", entry(WORDS[:70], url=ON_X, author="Mia on X"))
    assert from_("x-mentions", on_x(mentions_us=True, author_id="42")) == (0, 1)
    [mention] = mentions(db)
    assert (mention.source, mention.external_id, mention.text) == ("x", "7100000001", WORDS)
    assert (mention.mentions_us, mention.author, mention.author_id) == (True, "mia_j", "42")
    with db.reading() as session:
        case = session.scalars(select(Case)).one()
    assert (case.source, case.author, case.conversation) == ("x", "mia_j", "71")
    assert from_("x-search", on_x(f"{WORDS} still", external_id="7100000002")) == (1, 0)
    assert {m.case_id for m in mentions(db)} == {case.id}


def test_personal_data_is_found_in_the_words_that_x_gives(from_, db):
    from_("feed-news", entry(WORDS, url=ON_X))
    from_("x-search", on_x(f"{WORDS}, call me on +45 20 12 34 56"))
    assert mentions(db)[0].personal_data == ["+45 20 12 34 56"]


def test_an_entry_in_two_feeds_is_one_mention(from_, db):
    from_("feed-blog", entry(external_id="blog:1"))
    again = entry(external_id="planet:9", url=f"{BLOG}/?utm_source=planet#more", mentions_us=True)
    assert from_("feed-planet", again) == (0, 1)
    assert [m.mentions_us for m in mentions(db)] == [True]


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("Mine leaks too, ever since the last update. What is Tindra doing about it?", {"author": "bo_k"}),
        ("Mine leaks too, ever since the last update. What is Tindra doing about it?", {}),
        (WORDS, {"author": "bo_k"}),
        (WORDS, {"url": f"{BLOG}?page=2"}),
        (WORDS, {"url": None}),
    ],
)
def test_two_comments_of_one_thread_in_two_feeds_are_two_mentions(text, fields, from_):
    from_("feed-thread", entry(external_id="a:1"))
    assert from_("feed-forum", entry(text, external_id="b:1", **fields)) == (1, 0)


def test_comments_of_one_feed_with_one_link_are_never_one(from_):
    several = [entry("Same here, my Tindra leaks", external_id=f"a:{n}", author=NO_NAME) for n in range(3)]
    assert from_("feed-thread", *several) == (3, 0)


def test_comments_without_a_name_are_one_only_when_they_are_of_one_moment(from_, clock):
    from_("feed-thread", entry("Same here, my Tindra leaks", external_id="a:1", author=NO_NAME))
    clock.pass_(hours=2)
    later = entry(
        "Same here, my Tindra leaks", external_id="b:1", author=NO_NAME, created_at=clock.now
    )  # fmt: skip
    same = entry("Same here, my Tindra leaks", external_id="b:2", author=NO_NAME)
    assert from_("feed-forum", later, same) == (1, 1)


def test_what_somebody_writes_about_a_post_on_x_does_not_take_its_place(from_, db):
    from_("web", entry("Look how Tindra treats its customers, what a shame, I sold mine last week", url=ON_X))
    assert from_("x-search", on_x()) == (1, 0)
    assert {m.source for m in mentions(db)} == {"rss", "x"}


def test_a_post_that_was_deleted_does_not_come_back_through_a_feed(from_, office, db):
    from_("x-search", on_x())
    Withdrawing(office).withdraw("x", "7100000001")
    assert from_("feed-news", entry(url=ON_X)) == (0, 1)
    assert [m.text for m in mentions(db)] == [""]


def test_what_an_employee_logs_with_its_link_is_the_mention_that_is_there(from_, listener, db):
    from_("x-search", on_x())
    told = post(WORDS, source="other", author=NO_NAME, author_name=None, url=ON_X)
    logged = listener.log(told, kind="complaint", language="en", queue="everyone", by=ANA)
    assert (logged.known, logged.case) == (True, mentions(db)[0].case_id)


def test_what_an_employee_logged_first_is_known_when_a_source_brings_it(from_, listener, db):
    told = post(WORDS, source="other", author=NO_NAME, author_name=None, url=ON_X)
    logged = listener.log(told, kind="complaint", language="en", queue="everyone", by=ANA)
    assert from_("x-search", on_x()) == (0, 1)
    assert [(m.source, m.case_id) for m in mentions(db)] == [("x", logged.case)]


def test_a_thread_with_thousands_of_posts_loses_none(from_, db):
    thread = [entry(f"Post {n}: my Tindra leaks in its own way", external_id=f"a:{n}") for n in range(300)]
    from_("feed-thread", *thread)
    more = [
        entry(f"Another {n} words about a kettle that hums", external_id=f"b:{n}", author=f"bo{n}")
        for n in range(300)
    ]
    assert from_("feed-forum", *more) == (300, 0)
    with db.reading() as session:
        assert session.scalar(select(func.count(Mention.id))) == 600
