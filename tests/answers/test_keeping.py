"""Keeping approved answers: who may, what is refused, and that everything is on record."""

from datetime import timedelta

import pytest

from bot.answers.form import what_is_wrong
from models.approved_answer import RETIRED
from models.errors import NotAllowed
from tests.answers.conftest import draft
from tests.people import ANA, GRY


def test_a_lead_adds_an_answer_that_everybody_finds(answers):
    made = answers.add(draft(title="  Water\nunder   it "), by=GRY)
    assert answers.one(made.id).title == "Water under it"
    assert [one.id for one in answers.page("LEAKS puddle").answers] == [made.id]
    assert [(e.what, e.actor) for e in answers.one(made.id).events] == [("approve", GRY)]


def test_only_leads_add_change_confirm_and_retire(answers):
    made = answers.add(draft(), by=GRY)
    for no in (
        lambda: answers.add(draft(), by=ANA),
        lambda: answers.change(made.id, draft(title="Mine now"), by=ANA),
        lambda: answers.confirm(made.id, by=ANA),
        lambda: answers.retire(made.id, by=ANA),
    ):
        with pytest.raises(NotAllowed, match="Only a lead"):
            no()
    assert [e.what for e in answers.one(made.id).events] == ["approve"]


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"title": " x "}, "title", "a title of a few words"),
        ({"title": "x" * 81}, "title", "80 characters"),
        ({"topic": "juggling"}, "topic", "not in the playbook"),
        ({"language": "xx"}, "language", "Choose the language"),
        ({"text": " \n"}, "text", "Write what the customer should read"),
        ({"text": "x" * 2001}, "text", "2,000 characters"),
        ({"text": "Hi {name}!"}, "text", "{name} is no variable. There are: {customer}, {me}"),
        ({"text": "Call us, […]!"}, "text", "Something personal was taken out"),
        ({"text": "Hi {customer}, what's your order number?"}, "text", "order number"),
        ({"text": "Hi {customer}, we wrote to mia.j@mail.example today."}, "text", "mia.j@mail.example"),
        ({"example": "leak"}, "example", "what a customer says"),
        ({"example": "x" * 1001}, "example", "1,000 characters"),
        ({"example": "It leaks, call me: +45 30 12 88 17"}, "example", "Take out the phone number"),
        ({"holds_days": 0}, "holds", "for how long"),
    ],
)
def test_what_is_wrong_is_one_sentence_for_its_field(book, changes, field, said):
    wrong = what_is_wrong(draft(**changes), book)
    assert list(wrong) == [field]
    assert said in wrong[field]


def test_an_answer_needs_no_introduction(book):
    assert what_is_wrong(draft(text="Hi {customer}, any descaler will do { :-) }"), book) == {}


def test_a_wrong_answer_is_not_stored(answers):
    with pytest.raises(NotAllowed, match="no variable"):
        answers.add(draft(text="Hi {name}!"), by=GRY)
    assert answers.page().total == 0


def test_the_same_form_submitted_twice_is_one_answer(answers):
    first = answers.add(draft(), by=GRY, request="V1")
    assert answers.add(draft(), by=GRY, request="V1").id == first.id
    assert answers.page().total == 1


def test_a_change_keeps_what_stood_there_and_counts_as_confirmed(answers, clock):
    made = answers.add(draft(), by=GRY)
    clock.pass_(days=100)
    changed = answers.change(made.id, draft(text="Hi {customer}, new words."), by=GRY, seen=made.version)
    assert changed.text == "Hi {customer}, new words."
    assert (changed.confirmed_at, changed.check_at) == (clock(), clock() + timedelta(days=180))
    assert [(e.what, e.why) for e in answers.one(made.id).events] == [
        ("approve", None),
        ("change", draft().text),
    ]


def test_two_changes_at_once_do_not_overwrite_each_other(answers):
    made = answers.add(draft(), by=GRY)
    answers.change(made.id, draft(title="First one"), by=GRY, seen=made.version)
    with pytest.raises(NotAllowed, match="changed this answer while you wrote"):
        answers.change(made.id, draft(title="Second one"), by=GRY, seen=made.version)
    answers.change(made.id, draft(title="First one"), by=GRY, seen=made.version)  # submitted twice
    assert answers.one(made.id).title == "First one"
    assert len(answers.one(made.id).events) == 2


def test_a_retired_answer_is_listed_apart_and_a_change_brings_it_back(answers):
    made = answers.add(draft(), by=GRY)
    answers.retire(made.id, by=GRY)
    answers.retire(made.id, by=GRY)
    assert (answers.page().total, answers.page(state=RETIRED).total) == (0, 1)
    with pytest.raises(NotAllowed, match="was retired"):
        answers.confirm(made.id, by=GRY)
    answers.change(made.id, draft(), by=GRY)
    assert answers.page().total == 1
    assert [e.what for e in answers.one(made.id).events] == ["approve", "retire", "change"]


def test_many_answers_come_page_by_page_by_topic_and_language(answers):
    for number in range(9):
        answers.add(draft(title=f"Any topic {number}", topic=None), by=GRY)
    answers.add(draft(title="About leaks, Danish", language="da", text="Hej {customer}"), by=GRY)
    answers.add(draft(title="About leaks, English"), by=GRY)
    first, second = answers.page(), answers.page(page=1)
    assert [one.title for one in first.answers][:2] == ["About leaks, Danish", "About leaks, English"]
    assert (first.total, first.pages, len(first.answers), len(second.answers)) == (11, 2, 8, 3)
    assert answers.page(page=99).page == 1


def test_words_are_found_whatever_their_case_and_form(answers):
    answers.add(draft(title="Utæt maskine"), by=GRY)
    assert answers.page("UTÆT ｍａｓｋｉｎｅ").total == 1
    assert answers.page("utæt kaffe").total == 0
    with pytest.raises(NotAllowed, match="10 words"):
        answers.page(" ".join(str(n) for n in range(11)))


@pytest.mark.parametrize("number", [0, -1, 7, 2**31])
def test_an_answer_that_is_not_there_is_a_sentence(answers, number):
    with pytest.raises(NotAllowed, match="not there any more"):
        answers.one(number)
