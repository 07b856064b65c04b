"""Personal data that the customer wrote and the draft says again."""

import pytest

from bot.reply_check import Finding, check_reply
from tests.reply_check.score import TINDRA


def check(text: str, *posts: str) -> Finding:
    return check_reply(text, "en", TINDRA, introduction_needed=False, customer=posts)


def keys(finding: Finding) -> list[str]:
    return [problem.key for problem in finding.found]


@pytest.mark.parametrize(
    ("post", "text", "said"),
    [
        ("My order 4711-2231 is late", "We see that 4711-2231 left today.", "4711-2231"),
        ("order 4711-2231 is late", "Your 4711 2231 left today.", "4711 2231"),
        ("call me on +44 7911 123456", "We'll try 07911 123456 at noon.", "07911 123456"),
        ("call me on 07911 123456", "We'll try +44 7911 123-456.", "+44 7911 123-456"),
        ("I'm ana.smith@mailbox.example", "Sent to ANA.SMITH@mailbox.example.", "ANA.SMITH@mailbox.example"),
        ("I live at 12 Elm Street, Leeds", "The van is on its way to 12 Elm Street.", "12 Elm Street"),
    ],
)
def test_what_the_customer_gave_away_is_not_said_again(post: str, text: str, said: str):
    finding = check(text, post)
    assert keys(finding) == ["repeats_theirs"]
    assert finding.gives_away == [said]
    assert said in finding.stops[0]


def test_a_datum_of_an_earlier_post_counts_as_well():
    assert keys(check("4711-2231 left today.", "Order 4711-2231!", "Hello?")) == ["repeats_theirs"]


@pytest.mark.parametrize(
    ("post", "text"),
    [
        ("Order 4711-2231 is late", "Sorry, we'll look at your order."),
        ("Nobody answers on 0800 496 0123", "Please call us on 0800 496 0123."),
        ("I wrote to support@tindra.example", "support@tindra.example is the right place."),
        ("My house number is 12", "It takes 12 days."),
        ("Since 2019 I buy here", "Thank you for being with us since 2019."),
        ("Order 4711-2231 is late", "Part 94711-22310 is back in stock."),
    ],
)
def test_what_is_ours_or_theirs_by_chance_may_be_said(post: str, text: str):
    assert "repeats_theirs" not in keys(check(text, post))


def test_each_datum_is_one_finding_however_often_it_is_said():
    finding = check("4711-2231? Yes, 4711-2231.", "My order is 4711-2231", "4711-2231")
    assert keys(finding) == ["repeats_theirs"]
