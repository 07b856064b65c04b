"""A stop can be overruled only by a lead, for exactly one text, on record."""

import pytest
from sqlalchemy import select

from models.case import Case
from models.errors import NotAllowed
from models.outbox import Outbox
from models.overrule import ASKED, Overrule, mark
from tests.people import ANA, BO, GRY, post

ASKS = "Hi Mia, I'm Ana, customer care at Tindra. What's your order number?"


@pytest.fixture
def number(hear, desk) -> int:
    [mention] = hear(post("@TindraCare my Tindra leaks", mentions_us=True))
    desk.claim(mention.case_id, by=ANA)
    return mention.case_id


@pytest.fixture
def ask(replies, number):
    """Ana asks a lead for this text, against the stops that she has read."""

    def asks(text: str = ASKS) -> None:
        read = replies.check(number, text, by=ANA)
        assert replies.check(number, text, by=ANA, why="it is the shop's own number", known=marks(read)).asked

    return asks


def marks(checked) -> list[int]:
    return [mark(stop) for stop in checked.stops]


def the_word(db) -> Overrule:
    with db.reading() as session:
        return session.scalars(select(Overrule).order_by(Overrule.id.desc())).first()


def events(db, number) -> list[tuple[str, str, str]]:
    with db.reading() as session:
        return [(e.what, e.actor, e.why) for e in session.get_one(Case, number).events]


def test_a_lead_overrules_with_a_reason_and_it_is_on_record(replies, hear, desk, db):
    [mention] = hear(post("@TindraCare my Tindra leaks", mentions_us=True))
    desk.claim(mention.case_id, by=GRY)
    draft = ASKS.replace("Ana", "Gry")
    read = replies.check(mention.case_id, draft, by=GRY)
    assert read.stops
    assert read.lead
    done = replies.check(mention.case_id, draft, by=GRY, why="a test order of ours", known=marks(read))
    assert done.overruled
    assert done.stops == []
    [(what, who, why)] = [e for e in events(db, mention.case_id) if e[0] == "overrule"]
    assert (what, who) == ("overrule", GRY)
    assert "order number" in why
    assert why.endswith("Because: a test order of ours")
    assert replies.post(done.reply, by=GRY).on_its_way


def test_nobody_overrules_what_they_have_not_read(replies, hear, desk):
    [mention] = hear(post())
    desk.claim(mention.case_id, by=GRY)
    assert replies.check(mention.case_id, ASKS, by=GRY, why="trust me", known=[]).stops


def test_an_employee_asks_and_the_leads_get_it_once(replies, number, ask, db):
    ask()
    again = replies.check(number, ASKS, by=ANA)
    assert again.asked
    assert again.stops
    with pytest.raises(NotAllowed, match="has not passed the check"):
        replies.post(again.reply, by=ANA)
    ask()
    with db.reading() as session:
        rows = session.scalars(select(Outbox).where(Outbox.kind == "overrule")).all()
        assert [(row.channel, row.subject) for row in rows] == [("care-leads", the_word(db).id)]
    assert [e[0] for e in events(db, number)].count("ask_overrule") == 1


def test_what_a_lead_allows_may_be_posted_and_only_that(replies, number, ask, db):
    ask()
    replies.overruling.decide(the_word(db).id, True, by=GRY)
    assert ("overrule", GRY) in [e[:2] for e in events(db, number)]
    with db.reading() as session:
        told = session.scalars(select(Outbox).where(Outbox.key.like("notice:overruled:%"))).one()
        assert told.channel == ANA
        assert "lets you post your reply" in told.payload["text"]
    changed = replies.check(number, ASKS + " Thanks!", by=ANA)
    assert changed.stops
    assert not changed.overruled
    allowed = replies.check(number, ASKS, by=ANA)
    assert allowed.stops  # the change has ended the permission


def test_allowed_and_unchanged_it_is_posted(replies, number, ask, db):
    ask()
    replies.overruling.decide(the_word(db).id, True, by=GRY)
    allowed = replies.check(number, ASKS, by=ANA)
    assert allowed.overruled
    assert allowed.stops == []
    assert replies.post(allowed.reply, by=ANA).on_its_way


def test_a_no_is_told_and_the_stop_stays(replies, number, ask, db):
    ask()
    replies.overruling.decide(the_word(db).id, False, by=GRY)
    assert replies.check(number, ASKS, by=ANA).stops
    assert "overrule" not in [e[0] for e in events(db, number)]


def test_only_a_lead_decides_and_once(replies, ask, db):
    ask()
    with pytest.raises(NotAllowed, match="Only a lead"):
        replies.overruling.decide(the_word(db).id, True, by=BO)
    assert the_word(db).state == ASKED
    replies.overruling.decide(the_word(db).id, True, by=GRY)
    with pytest.raises(NotAllowed, match="<@UGRY> has decided this already: allowed"):
        replies.overruling.decide(the_word(db).id, False, by=GRY)
    with pytest.raises(NotAllowed, match="not there any more"):
        replies.overruling.decide(99, True, by=GRY)


def test_there_is_nothing_to_decide_about_a_text_that_was_changed(replies, number, ask, db):
    ask()
    replies.check(number, ASKS + " Thanks!", by=ANA)
    with pytest.raises(NotAllowed, match="has changed the draft meanwhile"):
        replies.overruling.decide(the_word(db).id, True, by=GRY)
