"""What nobody needs any more goes, a bounded number at a time, and nothing is said a second time for it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from bot import tidying
from bot.once import KEPT, carrying_out
from bot.tidying import NOTICES_KEPT, Tidying
from config.settings import ROOT
from models.handled import Handled
from models.heap import LikenessKey
from models.outbox import Outbox, put
from models.schema import metadata
from tests.bot.test_two_clocks import World, one_sifter  # noqa: F401  # a fixture
from tests.people import ANA, GRY, post

MOMENT = timedelta(seconds=1)


def keys(db) -> set[str]:
    """Of the sentences that stand in the outbox."""
    with db.reading() as session:
        return set(session.scalars(select(Outbox.key).where(Outbox.kind == "notice")))


def said(office, count: int) -> None:
    """So many sentences to Ana were sent just now."""
    with office.db.transaction() as session:
        for number in range(count):
            office.tell(session, f"n{number}", ANA, "Well done.")
    sent(office)


def sent(office) -> None:
    """All that was due went out."""
    with office.db.transaction() as session:
        session.execute(
            update(Outbox)
            .where(Outbox.due_at.is_not(None))
            .values(due_at=None, sent_at=office.clock(), sent_version=Outbox.version, ts=Outbox.id)
        )


def test_a_sentence_goes_when_it_was_sent_long_ago(office, clock, db):
    said(office, 2)
    clock.now += NOTICES_KEPT
    assert Tidying(office).tidy() == 0
    clock.now += MOMENT
    assert Tidying(office).tidy() == 2
    assert keys(db) == set()


def test_what_is_due_refused_or_no_mere_sentence_stays(office, hear, clock, db):
    hear(post())
    with db.transaction() as session:
        office.tell_leads(session, "refused", "Slack did not take it.", None)
        office.tell(session, "again", ANA, "It is to be shown once more.")
        put(session, "digest:1", kind="digest", channel=GRY, subject=1, at=clock.now)
    sent(office)
    clock.now += 2 * NOTICES_KEPT
    with db.transaction() as session:
        session.execute(
            update(Outbox)
            .where(Outbox.key == "notice:refused")
            .values(parked_at=clock.now, error="not there")
        )
        session.execute(update(Outbox).where(Outbox.key == "notice:again").values(due_at=clock.now))
    Tidying(office).tidy()
    with db.reading() as session:
        left = set(session.scalars(select(Outbox.key)))
    assert left == {"card:1", "digest:1", "notice:refused", "notice:again"}


def test_of_very_many_some_go_at_a_time(office, clock, db, monkeypatch):
    monkeypatch.setattr(tidying, "AT_ONCE", 4)
    said(office, 10)
    clock.now += NOTICES_KEPT + MOMENT
    assert [Tidying(office).tidy() for _ in range(4)] == [4, 4, 2, 0]


def test_two_clocks_at_once_delete_each_row_once(office, clock, db, monkeypatch):
    monkeypatch.setattr(tidying, "AT_ONCE", 10)
    said(office, 60)
    clock.now += NOTICES_KEPT + MOMENT
    with ThreadPoolExecutor(3) as pool:
        gone = sum(pool.map(lambda _: Tidying(office).tidy(), range(9)))
    while more := Tidying(office).tidy():  # what one had in hand, the others left
        gone += more
    assert (gone, keys(db)) == (60, set())


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_what_somebody_says_anew_at_that_moment_is_left(office, clock, db):
    said(office, 2)
    clock.now += NOTICES_KEPT + MOMENT
    with db.transaction() as session:
        office.tell(session, "n1", ANA, "Well done, again.")
        session.flush()
        assert Tidying(office).tidy() == 1  # and it did not wait for us
    assert keys(db) == {"notice:n1"}
    assert Tidying(office).tidy() == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_job_says_again_what_is_not_known_any_more(database_url, one_sifter):  # noqa: F811
    world = World(database_url)
    office = world.parts.office
    for hours in (1.5, 80):
        world.clock.pass_(hours=hours)
        world.tick(1)
    before = keys(world.db)
    assert len(before) > 10
    sent(office)
    world.clock.now += NOTICES_KEPT + MOMENT
    for _ in range(3):
        world.tick(1)
    assert not before & keys(world.db)
    world.db.close()


def test_an_id_is_forgotten_when_no_copy_can_come_any_more(office, desk, hear, db, clock):
    hear(post())
    with carrying_out(db, "1.2"):
        desk.claim(1, by=ANA)
    clock.now += KEPT
    Tidying(office).tidy()
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Handled)) == 1
    clock.now += MOMENT
    Tidying(office).tidy()
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Handled)) == 0


def test_likeness_keys_are_forgotten_when_nothing_is_compared_with_them(office, hear, clock, db):
    hear(post())
    within = office.playbook.groups.within
    with db.transaction() as session:
        session.execute(delete(LikenessKey))
        session.add_all(LikenessKey(case_id=1, key=n, at=clock.now - within + n * MOMENT) for n in range(3))
    assert Tidying(office).tidy() == 1
    with db.reading() as session:
        assert sorted(session.scalars(select(LikenessKey.key))) == [1, 2]


def test_of_each_table_it_is_written_how_long_its_rows_are_kept():
    page = (ROOT / "docs" / "scaling.md").read_text(encoding="utf-8")
    kept = page.split("### What is kept how long")[1].split("## ")[0]
    assert [name for name in metadata.tables if f"`{name}`" not in kept] == []
