"""Who a draft says is writing."""

import pytest

from bot.reply_check import check_reply
from tests.reply_check.score import TINDRA


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Hi, I'm Ana from Tindra customer care. That shouldn't happen."),
        ("en", "Ana here, service technician at Tindra: soak it overnight."),
        ("en", "That shouldn't happen. ^Ana, customer care @ Tindra"),
        ("en", "That shouldn't happen.\n\nKind regards,\nAna\nCustomer care, Tindra"),
        ("en", "hi, i'm ana from tindra customer care"),
        ("en", "Hi, I'm Ana from Acme customer care."),
        ("da", "Prøv igen. Mvh. Bo, kundeservice hos Tindra"),
        ("nl", "Probeer het nog eens. Met vriendelijke groet, Sanne – klantenservice Tindra"),
        ("de", "Versuch es noch einmal. Viele Grüße, Jörg vom Kundenservice, Tindra"),
        ("sv", "Hej, jag heter Sara och jobbar på Tindra kundtjänst. Så ska det inte vara."),
        ("sv", "Prova igen. Mvh Johan, servicetekniker på Tindra"),
        ("no", "Hei, Kari fra Tindra kundeservice her. Sånn skal det ikke være."),
        ("no", "Prøv igjen. Vennlig hilsen Ola, teknisk support hos Tindra"),
        ("ja", "Tindraカスタマーサポートの佐藤です。ご不便をおかけしております。"),
        ("ja", "申し訳ございません。もう一度お試しください。（Tindraサポート担当 田中）"),
        ("zh", "我是Tindra客服小李，很抱歉给您带来不便。"),
        ("zh", "您好，這裡是Tindra客服中心的王芳。"),
    ],
)
def test_name_company_and_role_make_an_introduction(language: str, text: str):
    assert check_reply(text, language, TINDRA).introduces


@pytest.mark.parametrize(
    ("language", "text", "missing"),
    [
        ("ja", "Tindraの佐藤です。ご不便をおかけしております。", "your role is"),
        (
            "ja",
            "ご不便をおかけしております。担当者より改めてご連絡します。",
            "your name, company and role are",
        ),
        ("zh", "我是小李，很抱歉给您带来不便。", "your company and role are"),
        ("zh", "很抱歉，请联系我们的客服。", "your name, company and role are"),
    ],
)
def test_what_is_missing_is_named_where_names_have_no_capitals(language: str, text: str, missing: str):
    finding = check_reply(text, language, TINDRA)
    assert [missing in stop for stop in finding.stops] == [True]


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("That shouldn't happen. ^AB", "your name, company and role are"),
        ("I'm Ana. That shouldn't happen.", "your company and role are"),
        ("I'm Ana from Tindra. Please contact our support.", "your role is"),
        ("Hi, I'm Ana, customer care.", "your company is"),
        ("I'm Ana, customer care. Sorry about your Tindra!", "your company is"),
        ("Tindra customer care here. That shouldn't happen.", "your name is"),
    ],
)
def test_what_is_missing_is_named(text: str, missing: str):
    finding = check_reply(text, "en", TINDRA)
    assert not finding.introduces
    assert finding.stops == [f"Say who you are: {missing} not there yet."]


def test_a_missing_introduction_is_no_problem_when_none_is_needed():
    finding = check_reply("That shouldn't happen.", "en", TINDRA, introduction_needed=False)
    assert not finding.introduces
    assert finding.problems == []
