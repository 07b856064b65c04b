"""A story and a rush as people meet them in Slack."""

from sqlalchemy import select

from models.case import Case
from tests.journeys.acts import hear, sheet_of
from tests.people import ANA, BO, GRY
from tests.slack import eventually, words
from tests.slack_limits import assert_message, assert_view
from tests.stories.words import copy, different


def test_a_story_from_its_card_to_everybody_answered(program, slack):
    hear(program, *(copy(n, conversation=f"c{n}") for n in range(5)))
    first = eventually(lambda: having(slack.card(1), "and 4 more like it* · 4 still wait"))
    assert_message(first)
    assert slack.cards(2) == []

    # Bo looks who else wrote, and takes one: it gets a card, and the count follows.
    slack.click(BO, first, "word_group")
    listed = slack.private(BO, "4 still wait")
    assert_message(listed)
    assert "Copier 4" in words(listed)
    slack.click(BO, listed, "claim")
    sheet_of(slack, BO, 2, having="It is yours")
    assert_message(eventually(lambda: having(slack.card(2), "<@UBO> has it")))
    eventually(lambda: having(slack.card(1), "3 still wait"))

    # Ana has the story. Before she answers, the rest can't be closed; then a window asks for whom it serves.
    slack.command(ANA, "/claim")
    sheet_of(slack, ANA, 1, having="It is yours")
    slack.command(ANA, "/case", "answered 1")
    slack.private(ANA, "has had no answer yet")
    office = program.office
    office.change(1, lambda session, case, at: case.answered(by=office.person(ANA), at=at, where="by hand"))
    answered = eventually(lambda: having(slack.card(1), "word_answered"))
    assert_message(answered)
    slack.click(ANA, answered, "word_answered")
    window = slack.view("Answered · case 1")
    assert_view(window)
    slack.submit(ANA, only="drip tray")
    assert "numbers" in slack.view("errors")["errors"]["only"]
    slack.submit(ANA, only="3 5")
    slack.private(ANA, "2 cases are closed as answered with case 1")
    eventually(lambda: having(slack.card(1), "1 still waits"))
    slack.command(GRY, "/case", "answered 1 4")
    slack.private(GRY, "1 case is closed")
    slack.command(GRY, "/case", "group 1")
    assert "answered with case 1" in words(slack.private(GRY, "nobody of them waits"))
    slack.command(GRY, "/case", "4")
    assert_message(slack.private(GRY, "closed it as answered with"))

    # The customer whom that did not help is back at once, with a card.
    hear(program, copy(3, "and mine is still broken", conversation="c3"))
    assert_message(slack.card(4))


def test_a_rush_is_one_card_with_its_list_and_the_most_urgent_to_claim(program, slack):
    hear(program, *(different(n) for n in range(30)))
    heap = eventually(lambda: heap_card(slack))
    assert_message(heap)
    assert "30 more posts" in words(heap)
    slack.click(ANA, heap, "word_group")
    listed = slack.private(ANA, "Page 1 of 3")
    assert_message(listed)
    slack.click(ANA, listed, "group_on")
    turned = slack.private(ANA, "Page 2 of 3")
    assert_message(turned)
    slack.click(BO, heap, "claim_heap")
    slack.private(BO, "It is yours")
    with program.office.db.reading() as session:
        mine = session.scalars(select(Case.id).where(Case.owner == BO)).one()
    assert_message(slack.card(mine))
    eventually(lambda: having(heap_card(slack), "29 still wait"))


def having(message, said):
    return message if said in words(message) else None


def heap_card(slack):
    return next(
        (
            m
            for m in slack.messages()
            if str(m.get("blocks", [{}])[0].get("block_id", "")).startswith("heap:")
        ),
        {},
    )
