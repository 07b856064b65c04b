"""Does this still hold? Asked once for each time that it is due, and answered once."""

import pytest
from sqlalchemy import select

from bot.answers.keeping import due_mark
from bot.rendering import render
from models.errors import NotAllowed
from models.outbox import Outbox
from tests.answers.conftest import draft
from tests.people import ANA, GRY, playbook
from tests.slack_limits import assert_message

LATER = {"days": 181}


def questions(db) -> list[Outbox]:
    with db.reading() as session:
        return list(session.scalars(select(Outbox).where(Outbox.kind == "answer_check")))


def drawn(office, key: str) -> str:
    with office.db.reading() as session:
        row = session.scalars(select(Outbox).where(Outbox.key == key)).one()
        message = render(session, row, office)
    assert_message({"text": message.text, "blocks": message.blocks})
    return str(message.blocks)


def test_the_lead_who_approved_it_is_asked_once_when_its_time_has_come(answers, checks, clock, db):
    answers.add(draft(), by=GRY)
    assert checks.ask_due() == 0
    clock.pass_(**LATER)
    assert (checks.ask_due(), checks.ask_due()) == (1, 0)
    [row] = questions(db)
    assert row.channel == GRY


def test_where_that_lead_leads_no_more_all_leads_are_asked(answers, checks, clock, db, office):
    answers.add(draft(), by=GRY)
    clock.pass_(**LATER)
    lead = {"name": "Bo", "slack": "UBO", "digest_at": "08:30", "time_zone": "Europe/Copenhagen"}
    changed = type(office)(office.db, playbook(leads=[lead]), clock, lambda: None)
    type(checks)(changed).ask_due()
    assert [row.channel for row in questions(db)] == ["care-leads"]


def test_yes_said_twice_counts_once_and_it_is_asked_again_in_its_time(answers, checks, clock, office, db):
    made = answers.add(draft(), by=GRY)
    due = due_mark(made)
    clock.pass_(**LATER)
    checks.ask_due()
    key = questions(db)[0].key
    assert "answer_holds" in drawn(office, key)
    answers.confirm(made.id, by=GRY, due=due)
    clock.pass_(days=1)
    answers.confirm(made.id, by=GRY, due=due)
    assert [e.what for e in answers.one(made.id).events] == ["approve", "confirm"]
    said = drawn(office, key)
    assert "still holds" in said
    assert "answer_holds" not in said
    clock.pass_(**LATER)
    assert checks.ask_due() == 1
    assert len(questions(db)) == 2


def test_an_answer_that_was_changed_or_retired_meanwhile_is_not_asked_about(
    answers, checks, clock, office, db
):
    changed, retired = answers.add(draft(), by=GRY), answers.add(draft(title="Another"), by=GRY)
    clock.pass_(**LATER)
    checks.ask_due()
    answers.change(changed.id, draft(title="Better"), by=GRY)
    answers.retire(retired.id, by=GRY)
    assert checks.ask_due() == 0
    said = [drawn(office, row.key) for row in questions(db)]
    assert ["changed it" in said[0], "retired it" in said[1]] == [True, True]


def test_a_fortnight_without_an_answer_makes_it_unconfirmed(answers, checks, clock):
    made = answers.add(draft(), by=GRY)
    clock.pass_(**LATER)
    checks.ask_due()
    clock.pass_(days=13)
    assert not answers.one(made.id).is_unconfirmed(clock())
    clock.pass_(days=1)
    assert answers.one(made.id).is_unconfirmed(clock())
    with pytest.raises(NotAllowed, match="Only a lead"):
        answers.confirm(made.id, by=ANA)
    answers.confirm(made.id, by=GRY)
    assert not answers.one(made.id).is_unconfirmed(clock())


def test_many_at_once_are_asked_about_a_few_at_a_time(answers, checks, clock):
    for number in range(23):
        answers.add(draft(title=f"Number {number}"), by=GRY)
    clock.pass_(**LATER)
    assert (checks.ask_due(), checks.ask_due(), checks.ask_due()) == (20, 3, 0)
