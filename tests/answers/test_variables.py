"""Variables: which there are, whom one greets, and what a text is without a name."""

from typing import Any

import pytest

from bot.answers.variables import customer_name, fill, tidy, unknown_variables
from models.mention import Mention
from models.post import NO_NAME
from tests.people import NOON, post

VALUES = {
    "customer": "Mia", "me": "Ana", "role": "customer care", "company": "Tindra",
    "link": "https://x.com/messages/compose?recipient_id=42", "reference": "#12",
}  # fmt: skip


def name(**fields: Any) -> str | None:
    return customer_name(Mention.from_post(post(**fields), stored_at=NOON))


def test_every_variable_is_filled_in():
    text = "Hi {customer}, {me}, {role} at {company}: {link} ({reference})"
    assert fill(text, VALUES, "en") == (
        "Hi Mia, Ana, customer care at Tindra: https://x.com/messages/compose?recipient_id=42 (#12)"
    )


@pytest.mark.parametrize("text", ["{Customer}", "{ customer }", "{CUSTOMER}"])
def test_a_variable_is_known_however_it_is_typed(text):
    assert (tidy(text), unknown_variables(text), fill(text, VALUES, "en")) == ("{customer}", [], "Mia")


@pytest.mark.parametrize("text", ["{", "a } b", "{}", "{ }", "{1}", "{\n}", "{{", "}{", "{:-)}", "{" * 9000])
def test_a_brace_that_is_no_variable_is_text(text):
    assert unknown_variables(text) == []
    assert fill(text, VALUES, "en") == text


def test_what_looks_like_a_variable_and_is_none_is_named():
    assert unknown_variables("Hi {name}, {first name} {customer} {name}") == ["name", "first name"]


def test_what_a_value_holds_is_never_filled_in_again():
    assert fill("Hi {customer}!", {**VALUES, "customer": "{link}"}, "en") == "Hi {link}!"


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("en", "Hi {customer}, thanks!", "Hi, thanks!"),
        ("en", "Hi {customer}! Thanks.", "Hi! Thanks."),
        ("en", "Thanks, {customer}!", "Thanks!"),
        ("en", "{customer}, thanks for this.", "Thanks for this."),
        ("en", "Dear {customer},\nthanks", "Hello,\nthanks"),
        ("nl", "Beste {customer},", "Hallo,"),
        ("da", "Kære {customer}", "Hej"),
        ("de", "Liebe {customer}, danke", "Hallo, danke"),
        ("fr", "Chère {customer},", "Bonjour,"),
        ("ja", "{customer}様、ご連絡ありがとうございます。", "お客様、ご連絡ありがとうございます。"),
        ("ja", "{customer}さん、こんにちは。", "お客様、こんにちは。"),
        ("zh", "亲爱的{customer}，感谢", "您好，感谢"),
    ],
)
def test_without_a_name_nobody_is_greeted_emptily(language, text, said):
    assert fill(text, {**VALUES, "customer": None}, language) == said


@pytest.mark.parametrize(
    ("fields", "called"),
    [
        ({"author_name": "Mia Jensen"}, "Mia"),
        ({"author_name": "MIA JENSEN"}, "Mia"),
        ({"author_name": "mia ☕"}, "Mia"),
        ({"author_name": "Jean-Luc P."}, "Jean-Luc"),
        ({"author_name": "Dr. Åse Holm"}, "Åse"),
        ({"author_name": "Dwight, full of beans"}, "Dwight"),
        ({"author_name": "山田 太郎"}, "山田太郎"),
        ({"author_name": "Звезда Петрова"}, "Звезда"),
        ({"author_name": "☕☕☕"}, "@mia_j"),
        ({"author_name": "Call 0152 288173"}, "Call"),
        ({"author_name": "0152 288173"}, "@mia_j"),
        ({"author_name": "The Coffee Club"}, "@mia_j"),
        ({"author_name": None}, "@mia_j"),
        ({"author_name": "<!channel> {link}"}, "Channel"),
        ({"source": "facebook", "author": "Siobhan Tully", "author_name": None}, "Siobhan"),
        ({"source": "rss", "author": NO_NAME, "author_name": None}, None),
        ({"source": "rss", "author": "***", "author_name": None}, None),
    ],
)
def test_a_customer_is_called_by_a_first_name_or_a_handle_or_not_at_all(fields, called):
    assert name(**fields) == called
