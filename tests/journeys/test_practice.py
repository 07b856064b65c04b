"""A practice case as somebody in training goes through it, in their direct messages with the bot."""

import pytest

from config.practice import practice_words
from tests.journeys.acts import hear
from tests.people import ANA, playbook, post
from tests.slack import running, settings_for, words

BAD = "I'm Ana, customer care at Tindra. What's your order number?"
GOOD = (
    "Hi Mia, I'm sorry about the puddle. I'm Ana, customer care at Tindra. Please send us a private message "
    "with your order number, so that nobody else can read it."
)


@pytest.fixture
def here(slack, tmp_path):
    with running(settings_for(slack.url, f"sqlite:///{tmp_path / 'test.db'}"), playbook()) as parts:
        yield parts


def test_from_claim_to_resolved_with_nobody_else_noticing(here, slack):
    sample = practice_words("en").samples[0]
    hear(here, post())
    before = len(slack.messages())
    slack.command(ANA, "/training", "practice")
    slack.click(ANA, slack.direct(ANA, sample.title), "practice_claim")
    slack.click(ANA, slack.direct(ANA, "It is yours"), "practice_reply")
    slack.view("Practice: reply")
    slack.submit(ANA, draft=BAD)
    slack.view(having=practice_words("en").explains["asks_in_public"][:60])
    slack.submit(ANA, draft=GOOD)
    slack.view(having="Good to go")

    message = slack.direct(ANA, "TN-204418")
    while "*Next:*" in words(message):
        label = words(message).split("*Next:* ")[1].split("\n")[0].split('"')[0]
        slack.click(ANA, message, "practice_tick")
        message = slack.direct(ANA, f":white_check_mark: {label}")
    slack.click(ANA, message, "practice_resolve")
    assert "after 2 tries" in words(slack.direct(ANA, "A colleague might have written"))
    public = [m for m in slack.messages() if m.get("ephemeral_to") is None]
    assert len(public) <= before + 1  # the real case's card, and nothing of the practice
    assert "TN-204418" not in "".join(words(m) for m in slack.messages())
