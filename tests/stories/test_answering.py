"""Answering a story once: who may close the rest, what is on record for each, and what still waits."""

import pytest
from sqlalchemy import select

from bot.blocks.card import card
from bot.blocks.digest import digest_text
from bot.blocks.stories import answered_modal, listed
from bot.missed import Missed
from bot.stories.answering import StoryAnswers
from bot.stories.clock import StoryClock
from bot.stories.story import Stories
from models.case import Case
from models.errors import NotAllowed
from models.escalation import Escalation
from models.outbox import Outbox
from tests.people import ANA, BO, GRY
from tests.slack_limits import assert_message, assert_view
from tests.stories.words import CLAIM, copy

REPLY = "I'm Ana, customer care at Tindra. Sorry about the drip tray! We send you a new one. Please DM us."


@pytest.fixture
def story(hear):
    """A first case and seven more like it, in one conversation each."""
    return [mention.case_id for mention in hear(*(copy(n, conversation=f"c{n}") for n in range(8)))]


@pytest.fixture
def answered(story, desk, office):
    """Ana has answered the first case."""
    desk.claim(story[0], by=ANA)
    office.change(
        story[0], lambda session, case, at: case.answered(by=office.person(ANA), at=at, where="by hand")
    )
    return story


def test_the_first_card_says_how_many_tell_it_and_who_waits(story, desk):
    message = card(desk.view(story[0]))
    assert_message({"text": message[0], "blocks": message[1]})
    assert "*and 7 more like it* · 7 still wait" in str(message[1])
    assert "word_group" in str(message[1])
    assert "word_answered" not in str(message[1]), "there is no answer yet"
    desk.claim(story[3], by=BO)
    assert "*and 7 more like it* · 6 still wait" in str(card(desk.view(story[0]))[1])
    assert f"like case {story[0]}" in str(card(desk.view(story[3]))[1])


def test_before_the_first_is_answered_nothing_can_be_closed(story, office):
    with pytest.raises(NotAllowed, match="has had no answer yet"):
        StoryAnswers(office).close_rest(story[0], by=GRY)


def test_only_the_owner_or_a_lead_closes_the_rest(answered, office):
    with pytest.raises(NotAllowed, match="only they or a lead"):
        StoryAnswers(office).close_rest(answered[0], by=BO)
    assert len(StoryAnswers(office).close_rest(answered[0], by=GRY)) == 7


def test_each_that_waits_is_closed_with_its_reason_on_record(answered, desk, office):
    desk.claim(answered[2], by=BO)
    closed = StoryAnswers(office).close_rest(answered[0], by=ANA)
    assert closed == [answered[1], *answered[3:]]
    for number in closed:
        view = desk.view(number)
        assert (view.case.stage, view.case.closed_because) == ("dismissed", "story")
        last = view.events[-1]
        assert (last.what, last.actor, last.why) == ("answer_with", ANA, f"case {answered[0]}")
    assert desk.view(answered[2]).case.stage == "claimed", "Bo has it"
    assert "· nobody of them waits" in str(card(desk.view(answered[0]))[1])


def test_some_can_be_chosen_and_a_wrong_number_closes_none(answered, desk, office):
    answers = StoryAnswers(office)
    with pytest.raises(NotAllowed, match="Not closed: 99 doesn't wait"):
        answers.close_rest(answered[0], by=ANA, only=[answered[1], 99])
    assert desk.view(answered[1]).case.stage == "waiting"
    assert answers.close_rest(answered[0], by=ANA, only=[answered[1], answered[4]]) == [
        answered[1],
        answered[4],
    ]


def test_who_was_answered_with_another_case_and_writes_again_is_back_with_a_card(
    answered, hear, desk, office
):
    StoryAnswers(office).close_rest(answered[0], by=ANA)
    hear(copy(3, "that does not help me", conversation="c3"))
    case = desk.view(answered[3]).case
    assert (case.stage, case.closed_because, case.behind) == ("waiting", None, False)


def test_the_list_has_who_waits_first_and_its_pages_are_within_slacks_limits(story, hear, desk, office):
    hear(*(copy(n) for n in range(10, 40)))
    desk.claim(story[1], by=BO)
    pages = [Stories(office).listed(str(story[5]), page) for page in (1, 2, 3, 4)]
    numbers = [view.case.id for page in pages for view in page.views]
    assert len(set(numbers)) == 37 == len(numbers)
    assert numbers[-1] == story[1], "who has somebody comes last"
    for page in pages:
        text, blocks = listed(page)
        assert_message({"text": text, "blocks": blocks})
    assert "Claim" in str(listed(pages[0])[1])
    assert [page.page for page in pages] == [1, 2, 3, 4]
    assert Stories(office).listed(str(story[0]), 99).page == 4


def test_a_case_that_nobody_else_tells_has_no_list(hear, office):
    [mention] = hear(copy(1))
    with pytest.raises(NotAllowed, match="Nobody else has told"):
        Stories(office).listed(str(mention.case_id))
    with pytest.raises(NotAllowed, match="no case 99"):
        Stories(office).listed("99")


def test_the_window_is_within_slacks_limits():
    assert_view(answered_modal(12, 1234, {"url": "https://slack.example/answer", "replace": True}))


def test_the_digest_counts_each_who_waits_in_one_line(story, digests):
    figures = digests.today_so_far(GRY)
    assert figures.unanswered_total == 8
    assert [(line.id, line.alike) for line in figures.unanswered] == [(story[0], 7)]
    text = digest_text(figures, digests.office.playbook)
    assert "8 unanswered" in text
    assert "and 7 more like it" in text
    assert "… and" not in text


def test_the_digest_says_how_many_were_answered_with_another_case(answered, office, digests):
    StoryAnswers(office).close_rest(answered[0], by=ANA)
    figures = digests.today_so_far(GRY)
    assert (figures.unanswered_total, figures.with_story, figures.dismissed) == (0, 7, 0)
    assert "7 answered with another case" in digest_text(figures, office.playbook)


def test_a_story_is_escalated_once_and_leads_hear_of_it_once(story, office, escalations, targets, clock, db):
    clock.pass_(hours=2)
    assert targets.miss_targets() == 8
    assert Missed(office, escalations).escalate() == 1
    with db.reading() as session:
        assert [row.case_id for row in session.scalars(select(Escalation))] == [story[0]]
        told = session.scalars(select(Outbox).where(Outbox.key.startswith("notice:overdue"))).all()
    assert len(told) == 1


def test_when_the_first_is_closed_and_others_wait_too_long_the_oldest_leads(
    story, desk, office, targets, clock
):
    desk.dismiss(story[0], by=ANA, because="no_reply")
    StoryClock(office).look()
    assert desk.view(story[1]).case.behind
    clock.pass_(hours=2)
    targets.miss_targets()
    StoryClock(office).look()
    assert desk.view(story[1]).case.behind is False
    assert {desk.view(number).case.like_id for number in story[2:]} == {story[1]}


def test_reposts_are_counted_on_the_card(hear, desk):
    [first] = hear(copy(1, external_id="71"))
    hear(*(copy(n, f"RT @copier_1: {CLAIM}", repost=True, about="71") for n in range(2, 5)))
    message = card(desk.view(first.case_id))
    assert_message({"text": message[0], "blocks": message[1]})
    assert "reposted 3 times" in str(message[1])


def test_a_severity_that_rises_brings_a_copy_forward(story, hear, db):
    hear(copy(5, "and now there is smoke!", conversation="c5"))
    with db.reading() as session:
        case = session.get_one(Case, story[5])
    assert (case.severity, case.behind) == (3, False)
