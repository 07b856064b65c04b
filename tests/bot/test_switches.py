"""Crisis mode and a day's hours: every open case keeps the open time that it had left."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from bot.deadlines import targets_from
from bot.idle import Idle
from bot.pausing import Pauses
from bot.switches import Switches
from models.case import Case
from models.errors import NotAllowed
from models.mention import Mention
from models.outbox import Outbox
from models.switch import Switch
from tests.people import ANA, GRY, playbook, post

OFFICE = {"days": {day: ["09:00", "17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}}
IDLE = {"remind_after": "4h", "release_after": "8h"}
TODAY = date(2026, 3, 10)  # a Tuesday; the tests begin at 13:00 in Copenhagen


def at(text):
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.fixture
def book():
    common = {"time_zone": "Europe/Copenhagen", "hours": OFFICE}
    targets = {"first_response": "8h", "resolution": "16h"}
    nordic = {"name": "nordic", "channel": "mentions-nordic", "languages": ["da"], "targets": targets}
    rest = {"name": "everyone", "channel": "mentions", "targets": targets}
    return playbook(queues=[nordic | common, rest | common], idle=IDLE)


@pytest.fixture
def switches(office):
    return Switches(office)


@pytest.fixture
def english(hear):
    return hear(post())[0].case_id


@pytest.fixture
def danish(hear):
    text = "Min Tindra er utæt igen og der er vand over hele køkkenbordet, det er altså for dårligt"
    return hear(post(text, author="lone"))[0].case_id


def due(desk, number):
    case = desk.view(number).case
    return case.respond_by, case.resolve_by


def told(db):
    with db.reading() as session:
        rows = session.scalars(
            select(Outbox).where(Outbox.key.startswith("notice:switch:")).order_by(Outbox.id)
        )
        return [row.payload["text"] for row in rows]


def test_while_a_crisis_is_on_deadlines_run_round_the_clock(switches, desk, english, clock, db):
    assert due(desk, english) == (at("2026-03-11T13:00+01:00"), at("2026-03-12T13:00+01:00"))
    clock.now = at("2026-03-10T15:00+01:00")  # 6 of 8 and 14 of 16 hours are left
    switches.crisis_on(by=GRY, why="leaks burst")
    assert due(desk, english) == (at("2026-03-10T21:00+01:00"), at("2026-03-11T05:00+01:00"))
    clock.now = at("2026-03-10T20:00+01:00")  # one and nine are left; the office opens at nine
    switches.crisis_off(by=GRY)
    assert due(desk, english) == (at("2026-03-11T10:00+01:00"), at("2026-03-12T10:00+01:00"))
    assert [text.split(" for ")[0] for text in told(db)] == [
        f":rotating_light: <@{GRY}> switched *crisis mode* on",
        f":white_check_mark: <@{GRY}> switched *crisis mode* off",
    ]


def test_a_crisis_with_an_end_counts_only_until_then(switches, desk, english, clock):
    switches.crisis_on(by=GRY, why="leaks", until=at("2026-03-10T19:00+01:00"))
    # Six hours until 19:00, then two and ten in office hours from Wednesday 9:00 on.
    assert due(desk, english) == (at("2026-03-11T11:00+01:00"), at("2026-03-12T11:00+01:00"))
    clock.now = at("2026-03-10T19:00+01:00")
    assert not switches.crisis("everyone")
    assert (switches.end_due(), switches.end_due()) == (1, 0)
    assert due(desk, english) == (at("2026-03-11T11:00+01:00"), at("2026-03-12T11:00+01:00"))


def test_a_case_that_comes_in_a_crisis_is_due_without_office_hours(switches, hear, desk, clock):
    clock.now = at("2026-03-10T22:00+01:00")
    switches.crisis_on(by=GRY, why="leaks")
    [mention] = hear(post())
    assert due(desk, mention.case_id)[0] == at("2026-03-11T06:00+01:00")


def test_a_crisis_in_one_queue_leaves_the_others_alone(switches, desk, english, danish):
    before = due(desk, english)
    switches.crisis_on(by=GRY, why="leaks", queue="nordic")
    assert due(desk, english) == before
    assert due(desk, danish) == (at("2026-03-10T21:00+01:00"), at("2026-03-11T05:00+01:00"))
    assert (switches.crisis("nordic"), switches.crisis("everyone")) == (True, False)


def test_deadlines_that_are_over_and_those_that_stand_still_are_not_moved(
    switches, desk, replies, english, clock
):
    desk.claim(english, by=ANA)
    text = "I'm Ana, customer care at Tindra. Which machine is it?"  # it waits for them
    replies.posted_by_hand(replies.check(english, text, by=ANA).reply, by=ANA, url=None)
    before = due(desk, english)
    clock.now = at("2026-03-11T13:00+01:00")
    switches.crisis_on(by=GRY, why="leaks")
    assert due(desk, english) == before
    clock.now = at("2026-03-11T18:00+01:00")
    case = Pauses(desk.office).go_on(english, by=ANA).case
    assert case.resolve_by == at("2026-03-12T10:00+01:00")  # all 16 hours, round the clock


def test_idle_owners_are_counted_round_the_clock_too(switches, desk, english, clock):
    desk.claim(english, by=ANA)
    switches.crisis_on(by=GRY, why="leaks")
    clock.now = at("2026-03-10T18:00+01:00")
    assert Idle(desk.office).look() == 1


def test_a_day_may_be_closed_or_longer_and_be_taken_back(switches, desk, english, clock):
    was = due(desk, english)
    switches.change_hours(by=GRY, queue="everyone", day=date(2026, 3, 11), hours=[])
    assert due(desk, english) == (at("2026-03-12T13:00+01:00"), at("2026-03-13T13:00+01:00"))
    switches.change_hours(
        by=GRY, queue="everyone", day=date(2026, 3, 11), hours=["09:00-12:00", "13:00-21:00"]
    )
    # Four hours today; then 3 + 8 on Wednesday, and one on Thursday.
    assert due(desk, english) == (at("2026-03-11T14:00+01:00"), at("2026-03-12T10:00+01:00"))
    switches.undo_hours(by=GRY, queue="everyone", day=date(2026, 3, 11))
    assert due(desk, english) == was


def test_hours_of_a_day_that_is_over_still_count_for_what_lay_in_it(switches, desk, english, clock):
    switches.change_hours(by=GRY, queue="everyone", day=TODAY, hours=[])
    desk.claim(english, by=ANA)  # at 13:00, while it is closed
    clock.now = at("2026-03-11T12:59+01:00")
    assert switches.end_due() == 1
    assert Idle(desk.office).look() == 0
    clock.now = at("2026-03-11T13:00+01:00")
    assert Idle(desk.office).look() == 1


def test_only_leads_switch_and_every_refusal_says_why(switches, clock):
    for attempt, sentence in (
        (lambda: switches.crisis_on(by=ANA, why="leaks"), "Only a lead"),
        (lambda: switches.crisis_off(by=ANA), "Only a lead"),
        (lambda: switches.change_hours(by=ANA, queue="nordic", day=TODAY, hours=[]), "Only a lead"),
        (lambda: switches.crisis_on(by=GRY, why=" "), "Say why"),
        (lambda: switches.crisis_on(by=GRY, why="x", until=clock.now), "in the future"),
        (lambda: switches.crisis_off(by=GRY), "not on for all queues"),
        (lambda: switches.change_hours(by=GRY, queue="nordic", day=date(2026, 3, 9), hours=[]), "is over"),
        (lambda: switches.undo_hours(by=GRY, queue="nordic", day=TODAY), "were not changed"),
        (
            lambda: switches.change_hours(by=GRY, queue="nordic", day=TODAY, hours=["25:00-26:00"]),
            "can't be: write a time of day",
        ),
    ):
        with pytest.raises(NotAllowed, match=sentence):
            attempt()
    switches.crisis_on(by=GRY, why="leaks")
    with pytest.raises(NotAllowed, match="on already for all queues, by <@UGRY>"):
        switches.crisis_on(by=GRY, why="again")
    with pytest.raises(NotAllowed, match=r"not on for #mentions-nordic\. It is on for all"):
        switches.crisis_off(by=GRY, queue="nordic")


def test_of_two_leads_who_switch_at_once_one_does_it(switches, db):
    def attempt(why):
        try:
            switches.crisis_on(by=GRY, why=why)
        except NotAllowed:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, ("one", "two", "three", "four"))) == [False, False, False, True]
    with db.reading() as session:
        assert len(session.scalars(select(Switch)).all()) == 1
    assert len(told(db)) == 1


def test_what_is_switched_is_listed_until_it_is_over(switches, clock):
    switches.crisis_on(by=GRY, why="leaks", until=at("2026-03-10T19:00+01:00"))
    switches.change_hours(by=GRY, queue="nordic", day=TODAY, hours=["08:00-20:00"])
    assert [row.kind for row in switches.now()] == ["crisis", "hours"]
    clock.now = at("2026-03-10T19:00+01:00")
    assert [row.kind for row in switches.now()] == ["hours"]
    clock.now = at("2026-03-11T00:00+01:00")
    assert switches.now() == []
    switches.crisis_on(by=GRY, why="again")  # what was over is no hindrance


def test_a_case_that_comes_in_while_a_lead_switches_is_counted_with_one_or_the_other(
    switches, office, db, desk, listener, clock
):
    """The lead waits until those who count with the old hours are done, and then moves what they made."""
    with ThreadPoolExecutor(1) as pool:
        with db.transaction() as session:
            due = targets_from(session, office.playbook.everything, clock.now)
            mention = Mention.from_post(post().storable(), stored_at=clock.now)
            mention.shown, mention.reason, mention.kind, mention.language = True, "test", "complaint", "en"
            mention.brand, mention.queue, mention.topic, mention.severity = "Tindra", "everyone", None, 0
            mention.personal_data = []
            session.add(mention)
            session.add(Case.open(mention, at=clock.now, respond_by=due[0], resolve_by=due[1]))
            session.flush()
            switching = pool.submit(switches.crisis_on, by=GRY, why="leaks")
            with pytest.raises(TimeoutError):
                switching.result(timeout=0.3)
        switching.result(timeout=20)
    assert desk.view(1).case.respond_by == at("2026-03-10T21:00+01:00")


def test_nothing_is_switched_for_more_than_a_year_ahead(switches):
    with pytest.raises(NotAllowed, match="more than a year ahead"):
        switches.crisis_on(by=GRY, why="leaks", until=at("2028-12-05T12:00+01:00"))
    with pytest.raises(NotAllowed, match="more than a year ahead"):
        switches.change_hours(by=GRY, queue="nordic", day=date(2028, 12, 5), hours=[])
