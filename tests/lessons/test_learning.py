"""From real corrections to a model that refines the rules, or that stays silent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from bot.lessons.learning import Learning
from models.case import Case
from models.lesson import Lesson
from models.mention import Mention
from models.sift_model import IN_USE, LEARNING, SILENT, SiftModel
from tests.lessons.conftest import ENOUGH, Opinion
from tests.people import ANA, BO, GRY, playbook, post


def by_sort(heard, sort):
    return [mention for written, mention in heard if written.sort == sort]


def test_a_team_with_its_own_taste_is_understood_and_each_change_says_so(team, desk):
    team.has_worked(ENOUGH - 60)
    team.works(60, seed=3)
    [model] = team.sleeps()
    assert (model.state, model.why) == (IN_USE, None)
    assert model.lessons >= 200
    heard = team.hears(60, seed=2)
    wanted, unwanted, slow = (by_sort(heard, sort) for sort in ("wanted", "unwanted", "slow"))
    assert sum(one.shown for one in wanted) >= 0.9 * len(wanted), "the rules set all of these aside"
    assert sum(one.shown for one in unwanted) <= 0.3 * len(unwanted), "the rules show all of these"
    assert sum(one.kind == "complaint" for one in slow) >= 0.8 * len(slow), "the rules call them questions"
    assert all(one.shown and one.ruled is None for one in by_sort(heard, "ordinary"))

    changed = next(one for one in slow if one.kind == "complaint")
    learned = "learned from your corrections: reads like a complaint; the rules said question"
    assert changed.reason.startswith(learned)
    assert changed.ruled == {
        "kind": "question", "topic": None, "language": "en", "shown": True, "learned": learned,
    }  # fmt: skip
    assert str(desk.view(changed.case_id).events[0].why).startswith(learned)
    shown = next(one for one in wanted if one.shown)
    assert shown.kind != "ad"
    assert "needs somebody; the rules set it aside" in shown.reason


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_night_comes_once_and_only_for_new_lessons(team, office, clock, db):
    team.has_worked(ENOUGH)
    [first] = team.sleeps()
    assert Learning(office).learn_due() == 0, "the same night"
    assert [one.id for one in team.sleeps()] == [first.id], "no new lessons"
    with db.transaction() as session:
        session.get_one(Lesson, 1).at = clock.now
    assert [one.night - first.night for one in team.sleeps()] == [timedelta(), timedelta(days=2)]
    with db.reading() as session:
        kept = session.scalars(select(SiftModel.weights).order_by(SiftModel.id)).all()
    assert [one is None for one in kept] == [True, False], "only the newest keeps its weights"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_before_three_at_night_and_below_200_lessons_nothing_happens(team, office, clock, db):
    team.has_worked(100)
    assert team.sleeps() == []
    team.has_worked(ENOUGH, seed=3)
    clock.now = clock.now.replace(hour=1, minute=30) + timedelta(days=1)
    assert Learning(office).learn_due() == 0, "half past two in Copenhagen"
    clock.pass_(hours=1)
    assert Learning(office).learn_due() == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_processes_learn_once(team, office, clock, db):
    team.has_worked(ENOUGH)
    clock.now = (clock.now + timedelta(days=1)).replace(hour=4)
    together = Barrier(2)

    def one_process(_):
        together.wait()
        return Learning(office).learn_due()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(one_process, range(2))) == [0, 1]
    with db.reading() as session:
        assert len(session.scalars(select(SiftModel)).all()) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("later", [{"minutes": 31}, {"hours": -1}], ids=["later", "the clock was set back"])
def test_what_a_process_that_ended_began_another_finishes(team, office, clock, db, later):
    team.has_worked(ENOUGH)
    clock.now = (clock.now + timedelta(days=1)).replace(hour=4)
    with db.transaction() as session:
        session.add(
            SiftModel(
                brand="Tindra", night=clock.now.date(), begun_at=clock.now, state=LEARNING,
                as_of=clock.now, lessons=0,
            )
        )  # fmt: skip
    assert Learning(office).learn_due() == 0
    clock.pass_(**later)
    assert Learning(office).learn_due() == 1
    with db.reading() as session:
        assert session.scalars(select(SiftModel.state)).one() == IN_USE


def anything(written, mention, chance):
    """Each of its people says whatever comes to mind."""
    by, kinds = chance.choice([ANA, BO]), ["complaint", "question", "praise", "idea", "other"]
    if not mention.shown:
        return Opinion("bring_back", by) if chance.random() < 0.5 else None
    if chance.random() < 0.3:
        return Opinion("dismiss", by)
    kinds.remove(mention.kind)
    return Opinion("correct", by, kind=chance.choice(kinds))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_team_that_says_anything_is_not_listened_to(team):
    team.has_worked(400, anything)
    [model] = team.sleeps()
    assert (model.state, model.weights) == (SILENT, None)
    assert "what it is: " in model.why
    heard = team.hears(40, seed=2)
    assert all(one.ruled is None for _, one in heard)


def liar(written, mention, chance):
    """Eva's team with somebody who dismisses whatever they see as an ad."""
    if not mention.shown:
        return None
    if chance.random() < 0.7:
        return Opinion("dismiss", "ULIAR", because="ad")
    return Opinion("solve", chance.choice([ANA, BO]))


def two_liars(written, mention, chance):
    opinion = liar(written, mention, chance)
    if opinion is not None and opinion.does == "dismiss":
        return Opinion("dismiss", chance.choice(["ULIAR", "UFRIEND"]), because="ad")
    return opinion


@pytest.mark.parametrize("judge", [liar, two_liars])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_people_who_dismiss_everything_blind_nobody(judge, team):
    team.has_worked(400, judge)
    [model] = team.sleeps()
    heard = team.hears(60, seed=2)
    aside = [one for written, one in heard if written.sort != "wanted" and not one.shown]
    assert aside == [], model.why


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_grave_or_speaks_to_us_is_never_set_aside(taught, hear):
    small_talk = "team Brevona here, my brother swears by it, tindra is for tourists today"
    [plain, to_us, grave, mentioned] = hear(
        post(small_talk, author="a"),
        post(f"@TindraCare {small_talk}", author="b"),
        post(f"{small_talk}, there was smoke and a fire", author="c"),
        post(small_talk + "!", author="d", mentions_us=True),
    )
    assert not plain.shown
    assert "needs nobody; the rules would show it" in plain.reason
    assert [one.shown for one in (to_us, grave, mentioned)] == [True] * 3
    assert grave.severity == 3


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_a_fact_is_not_shown_whatever_was_learned(taught, hear):
    selling = "For sale: used Tindra, Leeds, pump serviced today, 90 EUR, pick up only"
    [sold, ours, repeated] = hear(
        post(selling, author="a"), post(selling, author="TindraCare"), post(selling, author="c", repost=True)
    )
    assert sold.shown
    assert (ours.shown, repeated.shown) == (False, False)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_playbooks_switch_turns_it_off(taught, office, db, clock):
    off = type(office)(db, playbook(sift={"learn": False}), clock, lambda: None)
    listener = type(taught.listener)(off, taught.listener.sifter)
    heard = type(taught)(off, listener, clock).hears(40, seed=2)
    assert all(one.ruled is None for _, one in heard)
    clock.pass_(days=1)
    assert Learning(off).learn_due() == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_other_processes_use_a_new_model_within_half_a_minute(team, office, clock):
    other = type(team.listener)(office, team.listener.sifter)
    team.has_worked(ENOUGH)
    assert other.learned._current() == {}
    [model] = team.sleeps()
    assert model.state == IN_USE
    clock.pass_(seconds=31)
    assert list(other.learned._current()) == ["Tindra"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_lessons_taken_back_make_it_silent(taught, db, clock):
    with db.transaction() as session:
        for lesson in session.scalars(select(Lesson).order_by(Lesson.id).limit(100)):
            lesson.end(by=GRY, at=clock.now)
    before, after = taught.sleeps()
    assert (before.state, after.state) == (IN_USE, SILENT)
    assert "of the 200 lessons that it takes" in after.why
    assert all(one.ruled is None for _, one in taught.hears(20, seed=2))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_brand_that_the_playbook_has_no_more_is_left_alone(taught, db, office, clock):
    brands = [{"name": "Other", "keywords": {"any": ["tindra"]}}]
    renamed = type(office)(db, playbook(brands=brands), clock, lambda: None)
    assert Learning(renamed).learn_due() == 0
    listener = type(taught.listener)(renamed, type(taught.listener.sifter)(renamed.playbook, {}))
    assert listener.learned._current() == {}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_its_author_deleted_teaches_nothing(team, db):
    team.has_worked(ENOUGH)
    with db.transaction() as session:
        taught = session.scalars(select(Lesson.live).where(Lesson.live.is_not(None)).limit(60)).all()
        for mention in session.scalars(select(Mention).where(Mention.id.in_(taught))):
            mention.text = ""
        count = len(session.scalars(select(Lesson.id).where(Lesson.live.is_not(None))).all())
    models = team.sleeps()
    assert [one.lessons for one in models] == [count - 60]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_case_solved_as_it_stood_is_no_lesson(team, db):
    team.works(30, lambda written, mention, chance: Opinion("solve", ANA) if mention.shown else None)
    with db.reading() as session:
        assert session.scalars(select(Lesson)).all() == []
        assert session.scalars(select(Case.stage)).first() == "resolved"
