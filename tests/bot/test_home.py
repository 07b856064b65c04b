"""What a Home shows, how it is drawn, and when it is shown anew."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.away import Away
from bot.blocks.home import home
from bot.home import Homes, next_deadline
from bot.home_watch import HomeWatch
from bot.people import People
from bot.switches import Switches
from bot.training import Training
from models.outbox import Outbox
from tests.databases import copy_migrated
from tests.people import ANA, BO, CARLA, GRY, playbook, post
from tests.slack_limits import assert_view


@pytest.fixture
def book():
    levels = [
        {"level": 1, "name": "questions", "kinds": ["question"], "courses": ["introducing"]},
        {"level": 2, "name": "complaints", "kinds": ["complaint"], "courses": ["tone"]},
    ]
    return playbook(training={"levels": levels, "trained": {ANA: 2, BO: 1}})


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    copy_migrated(tmp_path / "test.db")
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture
def homes(office) -> Homes:
    return Homes(office)


def drawn(homes, member):
    """The blocks of somebody's Home now, and all its words."""
    with homes.office.db.reading() as session:
        blocks = home(homes.view(session, member))
    assert_view({"type": "home", "blocks": blocks})
    return str(blocks)


def due(homes, member):
    """Whether the Home is to be published."""
    with homes.office.db.reading() as session:
        row = session.scalar(select(Outbox).where(Outbox.key == f"home:{member}"))
    return row is not None and row.due_at is not None


def publish(homes, member):
    """As delivery marks it."""
    with homes.office.db.transaction() as session:
        row = session.scalars(select(Outbox).where(Outbox.key == f"home:{member}")).one()
        row.due_at, row.sent_at, row.sent_version = None, homes.office.clock(), row.version


def test_my_cases_stand_in_the_order_of_their_next_deadline(homes, hear, desk, clock):
    hear(post(author="first"), post(author="second"), post(author="third"))
    for number in (1, 2, 3):
        desk.claim(number, by=ANA)
    desk.promise(3, "next_step", clock.now + timedelta(minutes=10), by=ANA)
    words = drawn(homes, ANA)
    assert words.index("Case 3") < words.index("Case 1") < words.index("Case 2")
    assert "promised by 13:10" in words
    clock.pass_(minutes=20)
    assert ":red_circle: promised by 13:10" in drawn(homes, ANA)


def test_the_next_deadline_of_an_answered_case_is_its_solution(hear, desk, replies):
    hear(post())
    desk.claim(1, by=ANA)
    before = desk.view(1).case
    assert next_deadline(before) == before.respond_by
    checked = replies.check(1, "Hi, I'm Ana, customer care at Tindra. Please write to us.", by=ANA)
    replies.posted_by_hand(checked.reply, by=ANA, url=None)
    after = desk.view(1).case
    assert next_deadline(after) == after.resolve_by


def test_only_what_the_level_allows_can_be_claimed(homes, hear, desk):
    hear(post(), post("Where can I buy a Tindra kettle?", author="kim"))
    assert "'2 cases wait" in drawn(homes, ANA)
    words = drawn(homes, BO)
    assert "'1 case waits" in words
    assert "1 more needs a higher level" in words
    assert "for complaints" in words
    newcomer = drawn(homes, "UNEW")
    assert "2 more need a higher level" in newcomer
    assert "'action_id': 'claim" not in newcomer


def test_counts_are_true_beyond_a_hundred_cases(homes, hear):
    hear(*(post(f"My Tindra leaks {n}", author=f"c{n}") for n in range(120)))
    hear(post("Where can I buy a Tindra kettle?", author="kim"))
    assert "'121 cases wait" in drawn(homes, ANA)
    words = drawn(homes, BO)
    assert "'1 case waits" in words
    assert "120 more need a higher level" in words


def test_cases_in_other_languages_than_mine_are_counted_apart(homes, hear, office):
    People(office, lambda member: None).answers_in(ANA, ["da"])
    hear(post(), post("Min Tindra maskine er utæt igen, og jeg er virkelig træt af det", author="lars"))
    words = drawn(homes, ANA)
    assert "'1 case waits" in words
    assert "1 more is in languages that you don't answer in" in words


def test_a_lead_sees_who_is_on_who_is_away_and_what_is_switched(homes, hear, desk, office, clock):
    hear(post(), post(author="kim"))
    desk.claim(1, by=ANA)
    desk.claim(2, by=GRY)
    Away(office).set(BO, clock.now + timedelta(days=2), by=BO)
    Switches(office).crisis_on(by=GRY, why="leaks <!here>")
    words = drawn(homes, GRY)
    assert "<@UANA> 1 · <@UGRY> 1 · <@UCARLA> free · <@UDAG> free" in words
    assert "*Away* <@UBO> until 12 Mar 13:00" in words
    assert "'word_crisis'" in words
    for member in (GRY, ANA):
        assert ":rotating_light: *Crisis mode* for all queues" in drawn(homes, member)
    assert "<!here>" not in drawn(homes, ANA)


def test_a_switch_and_an_absence_show_on_open_homes(homes, hear, office, clock):
    homes.opened(ANA)
    watch = HomeWatch(office)
    watch.look()
    publish(homes, ANA)
    assert watch.look() == 0
    for change in (
        lambda: Switches(office).crisis_on(by=GRY, why="leaks"),
        lambda: Switches(office).crisis_off(by=GRY),
        lambda: Away(office).set(BO, clock.now + timedelta(days=2), by=BO),
        lambda: Away(office).end(BO, by=BO),
    ):
        change()
        watch.look()
        assert due(homes, ANA)
        publish(homes, ANA)


def test_a_full_home_stays_within_a_hundred_blocks(homes, hear, desk, escalations):
    hear(*(post("&" * 500 + f" tindra leaks {n}", author="<" * 150 + str(n)) for n in range(60)))
    for number in range(1, 31):
        desk.claim(number, by=GRY)
    for number in range(31, 46):
        desk.claim(number, by=ANA)
        escalations.escalate(number, by=ANA, why="w" * 900)
    words = drawn(homes, GRY)
    assert "15 more, due later" in words
    assert "Waiting for your yes" in drawn(homes, CARLA)


def test_what_happens_to_a_case_shows_on_the_homes_of_those_it_concerns(homes, hear, desk, escalations):
    hear(post())
    for member in (ANA, BO, CARLA):
        homes.opened(member)
        publish(homes, member)
    desk.claim(1, by=ANA)
    assert [due(homes, m) for m in (ANA, BO, CARLA)] == [True, False, False]
    publish(homes, ANA)
    escalations.escalate(1, by=ANA, why=None)
    assert [due(homes, m) for m in (ANA, BO, CARLA)] == [True, False, True]


def test_a_home_that_was_never_opened_is_not_kept(homes, hear, desk):
    hear(post())
    desk.claim(1, by=ANA)
    homes.refresh(ANA)
    HomeWatch(homes.office).look()
    assert not due(homes, ANA)


def test_open_homes_follow_the_queues_for_the_hours_they_are_in_use(homes, hear, clock):
    homes.opened(BO)
    watch = HomeWatch(homes.office)
    watch.look()
    publish(homes, BO)
    assert watch.look() == 0
    clock.pass_(seconds=1)
    hear(post())
    assert (watch.look(), watch.look()) == (1, 0)
    assert due(homes, BO)
    publish(homes, BO)
    clock.pass_(hours=11)
    hear(post(author="late"))
    assert watch.look() == 0
    homes.opened(BO)
    assert due(homes, BO)


def test_a_course_passed_shows_on_home(homes):
    homes.opened(BO)
    publish(homes, BO)
    Training(homes.office).passed("introducing", by=BO)
    assert due(homes, BO)


def test_opening_home_tries_again_after_slack_refused_it(homes, office):
    homes.opened(ANA)
    with office.db.transaction() as session:
        row = session.scalars(select(Outbox)).one()
        row.parked_at, row.due_at = office.clock(), None
    homes.refresh(ANA)
    assert not due(homes, ANA)
    homes.opened(ANA)
    assert due(homes, ANA)


def test_of_very_many_posts_set_aside_a_lead_sees_that_there_are_more(homes, hear, monkeypatch):
    for module in ("bot.home_lead", "bot.blocks.home"):
        monkeypatch.setattr(f"{module}.MOST_ASIDE", 2)
    ads = [f"Win a free Tindra espresso today, follow and repost {n}" for n in range(3)]
    hear(*(post(ad, author=f"a{n}", mentions_us=False) for n, ad in enumerate(ads)))
    assert "2 posts and more were set aside in the last 7 days" in drawn(homes, GRY)
