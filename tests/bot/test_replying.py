"""From draft to record: what stops it, where it goes, and that it counts once."""

from urllib.parse import parse_qs, urlsplit

import pytest

from models.case import Case
from models.errors import NotAllowed
from tests.people import ANA, BO, GRY, post

GOOD = "Hi Mia, I'm Ana, customer care at Tindra. Sorry about the mess! Please send us a private message."
BAD = "Hi Mia, what's your order number?"


@pytest.fixture
def number(hear, desk) -> int:
    [mention] = hear(post(external_id="7000000001"))
    desk.claim(mention.case_id, by=ANA)
    return mention.case_id


def test_a_draft_that_asks_in_public_is_stopped_and_kept(replies, number):
    checked = replies.check(number, BAD, by=ANA)
    assert len(checked.stops) == 2  # asks for the order number, says nobody's name
    assert replies.start(number, by=ANA).text == BAD
    with pytest.raises(NotAllowed, match="has not passed the check"):
        replies.posted_by_hand(checked.reply, by=ANA, url=None)


def test_a_good_draft_gets_the_link_that_posts_it(replies, number):
    checked = replies.check(number, GOOD, by=ANA)
    assert checked.stops == []
    link = urlsplit(checked.links.post)
    assert (link.netloc, link.path) == ("x.com", "/intent/post")
    assert parse_qs(link.query) == {"in_reply_to": ["7000000001"], "text": [GOOD]}
    private = urlsplit(checked.links.private)
    assert private.path == "/messages/compose"
    assert parse_qs(private.query)["recipient_id"] == ["42"]


def test_only_who_has_the_case_replies(replies, number):
    with pytest.raises(NotAllowed, match="only they or a lead"):
        replies.check(number, GOOD, by=BO)
    assert replies.check(number, GOOD, by=GRY).stops == []


def test_a_case_must_be_claimed_first(replies, hear):
    [mention] = hear(post(author="other"))
    with pytest.raises(NotAllowed, match="Claim it before"):
        replies.start(mention.case_id, by=ANA)


def test_posting_by_hand_counts_once_as_first_response(replies, number, db, clock):
    checked = replies.check(number, GOOD, by=ANA)
    replies.posted_by_hand(checked.reply, by=ANA, url="https://x.com/TindraCare/status/1")
    first = clock.now
    clock.pass_(minutes=5)
    replies.posted_by_hand(checked.reply, by=ANA, url="https://x.com/TindraCare/status/1")
    with db.reading() as session:
        case = session.get_one(Case, number)
        assert case.first_response_at == first
        assert [e.what for e in case.events].count("reply") == 1
        assert case.private  # the reply invited to a private message


def test_a_second_reply_of_the_same_person_needs_no_introduction(replies, number):
    checked = replies.check(number, GOOD, by=ANA)
    replies.posted_by_hand(checked.reply, by=ANA, url=None)
    assert replies.check(number, "Thank you, I have all I need now.", by=ANA).stops == []


@pytest.mark.parametrize("url", ["javascript:alert(1)", "x.com/1", "ftp://x.com/1"])
def test_the_link_of_a_post_must_be_a_web_address(replies, number, url):
    checked = replies.check(number, GOOD, by=ANA)
    with pytest.raises(NotAllowed, match="https://"):
        replies.posted_by_hand(checked.reply, by=ANA, url=url)


def test_x_is_used_only_where_it_takes_replies(replies, number):
    checked = replies.check(number, GOOD, by=ANA)
    assert checked.way == "link"
    with pytest.raises(NotAllowed, match="by hand"):
        replies.post(checked.reply, by=ANA)


def test_a_reply_through_x_is_put_on_its_way_once(replies, hear, desk):
    [mention] = hear(post("@TindraCare my Tindra leaks", mentions_us=True, author="other"))
    desk.claim(mention.case_id, by=ANA)
    checked = replies.check(mention.case_id, GOOD, by=ANA)
    assert checked.way == "api"
    replies.post(checked.reply, by=ANA)
    with pytest.raises(NotAllowed, match="on its way"):
        replies.post(checked.reply, by=ANA)


def test_an_empty_draft_is_a_sentence(replies, number):
    with pytest.raises(NotAllowed, match="empty"):
        replies.check(number, "  \n ", by=ANA)


def test_a_reply_that_is_not_there_is_a_sentence(replies):
    with pytest.raises(NotAllowed, match="not there any more"):
        replies.post(99, by=ANA)


def test_a_reply_leaves_only_while_the_case_is_its_writers_and_once_per_post(replies, hear, desk, hand_over):
    [mention] = hear(post("@TindraCare my Tindra leaks", mentions_us=True, author="other"))
    number = mention.case_id
    desk.claim(number, by=ANA)
    checked = replies.check(number, GOOD, by=ANA)
    hand_over(number, by=ANA, to=BO)
    with pytest.raises(NotAllowed, match="only they or a lead"):
        replies.post(checked.reply, by=ANA)
    theirs = replies.check(number, GOOD.replace("Ana", "Bo"), by=BO)
    replies.post(theirs.reply, by=BO)
    hand_over(number, by=BO, to=ANA)
    with pytest.raises(NotAllowed, match="has answered this post already"):
        replies.post(checked.reply, by=ANA)


def test_a_text_changed_in_another_window_is_not_sent_unseen(replies, hear, desk):
    [mention] = hear(post("@TindraCare my Tindra leaks", mentions_us=True, author="other"))
    desk.claim(mention.case_id, by=ANA)
    first = replies.check(mention.case_id, GOOD, by=ANA)
    replies.check(mention.case_id, GOOD + " Have a good day!", by=ANA)
    with pytest.raises(NotAllowed, match="another window"):
        replies.post(first.reply, by=ANA)
