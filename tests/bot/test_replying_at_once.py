"""The same press of a button, many times in the same moment: it counts once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from models.errors import NotAllowed
from models.outbox import Outbox
from models.overrule import Overrule, mark
from models.reply import Reply
from tests.people import ANA, post

GOOD = "Hi Mia, I'm Ana, customer care at Tindra. Sorry about the mess! Which cup do you use?"
ASKS = "Hi Mia, I'm Ana, customer care at Tindra. What's your order number?"
TIMES = 6


@pytest.fixture
def number(hear, desk) -> int:
    [mention] = hear(post("@TindraCare my Tindra leaks", mentions_us=True))
    desk.claim(mention.case_id, by=ANA)
    return mention.case_id


def at_once(do) -> list[object]:
    """What each of several threads got: the thing, or the sentence with which it was refused."""

    def one(_: int) -> object:
        try:
            return do()
        except NotAllowed as no:
            return str(no)

    with ThreadPoolExecutor(TIMES) as pool:
        return list(pool.map(one, range(TIMES)))


def test_checked_and_typed_many_times_at_once_it_is_one_draft(replies, number, db):
    replies.start(number, by=ANA)
    at_once(lambda: (replies.check(number, GOOD, by=ANA), replies.glance(number, GOOD, by=ANA, seen=None)))
    with db.reading() as session:
        assert [(r.text, r.state) for r in session.scalars(select(Reply))] == [(GOOD, "ready")]


def test_posted_many_times_at_once_it_leaves_once(replies, number, db):
    ready = replies.check(number, GOOD, by=ANA)
    got = at_once(lambda: replies.post(ready.reply, by=ANA).on_its_way)
    assert got.count(True) == 1
    assert got.count("This reply is on its way to X already.") == TIMES - 1
    with db.reading() as session:
        assert len(session.scalars(select(Outbox).where(Outbox.kind == "x_reply")).all()) == 1


def test_a_lead_is_asked_once_however_often_it_is_pressed(replies, number, db):
    known = [mark(stop) for stop in replies.check(number, ASKS, by=ANA).stops]
    at_once(lambda: replies.check(number, ASKS, by=ANA, why="a test order", known=known))
    with db.reading() as session:
        assert len(session.scalars(select(Overrule)).all()) == 1


def test_i_posted_it_many_times_at_once_counts_once(replies, desk, number):
    ready = replies.check(number, GOOD, by=ANA)
    at_once(lambda: replies.posted_by_hand(ready.reply, by=ANA, url=None))
    assert [e.what for e in desk.view(number).events].count("reply") == 1
