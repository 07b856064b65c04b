"""First responses that are overdue, and promises: told once each, escalated within bounds, kept or broken."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bot.blocks.reply_parts import promise_offer
from bot.blocks.sheet import timeline
from bot.forgetting import QUOTED
from bot.missed import AT_MOST, Missed
from bot.targets import Targets
from models.case import Case
from models.errors import NotAllowed
from models.event import Event
from models.outbox import Outbox
from models.people import BOT
from tests.people import ANA, BO, CARLA, STEPS, playbook, post
from tests.slack_limits import assert_message

OFFICE = {"days": {day: ["09:00", "17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}}
TARGETS = {"first_response": "1h", "resolution": "16h"}
ANSWER = "I'm Ana, customer care at Tindra. A new seal is on its way to you."


def at(text):
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.fixture
def book():
    queue = {
        "name": "everyone", "channel": "mentions", "time_zone": "Europe/Copenhagen", "hours": OFFICE,
        "targets": TARGETS,
    }  # fmt: skip
    steps = [step | ({"tells_them": True} if step["key"] == "recommend" else {}) for step in STEPS]
    return playbook(queues=[queue], checklist=steps)


@pytest.fixture
def missed(office, escalations):
    return Missed(office, escalations)


def notices(db, prefix):
    with db.reading() as session:
        rows = session.scalars(
            select(Outbox).where(Outbox.key.startswith(f"notice:{prefix}")).order_by(Outbox.id)
        )
        return [(row.channel, row.payload["text"]) for row in rows]


def events(db, number, *what):
    with db.reading() as session:
        found = session.scalars(select(Event).where(Event.case_id == number).order_by(Event.id))
        return [(e.what, e.actor) for e in found if e.what in what]


def many(hear, count):
    hear(*(post(author=f"customer{n}", conversation=f"c{n}") for n in range(count)))


def stages(db):
    with db.reading() as session:
        return sorted(session.scalars(select(Case.stage)))


# Missed targets.


def test_what_nobody_has_goes_to_its_specialist_once_and_only_when_it_is_overdue(
    hear, desk, targets, missed, escalations, clock, db
):
    [mention] = hear(post())
    clock.pass_(minutes=59)
    assert (targets.miss_targets(), missed.escalate()) == (0, 0)
    clock.pass_(minutes=1)
    assert (targets.miss_targets(), missed.escalate(), missed.escalate()) == (1, 1, 0)
    view = desk.view(mention.case_id)
    assert (view.case.stage, view.asked) == ("escalated", CARLA)
    assert events(db, mention.case_id, "escalate") == [("escalate", "bot")]
    escalations.send_back(1, by=CARLA, answer="not a leak")
    assert missed.escalate() == 0  # once is enough


def test_whoever_has_it_is_reminded_first_and_loses_it_after_as_long_again(
    hear, desk, targets, missed, clock, db
):
    [mention] = hear(post())
    desk.claim(mention.case_id, by=ANA)
    clock.pass_(hours=1)
    assert (targets.miss_targets(), missed.escalate()) == (1, 0)
    assert [to for to, _ in notices(db, "overdue:")] == ["care-leads", ANA]
    clock.pass_(minutes=59)
    assert missed.escalate() == 0
    clock.pass_(minutes=1)
    assert (missed.escalate(), missed.escalate()) == (1, 0)
    assert desk.view(mention.case_id).case.stage == "escalated"
    assert [to for to, _ in notices(db, "missed:")] == [ANA]


def test_who_takes_an_overdue_case_has_the_whole_time_to_answer(hear, desk, targets, missed, clock):
    hear(post())
    clock.pass_(hours=1)
    targets.miss_targets()
    desk.claim(1, by=ANA)
    clock.pass_(minutes=59)
    assert missed.escalate() == 0


def test_the_clock_takes_no_case_that_was_claimed_in_that_moment(hear, desk, escalations, clock):
    hear(post())
    desk.claim(1, by=ANA)
    with pytest.raises(NotAllowed, match="only just taken"):
        escalations.escalate(1, by=BOT.id, why="late")


def test_an_answered_case_escalates_by_nothing(hear, desk, replies, targets, missed, clock):
    hear(post())
    desk.claim(1, by=ANA)
    replies.posted_by_hand(replies.check(1, ANSWER, by=ANA).reply, by=ANA, url=None)
    clock.pass_(hours=5)
    assert (targets.miss_targets(), missed.escalate()) == (0, 0)


def test_after_a_standstill_leads_get_one_summary_and_specialists_no_flood(hear, targets, missed, clock, db):
    many(hear, 23)
    clock.now = at("2026-03-11T16:00+01:00")
    assert (targets.miss_targets(), targets.miss_targets()) == (23, 0)
    [(to, text)] = notices(db, "overdue:")
    assert to == "care-leads"
    assert "23 cases have no answer in time; nobody has 23 of them" in text
    assert (missed.escalate(), missed.escalate()) == (AT_MOST, 0)
    clock.pass_(minutes=10)
    assert missed.escalate() == AT_MOST
    clock.pass_(minutes=10)
    assert missed.escalate() == 3


def test_an_owner_of_many_overdue_cases_gets_one_message(hear, desk, targets, clock, db):
    many(hear, 3)
    for number in (1, 2, 3):
        desk.claim(number, by=BO)
    clock.pass_(hours=2)
    targets.miss_targets()
    [told] = [text for to, text in notices(db, "overdue:") if to == BO]
    assert "3 of your cases" in told


def test_clocks_that_look_at_once_do_each_thing_once(hear, targets, missed, clock, db):
    many(hear, 8)
    clock.pass_(hours=2)
    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(lambda _: targets.miss_targets(), range(3))) == 8
        list(pool.map(lambda _: missed.escalate(), range(3)))
    assert len(notices(db, "overdue:")) == 1
    assert stages(db) == ["escalated"] * 8
    assert [len(events(db, number, "escalate")) for number in range(1, 9)] == [1] * 8


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_team_may_leave_it_to_its_leads(db, hear, office, missed, clock, targets):
    book = playbook()
    quiet = {"first_response": "1h", "resolution": "1d", "escalate_when_missed": False}
    queues = [q.model_dump() | {"targets": quiet} for q in book.queues]
    hear(post())
    clock.pass_(hours=2)
    targets.miss_targets()
    calm = replace(missed, office=replace(office, playbook=playbook(queues=queues)))
    assert calm.escalate() == 0
    assert missed.escalate() == 1


# Promises.


@pytest.fixture
def promised(hear, desk, clock):
    """Case 1 is Ana's, with a promise for `for_`; the clock begins on Tuesday at 13:00 in Copenhagen."""

    def case(for_):
        hear(post())
        desk.claim(1, by=ANA)
        desk.promise(1, "next_step", at(for_), by=ANA)

    return case


def test_a_promise_is_recalled_before_and_when_it_is_over_once_each(promised, targets, clock, db):
    promised("2026-03-11T12:00+01:00")
    clock.now = at("2026-03-11T10:59+01:00")
    assert targets.remind_promises() == 0
    clock.now = at("2026-03-11T11:00+01:00")
    assert (targets.remind_promises(), targets.remind_promises()) == (1, 0)
    clock.now = at("2026-03-11T12:00+01:00")
    assert (targets.remind_promises(), targets.remind_promises()) == (1, 0)
    before, after = notices(db, "promise:")
    assert (before[0], after[0]) == (ANA, ANA)
    assert "was promised an answer by 12:00" in before[1]
    assert "was promised an answer by now" in after[1]
    assert events(db, 1, "promise_broken") == [("promise_broken", "bot")]


def test_the_timeline_says_by_when_as_people_write_it(promised, targets, clock, desk, db):
    promised("2026-03-11T12:00+01:00")
    assert "promised an answer by 11 Mar 12:00" in timeline(desk.view(1))
    clock.now = at("2026-03-11T12:00+01:00")
    targets.remind_promises()
    assert "promise not kept: 12:00" in timeline(desk.view(1))
    with db.transaction() as session:
        session.scalars(select(Event).where(Event.what == "promise")).one().why = QUOTED
    assert f"promised an answer by · {QUOTED}" in timeline(desk.view(1))


def test_a_promise_for_monday_morning_is_recalled_on_friday(promised, targets, clock):
    promised("2026-03-16T09:00+01:00")
    clock.now = at("2026-03-13T15:59+01:00")
    assert targets.remind_promises() == 0
    clock.now = at("2026-03-13T16:00+01:00")
    assert targets.remind_promises() == 1


def test_a_promise_for_the_next_half_hour_is_not_recalled_at_once(promised, targets, clock):
    promised("2026-03-10T13:30+01:00")
    clock.pass_(minutes=5)
    assert targets.remind_promises() == 0


def test_hours_too_rare_for_a_reminder_stop_no_reminder_of_others(promised, office, hear, desk, clock):
    rare = {"time_zone": "Europe/Copenhagen", "hours": {"days": {"mon": ["09:00", "09:15"]}}}
    soon = {"first_response": "15m", "resolution": "1h"}
    queues = [
        {"name": "rare", "channel": "rare", "languages": ["ja"], "targets": soon, **rare},
        {"name": "everyone", "channel": "mentions", "time_zone": "Europe/Copenhagen", "targets": TARGETS},
    ]
    book = playbook(queues=queues, promises={"remind_before": "15h"})
    targets = Targets(replace(office, playbook=book))
    promised("2026-03-11T12:00+01:00")
    hear(post(text="What does a filter for the Tindra cost?", author="bo", conversation="c2"))
    desk.claim(2, by=ANA)
    desk.promise(2, "next_step", at("2026-03-11T12:00+01:00"), by=ANA)
    with office.db.transaction() as session:
        session.get_one(Case, 1).queue = "rare"
    clock.now = at("2026-03-11T11:00+01:00")
    assert targets.remind_promises() == 1
    clock.now = at("2026-03-11T12:00+01:00")
    assert targets.remind_promises() == 2


@pytest.mark.parametrize("way", ["reply", "tick", "said", "resolve"])
def test_a_promise_is_kept_by_what_tells_the_customer(promised, desk, replies, targets, clock, db, way):
    promised("2026-03-10T16:00+01:00")
    clock.pass_(minutes=30)
    if way == "reply":
        replies.posted_by_hand(replies.check(1, ANSWER, by=ANA).reply, by=ANA, url=None)
    elif way == "tick":
        desk.tick(1, "recommend", by=ANA)
    elif way == "said":
        desk.keep_promise(1, by=ANA)
    else:
        for step in ("helps", "introduced", "wrote_back", "next_step", "solved"):
            desk.tick(1, step, by=ANA)
        desk.resolve(1, by=ANA)
    assert desk.view(1).case.promised_for is None
    clock.now = at("2026-03-10T16:00+01:00")
    assert targets.remind_promises() == 0
    assert events(db, 1, "promise_kept", "promise_broken") == [("promise_kept", ANA)]


def test_the_reply_that_makes_a_promise_does_not_keep_it(promised, desk, replies, clock):
    promised("2026-03-10T16:00+01:00")
    clock.pass_(minutes=3)
    replies.posted_by_hand(replies.check(1, ANSWER, by=ANA).reply, by=ANA, url=None)
    assert desk.view(1).case.promised_for == at("2026-03-10T16:00+01:00")


def test_an_answer_after_the_time_is_too_late_whether_or_not_the_clock_looked(
    promised, desk, replies, clock, db
):
    promised("2026-03-10T16:00+01:00")
    clock.now = at("2026-03-10T16:01+01:00")
    replies.posted_by_hand(replies.check(1, ANSWER, by=ANA).reply, by=ANA, url=None)
    assert events(db, 1, "promise_kept", "promise_broken") == [("promise_broken", "bot")]
    assert desk.view(1).case.promised_for is None


def test_a_later_promise_takes_the_place_of_an_earlier_one(promised, desk, targets, clock, db):
    promised("2026-03-10T14:00+01:00")
    desk.promise(1, None, at("2026-03-10T16:30+01:00"), by=ANA)
    clock.now = at("2026-03-10T14:30+01:00")
    assert targets.remind_promises() == 0
    clock.now = at("2026-03-10T15:30+01:00")
    assert targets.remind_promises() == 1
    assert events(db, 1, "promise", "promise_broken") == [("promise", ANA), ("promise", ANA)]


def test_a_promise_cannot_be_kept_twice_or_by_somebody_else(promised, desk):
    promised("2026-03-10T16:00+01:00")
    with pytest.raises(NotAllowed, match="only they or a lead"):
        desk.keep_promise(1, by=BO)
    desk.keep_promise(1, by=ANA)
    with pytest.raises(NotAllowed, match="Nothing is promised"):
        desk.keep_promise(1, by=ANA)


def test_two_clocks_recall_a_promise_once(promised, targets, clock, db):
    promised("2026-03-11T12:00+01:00")
    clock.now = at("2026-03-11T12:00+01:00")
    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(lambda _: targets.remind_promises(), range(2))) == 1
    assert len(notices(db, "promise:")) == 1


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("I'm Ana, customer care at Tindra. Sorry! I'll get back to you by tomorrow noon.", True),
        ("I'm Ana, customer care at Tindra. A new seal is on its way to you.", False),
    ],
)
def test_a_reply_that_says_we_will_be_back_offers_to_remind(hear, desk, replies, text, offered):
    hear(post())
    desk.claim(1, by=ANA)
    after = replies.posted_by_hand(replies.check(1, text, by=ANA).reply, by=ANA, url=None)
    assert after.promises == offered
    [block] = promise_offer(after.view)
    assert_message({"text": "Offered", "blocks": [block]})


def test_what_is_promised_already_is_not_offered_again(promised, replies):
    promised("2026-03-10T16:00+01:00")
    text = "I'm Ana, customer care at Tindra. Sorry! I'll get back to you by 4 pm."
    after = replies.posted_by_hand(replies.check(1, text, by=ANA).reply, by=ANA, url=None)
    assert not after.promises
