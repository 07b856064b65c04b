"""A reply that solved a case becomes an approved answer, or doesn't; whoever offered it hears."""

import pytest
from sqlalchemy import select

from bot.answers.offering import without_personal_data
from bot.rendering import render
from models.errors import NotAllowed
from models.outbox import Outbox
from tests.answers.conftest import draft
from tests.people import ANA, BO, GRY, STEPS, playbook, post
from tests.slack_limits import assert_message

SAID = (
    "Hi Mia, I'm Ana, customer care at Tindra. Press the seal back into its groove (#1). Still wet? Write to "
    "us in private, so that your details stay between us: https://tindra.example/write?case=1 and see "
    "https://tindra.example/leaks."
)
ASKED = "My Tindra leaks, order TN-311907, reach me at mia.j@mail.example. Mia Jensen"


@pytest.fixture
def book():
    return playbook(checklist=[{**STEPS[-1], "required_for": []}])


@pytest.fixture
def resolved(hear, desk, replies) -> int:
    """A case that Ana answered and resolved."""
    [mention] = hear(post(ASKED))
    desk.remember_name(ANA, "Ana Ribeiro")
    number = mention.case_id
    desk.claim(number, by=ANA)
    checked = replies.check(number, SAID, by=ANA)
    replies.posted_by_hand(checked.reply, by=ANA, url=None)
    desk.resolve(number, by=ANA)
    return number


def told(db, member: str) -> list[str]:
    with db.reading() as session:
        rows = session.scalars(select(Outbox).where(Outbox.kind == "notice", Outbox.channel == member))
        return [str((row.payload or {})["text"]) for row in rows]


def message(office) -> str:
    with office.db.reading() as session:
        row = session.scalars(select(Outbox).where(Outbox.kind == "answer_offer")).one()
        shown = render(session, row, office)
        assert row.channel == "care-leads"
    assert_message({"text": shown.text, "blocks": shown.blocks})
    return str(shown.blocks)


def test_names_and_links_become_variables_and_personal_data_is_taken_out(offers, office, resolved):
    offers.offer(resolved, by=ANA)
    found = offers.look(1, by=GRY).draft
    assert found.text == (
        "Hi {customer}, I'm {me}, customer care at Tindra. Press the seal back into its groove "
        "({reference}). Still wet? Write to us in private, so that your details stay between us: {link} "
        "and see https://tindra.example/leaks."
    )
    assert found.example == "My Tindra leaks, order […], reach me at […]. […]"
    assert (found.topic, found.language, found.holds_days) == ("leak", "en", 180)
    assert "Jensen" not in message(office)
    assert "TN-311907" not in message(office)


def test_an_approved_offer_is_on_the_shelf_and_whoever_offered_it_hears(
    offers, answers, office, resolved, db
):
    assert offers.offer(resolved, by=ANA)
    assert "answer_offer_take" in message(office)
    taken = offers.look(1, by=GRY)
    made = answers.add(draft(text=taken.draft.text), by=GRY, request="V1", offer=1)
    again = answers.add(draft(text=taken.draft.text), by=GRY, request="V1", offer=1)  # submitted twice
    assert made.id == again.id
    assert f"approved it as “{made.title}”" in message(office)
    assert "answer_offer_take" not in message(office)
    assert [text for text in told(db, ANA) if "approved answer" in text] == [
        f"<@{GRY}> made your reply in case {resolved} an approved answer. Thank you!"
    ]
    with pytest.raises(NotAllowed, match="approved this already"):
        offers.decline(1, by=GRY)


def test_one_that_is_not_taken_is_said_kindly_and_once(offers, answers, office, resolved, db):
    offers.offer(resolved, by=ANA)
    offers.decline(1, by=GRY)
    offers.decline(1, by=GRY)
    assert len([text for text in told(db, ANA) if "won't become" in text]) == 1
    assert "did not take it" in message(office)
    with pytest.raises(NotAllowed, match="has declined this already"):
        answers.add(draft(), by=GRY, offer=1)
    assert answers.page().total == 0


def test_a_reply_is_offered_once(offers, resolved):
    assert offers.can_offer(resolved, by=ANA)
    assert (offers.offer(resolved, by=ANA), offers.offer(resolved, by=ANA)) == (True, False)
    assert not offers.can_offer(resolved, by=ANA)


def test_only_its_owner_or_a_lead_offers_and_only_leads_decide(offers, resolved):
    with pytest.raises(NotAllowed, match="only they or a lead"):
        offers.offer(resolved, by=BO)
    offers.offer(resolved, by=GRY)
    for no in (lambda: offers.look(1, by=ANA), lambda: offers.decline(1, by=ANA)):
        with pytest.raises(NotAllowed, match="Only a lead"):
            no()


def test_a_case_that_is_open_or_was_never_answered_has_nothing_to_offer(offers, hear, desk):
    [mention] = hear(post())
    number = mention.case_id
    desk.claim(number, by=ANA)
    with pytest.raises(NotAllowed, match="when it solved the case"):
        offers.offer(number, by=ANA)
    desk.resolve(number, by=ANA)
    with pytest.raises(NotAllowed, match="no posted reply"):
        offers.offer(number, by=ANA)
    assert not offers.can_offer(number, by=ANA)
    for missing in (0, 99, 2**31):
        with pytest.raises(NotAllowed, match="There is no case"):
            offers.offer(missing, by=ANA)


def test_what_is_personal_leaves_a_mark(book):
    assert without_personal_data("TN-311907 and mia@mail.example", book) == "[…] and […]"
