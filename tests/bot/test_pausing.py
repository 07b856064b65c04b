"""While the next word is the customer's, the time to solve a case stands still."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.blocks.home import home
from bot.blocks.lists import case_list
from bot.home import Homes
from bot.pausing import Pauses, asks_something
from models.errors import NotAllowed
from models.event import Event
from models.outbox import Outbox
from tests.people import ANA, BO, GRY, STEPS, playbook, post

OFFICE = {"days": {day: ["09:00", "17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}}
ASKS = "I'm Ana, customer care at Tindra. Sorry about that! Which machine do you have?"
TELLS = "I'm Ana, customer care at Tindra. A new seal is on its way to you."


def at(text):
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.fixture
def book():
    """One queue with office hours in Copenhagen; a case is to be solved within 16 open hours."""
    queue = {
        "name": "everyone", "channel": "mentions", "time_zone": "Europe/Copenhagen", "hours": OFFICE,
        "targets": {"first_response": "1h", "resolution": "16h"},
    }  # fmt: skip
    steps = [step | ({"they_wrote": True} if step["key"] == "wrote_back" else {}) for step in STEPS]
    return playbook(queues=[queue], checklist=steps)


@pytest.fixture
def pauses(office):
    return Pauses(office)


@pytest.fixture
def answered(hear, desk, replies, clock):
    """A case of Ana's that was answered; Tuesday 13:00 in Copenhagen, to be solved by Thursday 13:00."""

    def case(text=TELLS):
        [mention] = hear(post(conversation="c1"))
        desk.claim(mention.case_id, by=ANA)
        replies.posted_by_hand(replies.check(mention.case_id, text, by=ANA).reply, by=ANA, url=None)
        return mention.case_id

    return case


def events(db, number, *what):
    with db.reading() as session:
        found = session.scalars(select(Event).where(Event.case_id == number).order_by(Event.id))
        return [(e.what, e.actor) for e in found if e.what in what]


def test_what_was_left_when_the_wait_began_is_left_when_it_ends(answered, desk, pauses, clock, db):
    number = answered()
    assert desk.view(number).case.resolve_by == at("2026-03-12T13:00+01:00")
    clock.now = at("2026-03-10T15:00+01:00")
    pauses.wait(number, by=ANA)  # with 14 of the 16 hours left
    clock.now = at("2026-03-13T16:00+01:00")  # Friday
    case = pauses.go_on(number, by=ANA).case
    # Friday 16:00 and 14 open hours: one on Friday, eight on Monday, five on Tuesday.
    assert (case.resolve_by, case.paused_at) == (at("2026-03-17T14:00+01:00"), None)
    assert events(db, number, "wait", "go_on") == [("wait", ANA), ("go_on", ANA)]


def test_a_wait_over_a_night_and_a_weekend_moves_nothing(answered, pauses, clock):
    number = answered()
    clock.now = at("2026-03-13T17:00+01:00")  # it is overdue already
    pauses.wait(number, by=ANA)
    clock.now = at("2026-03-16T09:00+01:00")
    assert pauses.go_on(number, by=ANA).case.resolve_by == at("2026-03-12T13:00+01:00")


@pytest.mark.parametrize(
    ("text", "waits"),
    [
        (ASKS, True),
        (
            "I'm Ana, customer care at Tindra. Please send us a DM and we will look it up.",
            True,
        ),
        (TELLS, False),
    ],
)
def test_a_reply_that_asks_or_invites_waits_for_the_customer(answered, desk, db, text, waits):
    number = answered(text)
    assert (desk.view(number).case.paused_at is not None) == waits
    assert events(db, number, "wait") == [("wait", ANA)] * waits


def test_it_goes_on_when_the_customer_writes_but_not_when_somebody_else_does(answered, desk, hear, clock, db):
    number = answered(ASKS)
    clock.now = at("2026-03-11T12:00+01:00")
    hear(post("Mine leaks too, my Tindra is a mess", author="somebody", conversation="c1"))
    assert desk.view(number).case.paused_at is not None
    clock.now = at("2026-03-12T13:00+01:00")
    hear(post("It is the Tindra One", conversation="c1"))
    case = desk.view(number).case
    assert (case.paused_at, case.resolve_by) == (None, at("2026-03-16T13:00+01:00"))
    assert (case.touched_at, events(db, number, "go_on")) == (clock.now, [("go_on", "bot")])


def test_it_goes_on_when_the_owner_ticks_that_they_wrote_back(answered, desk, db):
    number = answered(ASKS)
    desk.tick(number, "wrote_back", by=ANA)
    assert desk.view(number).case.paused_at is None
    assert events(db, number, "go_on") == [("go_on", ANA)]


def test_a_case_that_its_owner_lets_go_waits_for_nobody(answered, desk, clock):
    number = answered(ASKS)
    clock.pass_(hours=2)
    case = desk.release(number, by=ANA).case
    assert (case.paused_at, case.resolve_left) == (None, None)
    assert case.resolve_by == at("2026-03-12T15:00+01:00")


def test_who_may_wait_and_when(hear, desk, pauses, answered):
    number = answered()
    with pytest.raises(NotAllowed, match="only they or a lead"):
        pauses.wait(number, by=BO)
    with pytest.raises(NotAllowed, match="doesn't wait"):
        pauses.go_on(number, by=ANA)
    pauses.wait(number, by=GRY)
    with pytest.raises(NotAllowed, match="waits for the customer already"):
        pauses.wait(number, by=ANA)
    [mention] = hear(post(author="other"))
    desk.claim(mention.case_id, by=ANA)
    with pytest.raises(NotAllowed, match="had no answer yet"):
        pauses.wait(mention.case_id, by=ANA)


def test_the_owner_is_reminded_once_in_open_hours_when_they_write_no_more(answered, pauses, clock, db):
    number = answered(ASKS)
    clock.now = at("2026-03-13T12:59+01:00")
    assert pauses.remind() == 0
    clock.now = at("2026-03-14T12:00+01:00")  # three days are over, but it is Saturday
    assert pauses.remind() == 0
    clock.now = at("2026-03-16T09:00+01:00")
    assert (pauses.remind(), pauses.remind()) == (1, 0)
    with db.reading() as session:
        told = session.scalars(select(Outbox).where(Outbox.key.startswith("notice:paused:"))).all()
    assert [row.channel for row in told] == [ANA]
    assert f"customer of case {number} has not written back since 10 Mar" in told[0].payload["text"]


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Which one is it?", True),
        ("どの機種ですか？", True),
        ("Look here: https://tindra.example/help?topic=leaks", False),
        ("A new one is on its way.", False),
    ],
)
def test_a_question_is_a_question_mark_outside_of_links(text, asks):
    assert asks_something(text) == asks


def test_two_waits_are_each_counted(answered, pauses, clock):
    number = answered()
    start = clock.now
    for _ in range(2):
        pauses.wait(number, by=ANA)
        clock.pass_(minutes=30)
        case = pauses.go_on(number, by=ANA).case
    assert case.resolve_by == at("2026-03-12T13:00+01:00") + timedelta(hours=1)
    assert clock.now == start + timedelta(hours=1)


def test_lists_and_home_say_who_is_waited_for(answered, desk, pauses, office, db):
    number = answered(ASKS)
    with db.reading() as session:
        shown = home(Homes(office).view(session, ANA))
    assert "waiting for the customer since 13:00" in str(shown)
    assert "waiting for the customer since 13:00" in str(case_list(desk.mine(ANA))[1])
    pauses.go_on(number, by=ANA)
    assert "waiting for the customer" not in str(case_list(desk.mine(ANA))[1])
