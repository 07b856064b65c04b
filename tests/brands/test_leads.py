"""What leads of a brand see and switch: that brand's, and nothing of another."""

import pytest

from bot.blocks.digest import digest
from bot.blocks.home import home
from bot.blocks.training import level_words
from bot.home import Homes
from bot.lessons.listing import Lessons
from bot.lost_channels import tell_of_lost_channel
from bot.people import People
from bot.surges.crisis import Crises, Plan
from bot.surges.telling import begun
from bot.switches import Switches
from bot.training import Training
from bot.workspace import Member
from models.errors import NotAllowed
from models.surge import Surge
from models.switch import ALL
from tests.brands.conftest import COFFEE, OWN, TEA, kinds_in, told
from tests.people import ANA, BO, CARLA, EVA, GRY
from tests.slack_limits import assert_message, assert_view


@pytest.fixture
def surges(office, clock) -> dict[str, int]:
    """A surge about leaks of each brand, by brand."""

    def work(session):
        found = {}
        for brand in (TEA, COFFEE):
            surge = Surge.begin(brand, "leak", people=30, usual=1.0, began_at=clock.now, at=clock.now)
            session.add(surge)
            session.flush()
            begun(office, session, surge, clock.now)
            found[brand] = surge.id
        return found

    return office.transact(work)


def test_a_digest_counts_the_brand_s_cases_and_goes_to_its_lead(digests, tea, coffee, clock, surges, db):
    clock.pass_(hours=21)
    assert digests.make_due() == 2
    assert "digest" in kinds_in(db, EVA)
    hers, all_ = (digests.of_date(digests.lead_called(who), clock.now.date()) for who in ("Eva", "Gry"))
    assert [one.id for one in hers.unanswered] == [tea]
    assert (hers.opened, hers.mentions, [one.surge.brand for one in hers.surges]) == (1, 1, [TEA])
    assert {one.id for one in all_.unanswered} == {tea, coffee}
    assert (all_.opened, all_.mentions, len(all_.surges)) == (2, 2, 2)
    text, blocks = digest(hers, digests.office.playbook, "digest")
    assert_message({"text": text, "blocks": blocks})
    assert f"{TEA} · `/case 12`" in str(blocks)


def test_home_shows_the_brand_s_queues_surges_and_people(office, tea, coffee, surges, clock):
    homes = Homes(office)
    with office.db.reading() as session:
        views = {who: homes.view(session, who) for who in (EVA, GRY, ANA)}
    hers, all_ = views[EVA].lead, views[GRY].lead
    assert hers is not None
    assert all_ is not None
    assert [(one.channel, one.waiting) for one in hers.queues] == [
        ("mentions-tea", 1),
        ("mentions-nordic", 0),
        ("mentions", 0),
    ]
    assert [one.brand for one in hers.surges] == [TEA]
    assert [member for member, _ in hers.on] == [BO]
    assert sum(one.waiting for one in all_.queues) == 2
    assert {member for member, _ in all_.on} >= {BO, CARLA}
    assert views[ANA].lead is None
    assert_view({"type": "home", "blocks": home(views[EVA])})


def test_the_queue_s_list_begins_with_what_is_theirs(desk, tea, coffee):
    assert [view.case.id for view in desk.waiting(None, by=EVA)[0]] == [tea]
    assert desk.waiting("everyone", by=EVA)[1] == 1
    assert desk.waiting(None, by=GRY)[1] == desk.waiting(None, by=ANA)[1] == 2


def test_hours_and_crisis_are_switched_in_queues_that_take_only_their_brand(office, clock, db):
    switches = Switches(office)
    for queue, named in (("everyone", "#mentions"), (ALL, "all queues")):
        with pytest.raises(NotAllowed, match=f"Cases of other brands are in {named} too"):
            switches.crisis_on(by=EVA, why="a recall", queue=queue)
    with pytest.raises(NotAllowed, match="Only a lead can switch this"):
        switches.crisis_on(by=ANA, why="a recall", queue="tea")
    switches.crisis_on(by=EVA, why="a recall", queue="tea")
    switches.change_hours(by=EVA, queue="tea", day=clock.now.date(), hours=[])
    assert len(told(db, "tea-leads")) == 2
    assert told(db, "care-leads") == []
    assert switches.crisis_off(by=GRY, queue="tea").ended_by == GRY


def test_alarms_go_to_the_brand_s_leads_who_open_the_crisis(office, surges, db):
    assert kinds_in(db, "tea-leads") == kinds_in(db, "care-leads") == ["surge", "surge_chart"]
    crises = Crises(office)
    assert crises.called(TEA, by=GRY) == [EVA]
    with pytest.raises(NotAllowed, match=f"Only a lead of {COFFEE}"):
        crises.view(surges[COFFEE], by=EVA)
    with pytest.raises(NotAllowed, match="Choose queues of yours: tea, nordic, everyone"):
        crises.open(surges[TEA], Plan("a recall", [ALL]), by=EVA)
    crises.open(surges[TEA], Plan("a recall", ["tea"]), by=EVA)
    crises.open(surges[COFFEE], Plan("a leak", [ALL]), by=GRY)
    with pytest.raises(NotAllowed, match=f"Only a lead of {COFFEE}"):
        Switches(office).stand_down(surges[COFFEE], by=EVA)
    Switches(office).stand_down(surges[TEA], by=EVA)


def test_a_surge_is_called_off_by_its_own_leads(office, surges):
    with pytest.raises(NotAllowed, match=f"Only a lead of {COFFEE}"):
        Crises(office).no_surge(surges[COFFEE], by=EVA)
    Crises(office).no_surge(surges[TEA], by=EVA)


def test_lessons_are_shown_and_taken_back_by_brand(office, desk, tea, coffee):
    for one in (tea, coffee):
        desk.claim(one, by=ANA)
        desk.dismiss(one, by=ANA, because="ad")
    lessons = Lessons(office)
    taught = {one.brand: one.id for one in lessons.newest(by=GRY).newest}
    assert taught.keys() == {TEA, COFFEE}
    hers = lessons.newest(by=EVA)
    assert ([one.brand for one in hers.newest], hers.counts) == ([TEA], {TEA: 1})
    with pytest.raises(NotAllowed, match=f"Only a lead of {COFFEE}"):
        lessons.take_back(taught[COFFEE], by=EVA)
    assert lessons.take_back(taught[TEA], by=EVA)


def test_leads_hear_of_lost_channels_that_concern_them(office, db):
    office.transact(lambda session: tell_of_lost_channel(office, session, "tea-leads", "is archived"))
    office.transact(lambda session: tell_of_lost_channel(office, session, "care-leads", "is archived"))
    assert [("#tea-leads" in one) for one in told(db, EVA)] == [True]
    assert len(told(db, GRY)) == 2


def test_whose_cases_are_free_again_is_told_by_brand(office, desk, tea, coffee, db):
    for one in (tea, coffee):
        desk.claim(one, by=ANA)
    assert People(office, lambda member: None).seen(Member(ANA, "Ana", left=True)) == 2
    assert [f"Case {tea} waits" in one for one in told(db, "tea-leads")] == [True]
    assert [f"Case {coffee} waits" in one for one in told(db, "care-leads")] == [True]


class TestTheirOwnLevels:
    @pytest.fixture
    def book(self, load):
        levels = [{"level": 1, "name": "all", "courses": ["tone"]}]
        own = {"levels": [{"level": 1, "name": "tea", "courses": ["privacy"]}], "trained": {BO: 1}}
        return load(OWN | {"training": own}, training={"levels": levels, "trained": {CARLA: 1}})

    def test_people_read_their_level_for_each(self, office):
        training = Training(office)
        words = level_words(training.passed("privacy", by=ANA))
        assert words == "You have level *0* (newcomer), for Fjordly *1* (tea)."
        assert {one.member for one in training.team(by=EVA)} == {ANA, BO, CARLA}

    def test_a_lead_of_one_brand_sees_on_home_what_they_may_answer_elsewhere(self, office):
        with office.db.reading() as session:
            shown = {who: str(home(Homes(office).view(session, who))) for who in (EVA, GRY)}
        assert "Your level" in shown[EVA]
        assert "Your level" not in shown[GRY]

    def test_any_lead_records_a_course_as_courses_are_shared(self, office):
        [standing] = Training(office).record("tone", [ANA], by=EVA)
        assert (standing.level, standing.elsewhere) == (1, [(TEA, 0, "newcomer")])
