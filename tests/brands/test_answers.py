"""Approved answers of a brand: its leads keep them, and only its customers get them."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.answers.form import Draft, what_is_wrong
from bot.answers.keeping import Answers
from bot.answers.offering import AnswerOffers
from bot.answers.reminding import AnswerChecks
from bot.answers.suggesting import Suggestions
from bot.answers.using import AnswerUses
from bot.blocks.answers import answer_modal, shelf_list
from models.errors import NotAllowed
from models.outbox import Outbox
from tests.brands.conftest import COFFEE, TEA
from tests.people import ANA, EVA, GRY
from tests.slack_limits import assert_view

TEXT = "Hi {customer}, I'm {me}, {role} at {company}. Sorry about the leak! Please put a towel under it."
LEAKS = Draft("A leak", "leak", "en", TEXT, "It leaks all over the kitchen, what a mess", 30)


@pytest.fixture
def answers(office) -> Answers:
    return Answers(office)


@pytest.fixture
def kept(answers) -> dict[str | None, int]:
    """An answer about leaks for all brands, and one for each, by brand."""
    by = {None: GRY, TEA: EVA, COFFEE: GRY}
    titles = {None: "For all", TEA: "For tea", COFFEE: "For coffee"}
    drafts = {brand: replace(LEAKS, title=title, brand=brand) for brand, title in titles.items()}
    return {brand: answers.add(draft, by=by[brand]).id for brand, draft in drafts.items()}


def test_a_case_is_offered_its_brand_s_answers_and_those_for_all(answers, kept, desk, office, tea, coffee):
    suggestions = Suggestions(office, patience=20)
    for number, brand in ((tea, TEA), (coffee, COFFEE)):
        view = desk.view(number)
        assert {one.id for one in answers.most_used("en", 10, brand)} == {kept[None], kept[brand]}
        assert {one.id for one in answers.found("towel", "en", brand)} == {kept[None], kept[brand]}
        assert {one.answer.id for one in suggestions.for_case(view)} <= {kept[None], kept[brand]}
        assert suggestions.for_case(view) != []
    with pytest.raises(NotAllowed, match=f"for customers of {COFFEE}"):
        AnswerUses(office).filled(kept[COFFEE], desk.view(tea), me="Ana")


def test_leads_of_a_brand_keep_its_answers_and_no_others(answers, kept):
    with pytest.raises(NotAllowed, match="Only a lead of all brands can add or change"):
        answers.add(LEAKS, by=EVA)
    with pytest.raises(NotAllowed, match="Only a lead can add or change"):
        answers.add(replace(LEAKS, brand=COFFEE), by=EVA)
    with pytest.raises(NotAllowed, match=f"Only a lead of {TEA} can add or change"):
        answers.add(replace(LEAKS, brand=TEA), by=ANA)
    for brand in (None, COFFEE):
        with pytest.raises(NotAllowed):
            answers.retire(kept[brand], by=EVA)
        with pytest.raises(NotAllowed):
            answers.change(kept[brand], replace(LEAKS, brand=TEA), by=EVA)
    assert answers.change(kept[TEA], replace(LEAKS, brand=TEA, title="Newer"), by=EVA).title == "Newer"
    assert answers.change(kept[TEA], replace(LEAKS, brand=None), by=GRY).brand is None


def test_an_answer_is_for_a_brand_that_there_is(book):
    assert what_is_wrong(replace(LEAKS, brand=TEA), book) == {}
    assert what_is_wrong(replace(LEAKS, brand="Of last year"), book).keys() == {"brand"}


def test_the_list_says_for_whom_an_answer_is(answers, kept, book, clock):
    _, blocks = shelf_list(answers.page(), book, clock.now, lead=True)
    assert "*For tea* · Leaks · English · Fjordly" in str(blocks)
    assert [one.title for one in answers.page(TEA).answers] == ["For tea"]


def test_the_form_offers_the_brands_whose_answers_its_lead_keeps(answers, book):
    choices = {who: answers.brands_of(who) for who in (GRY, EVA, ANA)}
    assert choices == {GRY: [None, COFFEE, TEA], EVA: [TEA], ANA: []}
    form = answer_modal(book, {}, brands=choices[GRY])
    assert_view(form)
    [whose] = [block for block in form["blocks"] if block["block_id"] == "brand"]
    assert [one["text"]["text"] for one in whose["element"]["options"]] == ["All brands", COFFEE, TEA]


def test_the_brand_s_leads_are_asked_whether_it_still_holds(office, kept, clock, load, db):
    clock.pass_(days=31)
    left = replace(office, playbook=load({"company": {"name": "Fjordly Tea"}, "leads_channel": "tea-leads"}))
    assert AnswerChecks(left).ask_due() == 3  # Eva leads no more
    with db.reading() as session:
        rows = select(Outbox.subject, Outbox.channel).where(Outbox.kind == "answer_check")
        asked = {subject: channel for subject, channel in session.execute(rows)}
    assert asked == {kept[None]: GRY, kept[COFFEE]: GRY, kept[TEA]: "tea-leads"}


def test_an_offered_reply_is_for_the_brand_of_its_case(office, desk, replies, tea):
    desk.claim(tea, by=ANA)
    text = "Hi Mia, I'm Ana, customer care at Fjordly Tea. Sorry! Please put a towel under it for now."
    replies.posted_by_hand(replies.check(tea, text, by=ANA).reply, by=ANA, url=None)
    desk.tick(tea, "packet", by=ANA)
    desk.resolve(tea, by=ANA)
    offers = AnswerOffers(office)
    assert offers.offer(tea, by=ANA)
    assert offers.look(1, by=EVA).draft.brand == TEA
