"""What happened while somebody was writing is read before anything is sent."""

import pytest

from bot.notes import Notes
from models.case import Case
from models.errors import NotAllowed
from models.reply import OWN, POSTED, Reply
from tests.people import ANA, BO, GRY, post

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
GOOD = "Hi Mia, I'm Ana, customer care at Tindra. Sorry about the mess! Which cup do you use?"


@pytest.fixture
def number(hear, desk) -> int:
    [mention] = hear(post("@TindraCare my Tindra leaks", mentions_us=True, conversation="c1"))
    desk.claim(mention.case_id, by=ANA)
    return mention.case_id


def test_the_customer_wrote_again_and_the_check_shows_it_first(replies, hear, number):
    opened = replies.start(number, by=ANA)
    hear(post("It is the small cup, and now it smokes", conversation="c1"))
    checked = replies.check(number, GOOD, by=ANA, seen=opened.seen)
    assert [m.text for m in checked.news.posts] == ["It is the small cup, and now it smokes"]
    assert not replies.check(number, GOOD, by=ANA, seen=checked.seen).news


def test_posting_stops_once_for_what_is_new_and_goes_on_when_pressed_again(replies, hear, number, db):
    checked = replies.check(number, GOOD, by=ANA)
    hear(post("Never mind, my brother fixed it", conversation="c1"))
    stopped = replies.post(checked.reply, by=ANA, seen=checked.seen)
    assert not stopped.on_its_way
    assert [m.text for m in stopped.news.posts] == ["Never mind, my brother fixed it"]
    with db.reading() as session:
        assert session.get_one(Reply, checked.reply).state == "ready"
    assert replies.post(checked.reply, by=ANA, seen=stopped.seen).on_its_way


def test_a_colleagues_reply_and_note_stop_it_too(replies, office, number):
    checked = replies.check(number, GOOD, by=ANA)
    theirs = replies.check(number, "Hi, I'm Gry, customer care at Tindra. I am on it!", by=GRY)
    replies.posted_by_hand(theirs.reply, by=GRY, url=None)
    Notes(office).add(number, "Legal has this one", by=BO)
    stopped = replies.post(checked.reply, by=ANA, seen=checked.seen)
    assert [r.by for r in stopped.news.replies] == [GRY]
    assert [e.why for e in stopped.news.events] == ["Legal has this one"]


def test_a_colleagues_reply_on_its_way_is_news_already(replies, number):
    checked = replies.check(number, GOOD, by=ANA)
    theirs = replies.check(number, "Hi, I'm Gry, customer care at Tindra. I am on it!", by=GRY)
    assert replies.post(theirs.reply, by=GRY).on_its_way
    stopped = replies.post(checked.reply, by=ANA, seen=checked.seen)
    assert [(r.by, r.state) for r in stopped.news.replies] == [(GRY, "sending")]
    with pytest.raises(NotAllowed, match="has answered this post already"):
        replies.post(checked.reply, by=ANA, seen=stopped.seen)


def test_ones_own_doings_are_no_news(replies, desk, number):
    checked = replies.check(number, GOOD, by=ANA)
    desk.tick(number, "helps", by=ANA)
    assert replies.post(checked.reply, by=ANA, seen=checked.seen).on_its_way


def test_what_is_posted_by_hand_is_recorded_whatever_happened_and_the_news_is_told(
    replies, hear, desk, number, db
):
    checked = replies.check(number, GOOD, by=ANA)
    hear(post("Anybody there?", conversation="c1"))
    desk.release(number, by=GRY)
    told = replies.posted_by_hand(checked.reply, by=ANA, url=None, account=OWN, seen=checked.seen)
    assert [m.text for m in told.news.posts] == ["Anybody there?"]
    assert [e.what for e in told.news.events] == ["release"]
    with db.reading() as session:
        reply = session.get_one(Reply, checked.reply)
        assert (reply.state, reply.account) == (POSTED, OWN)
        events = session.get_one(Case, number).events
        assert [e.why for e in events if e.what == "reply"] == ["by hand · from their own account"]


def test_a_draft_survives_that_the_case_moved_on(replies, desk, number):
    desk.release(number, by=GRY)
    desk.claim(number, by=BO)
    with pytest.raises(NotAllowed, match=r"<@UBO> has case 1.*Your draft is kept:") as no:
        replies.check(number, GOOD, by=ANA)
    assert no.value.kept == GOOD
    desk.release(number, by=BO)
    desk.claim(number, by=ANA)
    assert replies.start(number, by=ANA).text == GOOD


def test_a_draft_is_kept_as_it_is_typed_and_its_findings_are_told(replies, number):
    typed = replies.glance(number, "Hi Mia, what is your order number?", by=ANA, seen=None)
    assert any("order number" in stop for stop in typed.stops)
    assert replies.start(number, by=ANA).text == "Hi Mia, what is your order number?"


def test_typing_never_changes_the_text_that_a_window_offers_to_post(replies, number, db):
    checked = replies.check(number, GOOD, by=ANA)
    replies.glance(number, GOOD + " And have a good day!", by=ANA, seen=None)
    with db.reading() as session:
        assert session.get_one(Reply, checked.reply).text == GOOD
    replies.posted_by_hand(checked.reply, by=ANA, url=None)
    with db.reading() as session:
        assert session.get_one(Reply, checked.reply).state == POSTED


def test_a_window_submitted_twice_begins_no_second_reply(replies, number, db):
    first = replies.check(number, GOOD, by=ANA)
    assert replies.check(number, GOOD, by=ANA).reply == first.reply
    replies.posted_by_hand(first.reply, by=ANA, url=None)
    with pytest.raises(NotAllowed, match="You have posted this very reply already"):
        replies.check(number, GOOD, by=ANA)
    with db.reading() as session:
        assert [r.state for r in session.query(Reply)] == [POSTED]
    assert replies.start(number, by=ANA).text == ""


def test_what_went_before_with_the_customer_is_counted_and_their_last_reply_from_us_is_there(
    replies, hear, desk, number, clock
):
    assert replies.start(number, by=ANA).before is None
    replies.posted_by_hand(replies.check(number, GOOD, by=ANA).reply, by=ANA, url=None)
    clock.pass_(days=3)
    [again] = hear(post("My Tindra hisses now", conversation="c2"))
    hear(post("Somebody else's Tindra leaks", author="other"))
    desk.claim(again.case_id, by=BO)
    before = replies.start(again.case_id, by=BO).before
    assert (before.cases, before.posts, before.last.id, before.reply) == (1, 1, number, GOOD)
    assert replies.start(again.case_id, by=BO).first_contact  # Bo has not said who he is


def test_what_was_typed_before_the_button_and_comes_after_it_changes_nothing(replies, number):
    opened = replies.start(number, by=ANA)
    checked = replies.check(number, GOOD, by=ANA, seen=opened.seen)
    replies.glance(number, GOOD[:-8], by=ANA, seen=opened.seen, over=opened.ready)
    recorded = replies.posted_by_hand(checked.reply, by=ANA, url=None)
    assert recorded.view.case.first_response_at is not None
    assert replies.start(number, by=ANA).text == ""


def test_what_is_typed_in_a_window_opened_later_is_a_draft_of_its_own(replies, number):
    replies.check(number, GOOD, by=ANA)
    again = replies.start(number, by=ANA)
    assert again.text == GOOD
    replies.glance(number, GOOD + " Bye!", by=ANA, seen=again.seen, over=again.ready)
    assert replies.start(number, by=ANA).text == GOOD + " Bye!"


def test_what_is_typed_after_the_case_moved_on_is_kept_too(replies, desk, number):
    desk.release(number, by=GRY)
    with pytest.raises(NotAllowed, match="Claim it before"):
        replies.glance(number, GOOD, by=ANA, seen=None)
    desk.claim(number, by=ANA)
    assert replies.start(number, by=ANA).text == GOOD
