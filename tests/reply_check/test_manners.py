"""Advice: how a draft speaks to the customer."""

import pytest

from bot.reply_check import Finding, check_reply
from tests.reply_check.score import TINDRA


def check(text: str, language: str = "en", **more: list[str]) -> Finding:
    return check_reply(text, language, TINDRA, introduction_needed=False, **more)  # type: ignore[arg-type]


def keys(text: str, language: str = "en", **more: list[str]) -> list[str]:
    return [problem.key for problem in check(text, language, **more).found]


@pytest.mark.parametrize(
    "text",
    [
        "As we already told you, the part is on its way.",
        "You should have read the manual.",
        "Had you read the manual, it would still work.",
        "Obviously you need water in the tank.",
        "Congratulations on breaking the fourth grinder this year.",
    ],
)
def test_blame_lectures_and_sarcasm_get_advice_and_do_not_stop(text: str):
    finding = check(text)
    assert [problem.key for problem in finding.found] == ["blames"]
    assert finding.stops == []
    assert "reproach" in finding.advice[0]


@pytest.mark.parametrize(
    "text",
    [
        "You should have received a mail by now.",
        "You shouldn't have to wait this long.",
        "That's not your fault at all.",
        "Congratulations on your new machine!",
        "That obviously isn't what we want.",
        "You could try another socket.",
    ],
)
def test_what_only_looks_like_blame_is_left_alone(text: str):
    assert keys(text) == []


def test_an_invitation_to_private_without_a_why_gets_advice():
    assert keys("Please send us a DM.") == ["no_reason_for_private"]
    assert keys("Please send us a DM, so that your details stay between us.") == []


def test_a_promise_without_a_time_gets_advice():
    assert keys("I'll get back to you.") == ["promise_without_time"]
    assert keys("I'll get back to you by tomorrow noon.") == []
    assert keys("I'll get back to you. It will be Monday at the latest.") == []


@pytest.mark.parametrize("link", ["https://bit.ly/3xY", "tinyurl.com/abc", "http://t.co/Xy1", "www.ow.ly/i"])
def test_a_short_link_gets_advice(link: str):
    assert keys(f"All about it: {link}") == ["short_link"]


@pytest.mark.parametrize("link", ["https://tindra.example/t.co/x", "https://about.com", "rabbit.lynx"])
def test_another_link_does_not(link: str):
    assert keys(f"All about it: {link}") == []


def test_a_question_that_is_passed_over_gets_advice():
    ask = "Love it. Does the grinder take paper filters?"
    finding = check("Thank you for being with us, we are so happy!", customer=["Hello!", ask])
    assert [problem.key for problem in finding.found] == ["unanswered"]
    assert finding.advice == ["They asked “Does the grinder take paper filters?” Does your reply answer it?"]


@pytest.mark.parametrize(
    "text",
    [
        "Paper filters fit, enjoy!",
        "Yes!",
        "Which grinder do you have?",
        "Please DM us, so that your details stay between us.",
        "Let me ask our workshop.",
        "All about it: https://tindra.example/grinder",
    ],
)
def test_a_reply_that_goes_into_the_question_is_left_alone(text: str):
    assert keys(text, customer=["Does the grinder take paper filters?"]) == []


@pytest.mark.parametrize(
    "post", ["It leaks.", "Seriously?", "Are you kidding me?", "https://x.example/?q=1", ""]
)
def test_where_no_question_was_asked_none_is_unanswered(post: str):
    assert keys("Oh dear, so sorry!", customer=[post]) == []


def test_a_reply_like_one_of_the_last_reads_like_a_template():
    said = "Hi Bo, Ana from Tindra customer care. Sorry that your grinder jams. Turn it off and brush it."
    now = "Hi Lea, Gry from Tindra customer care. So sorry your grinder jams. Turn it off and brush it!"
    assert keys(now, recent=[said]) == ["template"]
    assert keys("Sorry that your grinder jams. What beans do you use?", recent=[said]) == []


def test_short_thanks_may_be_alike():
    assert keys("Thank you so much!", recent=["Thank you so much!"]) == []


def test_only_the_last_ten_replies_count():
    said = "Sorry that your grinder jams. Turn it off and brush it out."
    assert keys(said, recent=[said, *["Lovely to hear that about the new blue kettle."] * 10]) == []


@pytest.mark.parametrize(
    ("language", "text", "key"),
    [
        ("da", "Som vi allerede har skrevet, er det ikke dækket.", "blames"),
        ("nl", "Je had de handleiding moeten lezen.", "blames"),
        ("de", "Wie wir bereits erklärt haben, geht das nicht.", "blames"),
        ("da", "Send os en DM.", "no_reason_for_private"),
        ("nl", "Stuur ons een DM.", "no_reason_for_private"),
        ("de", "Schick uns eine DM.", "no_reason_for_private"),
        ("da", "Vi vender tilbage.", "promise_without_time"),
        ("nl", "We komen erop terug.", "promise_without_time"),
        ("de", "Ich melde mich bei dir.", "promise_without_time"),
    ],
)
def test_the_advice_is_given_in_other_languages_too(language: str, text: str, key: str):
    assert keys(text, language) == [key]
