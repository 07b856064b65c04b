"""What Facebook's webhook says, as posts; and what recorded answers of the Graph API become."""

import json
from datetime import UTC, datetime

import pytest

from bot.sources.facebook_changes import changes_in
from bot.sources.facebook_items import comment_from, post_from
from models.post import NO_NAME
from tests.people import NOON
from tests.recorded import recorded
from tests.sources.facebook_shapes import MIA, PAGE, POST, US, change, comment, delivery, wall_post


def read(*values):
    return changes_in(delivery(*values), PAGE, NOON)


def test_a_comment_is_a_post_with_its_author_link_and_conversation():
    [post] = read(change()).posts
    assert (post.source, post.external_id, post.author, post.author_id) == (
        "facebook",
        "5001_9001",
        "Mia Jensen",
        "77001",
    )
    assert post.created_at.isoformat() == "2026-03-10T11:50:00+00:00"
    assert post.url == f"https://www.facebook.com/{PAGE}/posts/5001/?comment_id=9001"
    assert post.conversation == "5001_9001"
    assert post.mentions_us


def test_a_reply_belongs_to_the_comment_above_it_and_another_comment_does_not():
    first, reply, other = read(
        change(), change(number=9002, parent_id="5001_9001"), change(number=9003)
    ).posts
    assert first.conversation == reply.conversation == "5001_9001"
    assert other.conversation == "5001_9003"
    assert reply.url.endswith("?comment_id=9001&reply_comment_id=9002")


def test_the_webhook_and_the_api_name_a_comment_alike():
    [told] = read(change(number=9001)).posts
    asked = comment_from(comment(9001), PAGE, NOON)
    assert asked is not None
    assert (told.external_id, told.conversation, told.url) == (
        asked.external_id,
        asked.conversation,
        asked.url,
    )


@pytest.mark.parametrize("item", ["post", "status", "photo", "video", "share"])
def test_a_visitors_post_is_a_mention_and_ours_is_not(item):
    ours = change(item, number=5003, by=US)
    found = read(change(item, number=5002), ours)
    assert [post.external_id for post in found.posts] == [f"{PAGE}_5002"]
    assert found.posts[0].url == f"https://www.facebook.com/{PAGE}/posts/5002"


def test_our_own_comments_and_what_is_nothing_to_answer_are_passed_over():
    found = read(
        change(by=US),
        change("reaction"),
        change("like"),
        change("comment", "hide"),
        change("comment", "block"),
    )
    assert (found.posts, found.removed, found.notes) == ([], [], [])


def test_what_was_edited_and_removed_is_told_apart():
    found = read(change(verb="edited", message="It leaks no more"), change(verb="remove", number=9002))
    [post] = found.posts
    assert (post.text, post.edited_at) == ("It leaks no more", datetime.fromtimestamp(1773143401, UTC))
    assert found.removed == ["5001_9002"]


@pytest.mark.parametrize("time", [1773143401, 1773143401263])
def test_the_time_of_an_edit_comes_in_seconds_or_in_thousandths(time):
    document = delivery(change(verb="edited"))
    document["entry"][0]["time"] = time
    [post] = changes_in(document, PAGE, NOON).posts
    assert post.edited_at == datetime.fromtimestamp(1773143401, UTC)


@pytest.mark.parametrize("time", [None, "soon", 10**40, -1, True])
def test_a_time_of_an_edit_that_cannot_be_is_now(time):
    document = delivery(change(verb="edited"))
    document["entry"][0]["time"] = time
    assert changes_in(document, PAGE, NOON).posts[0].edited_at == NOON


def test_somebody_whose_name_is_not_told_has_none():
    given = change()
    del given["from"]
    [post] = read(given).posts
    assert (post.author, post.author_id) == (NO_NAME, None)
    post_of_somebody = change("post", number=5002)
    del post_of_somebody["from"]
    assert read(post_of_somebody).posts == []  # it may be ours


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"photo": "https://scontent.example/1.jpg"}, "[photo]"),
        ({"video": "https://scontent.example/1.mp4"}, "[video]"),
        ({}, "[no words]"),
        ({"message": " \n"}, "[no words]"),
        ({"message": 7}, "[no words]"),
    ],
)
def test_a_comment_without_words_says_what_it_is(more, text):
    given = {key: value for key, value in change().items() if key != "message"}
    [post] = read(given | more).posts
    assert post.text == text


@pytest.mark.parametrize(
    "hostile",
    [
        {"comment_id": "../../me"},
        {"comment_id": 7},
        {"comment_id": None},
        {"comment_id": "1" * 60},
        {"comment_id": "٣_٤"},
        {"item": ["comment"], "comment_id": None},
    ],
)
def test_a_change_that_cannot_be_read_leaves_the_others(hostile):
    found = read(change(**hostile), change(number=9005))
    assert [post.external_id for post in found.posts] == ["5001_9005"]


@pytest.mark.parametrize("at", [10**30, -(10**30), "soon", None, True, 0, 4102444800, {"a": 1}])
def test_a_time_that_cannot_be_is_now(at):
    [post] = read(change(created_time=at)).posts
    assert post.created_at == NOON


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        7,
        {"object": "user", "entry": []},
        {"object": "page"},
        {"object": "page", "entry": {"id": PAGE}},
        {
            "object": "page",
            "entry": [None, 7, {"id": PAGE}, {"id": PAGE, "changes": [None, {"field": "feed"}]}],
        },
        {"object": "page", "entry": [{"id": PAGE, "changes": [{"field": "messages", "value": change()}]}]},
    ],
)
def test_a_delivery_about_something_else_is_nothing(document):
    found = changes_in(document, PAGE, NOON)
    assert (found.posts, found.removed) == ([], [])


def test_another_page_is_noted():
    found = changes_in(delivery(change(), page="999"), PAGE, NOON)
    assert found.posts == []
    assert "another page" in found.notes[0]


def test_recorded_comments_are_read():
    rows = json.loads(recorded("facebook", "apidata__comments__comments_info.json").read_text("utf-8"))
    posts = [comment_from(row, PAGE, NOON) for row in rows.values()]
    assert [post.external_id for post in posts if post] == list(rows)
    assert {post.author for post in posts if post} == {NO_NAME}
    named = json.loads(recorded("facebook", "models__comment.json").read_text("utf-8"))
    post = comment_from(named, PAGE, NOON)
    assert post is not None
    assert (post.author, post.text, post.metrics) == ("Kun Liu", "My Nice Car ", {"likes": 0, "replies": 0})
    assert comment_from(named, named["from"]["id"], NOON) is None


def test_a_post_in_the_feed_is_a_mention_when_a_visitor_wrote_it():
    visitor = wall_post(5002, by=MIA)
    post = post_from(visitor, PAGE, NOON)
    assert post is not None
    assert post.conversation == post.external_id == f"{PAGE}_5002"
    assert post_from(wall_post(), PAGE, NOON) is None
    assert wall_post()["id"] == POST
