"""A post that its author changed: shown anew, marked, sifted again, and never stored twice."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.blocks.card import card
from bot.lessons.correcting import Correcting
from bot.notes import Notes
from bot.revising import Revising
from bot.sources import Batch, Gone
from models.case import Case
from models.corrected import Said
from models.mention import Mention
from models.outbox import Outbox
from tests.bot.test_withdrawing import everything
from tests.people import ANA, NOON, post
from tests.slack_limits import assert_message

OLD, NEW, NEWER = "190", "191", "192"
LATER = NOON + timedelta(minutes=9)


def first(text="My Tindra leaks, call 20 34 56 78"):
    return post(text, external_id=OLD, author="mia_j")


def version(text, number=NEW, versions=(OLD, NEW)):
    return replace(first(text), external_id=number, versions=versions, edited_at=LATER)


@pytest.fixture
def stored(db):
    def stored():
        with db.reading() as session:
            return list(session.scalars(select(Mention).order_by(Mention.id)))

    return stored


@pytest.fixture
def take(listener):
    return lambda *posts, **more: listener.take("x-search", Batch(list(posts), **more))


def test_a_new_version_takes_the_place_of_the_old_one(take, stored, db, desk):
    take(first())
    desk.claim(1, by=ANA)
    take(version("My Tindra leaks from below"))
    [mention] = stored()
    assert (mention.external_id, mention.text) == (NEW, "My Tindra leaks from below")
    assert mention.edited_at == LATER
    assert mention.personal_data == []
    text, blocks = card(desk.view(1))
    assert_message({"text": text, "blocks": blocks})
    assert " · edited · " in str(blocks)
    assert "20 34 56 78" not in everything(db)
    with db.reading() as session:
        [told] = session.scalars(select(Outbox).where(Outbox.channel == ANA)).all()
    assert told.payload["text"] == "A post in your case 1 was changed by its author: `/case 1` shows it anew."


def test_personal_data_in_a_new_version_is_withheld(take, stored, desk):
    take(first("My Tindra leaks"))
    take(version("My Tindra leaks, call 20 34 56 78"))
    assert stored()[0].personal_data == ["20 34 56 78"]
    assert "Withheld here" in str(card(desk.view(1))[1])


def test_seen_again_it_changes_nothing(take, stored, db):
    take(first())
    take(version("My Tindra leaks from below"))
    before = stored()[0].edited_at
    taken = take(version("My Tindra leaks from below"))
    assert (taken.stored, taken.repeated) == (0, 1)
    take(replace(first(), versions=(OLD, NEW)))  # an index that is behind
    [mention] = stored()
    assert (mention.text, mention.edited_at) == ("My Tindra leaks from below", before)
    with db.reading() as session:
        assert [event.what for event in session.get_one(Case, 1).events] == ["open", "edited"]


def test_both_versions_at_once_are_the_newer_one(take, stored):
    take(first(), version("My Tindra leaks from below"))
    [mention] = stored()
    assert (mention.external_id, mention.edited_at) == (NEW, LATER)


def test_versions_that_were_missed_are_passed_over(take, stored):
    take(first())
    take(version("It leaks, Tindra!", NEWER, (OLD, NEW, NEWER)))
    assert [mention.external_id for mention in stored()] == [NEWER]


def test_where_a_post_keeps_its_id_a_later_change_counts(take, stored):
    take(first())
    changed = replace(first("My Tindra leaks from below"), edited_at=LATER)
    take(changed)
    assert stored()[0].text == "My Tindra leaks from below"
    take(replace(first("An older change of Tindra"), edited_at=LATER - timedelta(minutes=1)))
    assert stored()[0].text == "My Tindra leaks from below"


def test_a_source_that_was_told_says_so_at_once(office, listener, take, stored):
    take(first())
    revising = Revising(office, listener.sifter)
    assert revising.edit(first("My Tindra leaks from below"))
    assert not revising.edit(first("My Tindra leaks from below"))
    assert not revising.edit(post("unknown", external_id="404"))
    assert stored()[0].text == "My Tindra leaks from below"


def test_what_was_set_aside_is_shown_when_it_needs_somebody_now(take, stored):
    take(first("Selling my Tindra lamp, 300 kr, dm me"))
    assert stored()[0].case_id is None
    take(version("My Tindra lamp leaks, who can help?"))
    assert stored()[0].case_id == 1


def test_what_a_person_said_of_it_holds(take, stored, office, desk):
    take(first("My Tindra leaks"))
    desk.claim(1, by=ANA)
    Correcting(office).correct(1, Said(kind="praise"), by=ANA)
    take(version("My Tindra leaks from below, awful"))
    [mention] = stored()
    assert mention.kind == "praise"
    assert desk.view(1).case.kind == "praise"


def test_a_case_that_waits_is_what_the_new_version_says(take, desk):
    take(first("Tindra is great, thanks!"))
    assert desk.view(1).case.kind == "praise"
    take(version("My Tindra is smoking and gave me an electric shock!"))
    case = desk.view(1).case
    assert (case.kind, case.severity) == ("complaint", 3)


def test_notes_that_quote_what_is_not_said_any_more_are_forgotten(take, desk, office, db):
    take(first("My Tindra leaks through the ceramic valve in the kitchen"))
    Notes(office).add(1, "“leaks through the ceramic valve in the kitchen”", by=ANA)
    Notes(office).add(1, "“My Tindra leaks through the” seal", by=ANA)
    take(version("My Tindra leaks through the seal"))
    left = everything(db)
    assert "ceramic" not in left
    assert "“My Tindra leaks through the” seal" in left


def test_a_post_deleted_in_the_batch_that_brings_it_is_never_stored(take, stored):
    take(first(), gone=(Gone("x", OLD),))
    assert stored() == []


def test_a_deletion_comes_with_a_batch_and_its_cursor(take, stored, listener):
    take(first())
    listener.take("bluesky", Batch([], {"n": 1}, gone=(Gone("x", OLD), Gone("x", "404"))))
    assert stored()[0].gone_because == "deleted"


@pytest.mark.parametrize("sign", ["\x00", "\ud800"], ids=["NUL", "half a sign"])
def test_ids_that_no_database_takes_stop_nothing(sign, take, stored):
    strange = replace(first(), external_id=f"7{sign}", versions=(f"6{sign}", f"7{sign}"), edited_at=LATER)
    assert take(strange, gone=(Gone(f"x{sign}", f"8{sign}"),)).stored == 1
    assert take(strange).repeated == 1
    take(gone=(Gone("x", f"7{sign}"),))
    assert stored()[0].gone_because == "deleted"


def test_an_edit_of_what_is_gone_stays_gone(take, stored, db):
    take(first())
    take(gone=(Gone("x", OLD),))
    take(replace(first("ceramic Tindra"), edited_at=LATER))
    [mention] = stored()
    assert mention.text == ""
