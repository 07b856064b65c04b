"""Taking a case, as employees do it in Slack."""

from bot.sources import Batch
from tests.people import ANA, BO, post
from tests.slack import eventually, words


def hear(program, *posts):
    program.works.listener.take("test", Batch(list(posts)))


def test_a_mention_becomes_a_card_and_a_claim_shows_the_owner_to_everybody(program, slack):
    hear(program, post())
    card = slack.card(1)
    assert "My Tindra leaks" in words(card)
    slack.click(ANA, card, "claim")
    sheet = slack.private(ANA, "It is yours")
    assert "*Next:* a reply helps here" in words(sheet)
    eventually(lambda: "<@UANA> has it" in words(slack.card(1)))


def test_a_colleague_who_claims_a_moment_later_is_told_who_has_it(program, slack):
    hear(program, post())
    slack.card(1)
    slack.command(ANA, "/claim", "1")
    slack.private(ANA, "It is yours")
    slack.command(BO, "/claim", "1")
    assert slack.private(BO, "<@UANA> has case 1")
