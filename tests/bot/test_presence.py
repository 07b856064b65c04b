"""Who writes or looks just now: on the card for as long as it is true, and no longer."""

import pytest
from sqlalchemy import select

from bot.blocks.card import card
from bot.presence import Presences
from models.outbox import Outbox
from models.presence import LOOKING, WRITING, Presence
from tests.people import ANA, BO, CARLA, GRY, post
from tests.slack_limits import assert_message


@pytest.fixture
def presences(office) -> Presences:
    return Presences(office)


@pytest.fixture
def number(hear) -> int:
    [mention] = hear(post())
    return mention.case_id


@pytest.fixture
def drawn(db, number):
    """How often the card was to be drawn anew so far."""

    def count() -> int:
        with db.reading() as session:
            return session.scalars(select(Outbox.version).where(Outbox.key == f"card:{number}")).one()

    return count


def said(desk, number) -> str:
    _, blocks = card(desk.view(number))
    return "".join(str(b["elements"]) for b in blocks if b["block_id"] == f"card:{number}|here")


def test_the_card_says_who_is_writing_and_who_is_looking(presences, desk, number):
    assert said(desk, number) == ""
    desk.claim(number, by=ANA)
    presences.begin(number, WRITING, by=ANA)
    presences.begin(number, LOOKING, by=BO)
    assert ":pencil2: <@UANA> is writing a reply · :eyes: <@UBO> is looking" in said(desk, number)
    presences.end(number, by=ANA)
    assert "writing" not in said(desk, number)


def test_that_the_owner_looks_at_their_case_is_no_news_and_costs_no_drawing(presences, desk, number, drawn):
    desk.claim(number, by=ANA)
    before = drawn()
    presences.begin(number, LOOKING, by=ANA)
    presences.end(number, by=ANA)
    assert drawn() == before
    assert said(desk, number) == ""


def test_a_second_sign_of_the_same_costs_no_drawing(presences, number, drawn):
    presences.begin(number, LOOKING, by=BO)
    before = drawn()
    presences.begin(number, LOOKING, by=BO)
    presences.begin(number, LOOKING, by=BO)
    assert drawn() == before


def test_a_writer_who_looks_at_the_case_too_is_still_writing(presences, desk, number):
    presences.begin(number, WRITING, by=BO)
    presences.begin(number, LOOKING, by=BO)
    assert "<@UBO> is writing" in said(desk, number)


def test_what_nobody_ended_ends_by_itself_and_the_card_says_so(presences, desk, number, drawn, clock, db):
    presences.begin(number, WRITING, by=BO)
    presences.begin(number, LOOKING, by=ANA)
    before = drawn()
    clock.pass_(minutes=4)
    presences.expire()
    assert drawn() == before + 1
    assert "UANA" not in said(desk, number)
    clock.pass_(minutes=12)
    assert said(desk, number) == ""  # even before the job has looked
    presences.expire()
    presences.expire()
    assert drawn() == before + 2
    with db.reading() as session:
        assert session.scalars(select(Presence)).all() == []


def test_who_else_is_writing_is_told_to_a_second_writer(presences, number):
    presences.begin(number, WRITING, by=BO)
    presences.begin(number, LOOKING, by=GRY)
    assert presences.others_writing(number, but=ANA) == [BO]
    assert presences.others_writing(number, but=BO) == []


def test_a_closed_case_or_none_at_all_is_left_alone(presences, desk, number, db):
    desk.dismiss(number, by=ANA, because="ad")
    presences.begin(number, LOOKING, by=BO)
    presences.begin(99, WRITING, by=BO)
    presences.end(99, by=BO)
    with db.reading() as session:
        assert session.scalars(select(Presence)).all() == []


def test_a_crowd_is_counted_rather_than_named(presences, desk, number):
    for member in (ANA, BO, CARLA, GRY, "UEVA"):
        presences.begin(number, LOOKING, by=member)
    assert "<@UANA>, <@UBO>, <@UCARLA> and 2 more are looking" in said(desk, number)
    text, blocks = card(desk.view(number))
    assert_message({"text": text, "blocks": blocks})
