"""Finding cases again: what waits in a queue, words in posts and notes, and notes themselves."""

import json

import pytest
from sqlalchemy import select

from bot.blocks.escalation import escalation_message
from bot.blocks.lists import case_list, found_list, waiting_list
from bot.blocks.sheet import case_sheet, checklist_sheet, timeline
from bot.notes import Notes
from bot.once import carrying_out
from bot.searching import find
from models.case import Case
from models.errors import NotAllowed, Repeated
from models.escalation import Escalation
from models.outbox import Outbox
from tests.people import ANA, BO, CARLA, post
from tests.slack_limits import assert_message

QUESTION = "Which Tindra filter fits my kettle? Where can I buy it?"
DANISH = "Min Tindra er utæt og drypper ud over hele køkkenbordet"


def numbers(found) -> list[int]:
    return [view.case.id for view in found.views]


@pytest.fixture
def notes(office) -> Notes:
    return Notes(office)


# What waits.


def test_a_queue_shows_what_waits_in_it_most_urgent_first(hear, desk, clock):
    [question] = hear(post(QUESTION, author="one"))
    [danish] = hear(post(DANISH, author="lars"))
    clock.pass_(minutes=5)
    [complaint] = hear(post(author="two"))
    [taken] = hear(post(author="three"))
    desk.claim(taken.case_id, by=ANA)
    views, total = desk.waiting("everyone")
    assert ([v.case.id for v in views], total) == ([complaint.case_id, question.case_id], 2)
    views, total = desk.waiting(None)
    assert ([v.case.id for v in views], total) == (
        [danish.case_id, complaint.case_id, question.case_id],
        3,
    )
    clock.pass_(minutes=56)  # the question is overdue now, the later complaint is not
    assert [v.case.id for v in desk.waiting("everyone")[0]] == [question.case_id, complaint.case_id]


def test_a_queue_can_be_named_by_its_channel(hear, desk):
    hear(post(DANISH))
    assert desk.waiting("mentions-nordic")[1] == desk.waiting("NORDIC")[1] == 1
    assert desk.waiting("mentions") == ([], 0)


def test_an_unknown_queue_is_a_sentence_with_those_there_are(desk):
    with pytest.raises(NotAllowed, match=r"no queue “&lt;!here&gt;”\. There are: nordic, everyone\."):
        desk.waiting("<!here>")


def test_at_most_fifteen_are_shown_with_the_total(hear, desk):
    hear(*(post("&<>" * 400 + " tindra leaks", author="<" * 150 + str(n)) for n in range(17)))
    views, total = desk.waiting(None)
    assert (len(views), total) == (15, 17)
    text, blocks = waiting_list(views, total, None)
    assert_message({"text": text, "blocks": blocks})
    assert "*17 cases wait*, the 15 most urgent" in json.dumps(blocks)
    assert json.dumps(blocks).count('"claim"') == 15
    text, blocks = found_list(find(desk.office, "leaks TINDRA"))
    assert_message({"text": text, "blocks": blocks})
    assert "*17 cases with" in json.dumps(blocks)


def test_cases_of_a_queue_that_the_playbook_dropped_wait_in_the_last_one(hear, desk, db):
    [mention] = hear(post(DANISH))
    with db.transaction() as session:
        session.get_one(Case, mention.case_id).queue = "closed-last-year"
    assert desk.waiting("everyone")[1] == 1


# Words.


def test_every_word_must_occur_whatever_its_case_in_posts_names_or_notes(hear, office, notes, clock):
    [first] = hear(post("My Tindra LEAKS like a sieve", author="mia_j", author_name="Mia Jensen"))
    clock.pass_(minutes=1)
    [second] = hear(post("Tindra leaks, what a mess", author="bob", author_name=None, created_at=clock.now))
    notes.add(first.case_id, "She sent the serial Number", by=BO)
    assert numbers(find(office, "leaks")) == [second.case_id, first.case_id]
    assert numbers(find(office, "LEAKS sieve")) == [first.case_id]
    assert numbers(find(office, "mia_J")) == [first.case_id]
    assert numbers(find(office, "jensen leak serial NUMBER")) == [first.case_id]
    assert numbers(find(office, "leaks kettle")) == []


def test_letters_beyond_ascii_are_found_in_either_case(hear, office):
    [mention] = hear(post(DANISH))
    assert numbers(find(office, "UTÆT")) == numbers(find(office, "køkken")) == [mention.case_id]


def test_percent_and_underscore_are_ordinary_characters(hear, office):
    [percent] = hear(post("Tindra promised 50% off, and it leaks", author="one"))
    [under] = hear(post("Tindra leaks see tin_dra/photo", author="two"))
    hear(post("Tindra 500 leaks tinXdra", author="three"))
    assert numbers(find(office, "50%")) == [percent.case_id]
    assert numbers(find(office, "tin_dra")) == [under.case_id]
    assert numbers(find(office, "dra/photo")) == [under.case_id]
    assert numbers(find(office, "%")) == [percent.case_id]


def test_a_search_without_words_or_with_too_many_is_a_sentence(office):
    for asked in ("", "  ", "\x00"):
        with pytest.raises(NotAllowed, match="Write what to look for"):
            find(office, asked)
    with pytest.raises(NotAllowed, match="10 words at most"):
        find(office, " ".join(str(n) for n in range(11)))


def test_personal_data_is_withheld_in_lists_as_on_cards(hear, office, desk):
    hear(post("My Tindra leaks, call me on +45 20 12 34 56"))
    views, total = desk.waiting(None)
    for _, blocks in (found_list(find(office, "leaks")), waiting_list(views, total, None)):
        assert "20 12 34 56" not in json.dumps(blocks)
        assert "Withheld here" in json.dumps(blocks)


def test_a_found_post_is_data(hear, office):
    hear(post("Tindra leaks <!channel> <@UGRY>"))
    for asked in ("leaks", "<!channel>", "nothing<!here>"):
        assert "<!" not in json.dumps(found_list(find(office, asked)), ensure_ascii=False)


# Notes.


def test_anybody_adds_a_note_that_stands_in_the_timeline(hear, desk, notes):
    [mention] = hear(post())
    notes.add(mention.case_id, " She prefers\nthe phone <!channel> ", by=BO)
    view = desk.view(mention.case_id)
    assert [(e.what, e.actor) for e in view.events][-1] == ("note", BO)
    assert "<@UBO> noted · She prefers the phone &lt;!channel&gt;" in timeline(view)
    for text, blocks in (case_sheet(view), checklist_sheet(view)):
        assert_message({"text": text, "blocks": blocks})
        assert '>She prefers\\n>the phone &lt;!channel&gt;"' in json.dumps(blocks)


def test_a_note_delivered_twice_is_one(hear, desk, notes):
    [mention] = hear(post())
    with carrying_out(notes.office.db, "T1"):
        notes.add(mention.case_id, "call her", by=BO)
    with pytest.raises(Repeated), carrying_out(notes.office.db, "T1"):
        notes.add(mention.case_id, "call her", by=BO)
    with carrying_out(notes.office.db, "T2"):
        notes.add(mention.case_id, "call her", by=BO)
    assert [e.what for e in desk.view(mention.case_id).events].count("note") == 2


def test_a_note_is_bounded_and_needs_words(hear, desk, notes):
    [mention] = hear(post())
    with pytest.raises(NotAllowed, match="1,000 characters at most; this one has 1,001"):
        notes.add(mention.case_id, "x" * 1001, by=BO)
    with pytest.raises(NotAllowed, match="needs words"):
        notes.add(mention.case_id, " \n ", by=BO)
    with pytest.raises(NotAllowed, match="There is no case 99"):
        notes.add(99, "x", by=BO)
    for _ in range(8):
        notes.add(mention.case_id, "<&>" * 333, by=BO)
    desk.claim(mention.case_id, by=ANA)
    for text, blocks in (case_sheet(desk.view(1)), checklist_sheet(desk.view(1))):
        assert_message({"text": text, "blocks": blocks})


def test_the_owner_hears_of_a_colleagues_note_and_not_of_their_own(hear, desk, notes, db):
    [mention] = hear(post())
    desk.claim(mention.case_id, by=ANA)
    notes.add(mention.case_id, "mine", by=ANA)
    notes.add(mention.case_id, "look at <@UCARLA> & <!here>", by=BO)
    with db.reading() as session:
        told = session.scalars(select(Outbox).where(Outbox.kind == "notice")).all()
    assert [(row.channel, row.payload["text"]) for row in told] == [
        (ANA, "<@UBO> noted on case 1: “look at <@UCARLA> &amp; &lt;!here&gt;”")
    ]


def test_the_specialist_who_is_asked_sees_the_note(hear, desk, notes, escalations, db):
    [mention] = hear(post())
    escalations.escalate(mention.case_id, by=ANA, why=None)
    with db.reading() as session:
        before = session.scalars(select(Outbox).where(Outbox.kind == "escalation")).one()
    notes.add(mention.case_id, "the valve was replaced in May", by=BO)
    with db.reading() as session:
        row = session.scalars(select(Outbox).where(Outbox.kind == "escalation")).one()
        asked = session.scalars(select(Escalation)).one()
    assert (row.channel, row.version) == (CARLA, before.version + 1)
    text, blocks = escalation_message(desk.view(mention.case_id), asked)
    assert_message({"text": text, "blocks": blocks})
    assert "the valve was replaced in May" in json.dumps(blocks)


def test_a_closed_case_takes_notes_too(hear, desk, notes):
    [mention] = hear(post())
    desk.dismiss(mention.case_id, by=ANA, because="no_reply")
    notes.add(mention.case_id, "they rang after all", by=BO)
    assert desk.view(mention.case_id).case.stage == "dismissed"


def test_a_severe_case_is_marked_wherever_it_stands(hear, desk, escalations, db):
    [mention] = hear(post("My Tindra caught fire, there is smoke everywhere and my daughter is burnt"))
    number = mention.case_id
    view = desk.view(number)
    assert view.case.severity == 3
    drawn = [waiting_list([view], 1, None), case_sheet(view), checklist_sheet(view), case_list([view])]
    escalations.escalate(number, by=ANA, why=None)
    with db.reading() as session:
        drawn.append(escalation_message(desk.view(number), session.scalars(select(Escalation)).one()))
    assert [":rotating_light: danger" in json.dumps(blocks) for _, blocks in drawn] == [True] * len(drawn)
