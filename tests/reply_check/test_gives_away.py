"""What a draft would publish, and how long it is."""

import pytest

from bot.reply_check import Us, check_reply
from bot.reply_check.length import mastodon_length
from config.playbook import Playbook
from tests.reply_check.score import TINDRA


def given(text: str, language: str = "en") -> list[str]:
    return check_reply(text, language, TINDRA).gives_away


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("Is 020 7946 0958 still your number?", ["020 7946 0958"]),
        ("We'll write to ana.smith@mailbox.example.", ["ana.smith@mailbox.example"]),
        ("Your order 4711-2231 left today.", ["4711-2231"]),
        ("We charged 4111 1111 1111 1111 twice.", ["4111 1111 1111 1111"]),
        ("It goes to GB82 WEST 1234 5698 7654 32.", ["GB82 WEST 1234 5698 7654 32"]),
    ],
)
def test_personal_data_is_found_as_it_stands_in_the_draft(text: str, data: list[str]):
    finding = check_reply(text, "en", TINDRA)
    assert finding.gives_away == data
    assert any(data[0] in stop for stop in finding.stops)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Call us on 020 7946 0958."),
        ("en", "You can reach our team on 020 7946 0958 or 020 7946 0959."),
        ("da", "Ring til os på 70 12 34 56."),
        ("nl", "Bel ons op 020 123 4567."),
        ("de", "Rufen Sie uns an unter 030 1234567."),
        ("ja", "サポート窓口（03-1234-5678）へお問い合わせください。"),
        ("ja", "03-1234-5678までお電話ください。"),
        ("ja", "フリーダイヤル0120-123-456でも承ります。"),
        ("zh", "请拨打客服热线400-123-4567。"),
        ("zh", "售后电话：021-62345678，care@tindra.example也可以。"),
        ("en", "Write to support@tindra.example or kundeservice@tindra.example."),
        (
            "en",
            "See https://tindra.example/order/4711 for the Tindra Duo 2400, 249.00 EUR, 12:30 on 2026-03-01.",
        ),
    ],
)
def test_our_own_numbers_mailboxes_and_links_are_no_personal_data(language: str, text: str):
    assert given(text, language) == []


@pytest.mark.parametrize(
    ("language", "text", "data"),
    [
        ("ja", "ご登録の090-1234-5678にお電話いたします。", "090-1234-5678"),
        ("ja", "東京都渋谷区神南1-2-3にお送りしました。", "東京都渋谷区神南1-2-3"),
        ("zh", "我们会打13812345678联系您。", "13812345678"),
    ],
)
def test_a_customers_data_is_found_where_no_space_parts_it(language: str, text: str, data: str):
    assert given(text, language) == [data]


def test_the_same_datum_twice_is_one_finding():
    assert given("Order 4711-2231? Yes, 4711-2231.") == ["4711-2231"]


def test_a_draft_too_long_for_x_is_a_problem_on_x_only():
    long = "I'm Ana from Tindra customer care. " + "We are sorry. " * 20
    on_x = check_reply(long, "en", TINDRA, platform="x")
    assert on_x.problems == ["X counts 315 characters here, so shorten it by 35 to fit into 280."]
    assert on_x.stops == []
    assert check_reply(long, "en", TINDRA, platform="facebook").problems == []


@pytest.mark.parametrize(
    ("platform", "name", "most"), [("bluesky", "Bluesky", 300), ("mastodon", "Mastodon", 500)]
)
def test_bluesky_and_mastodon_count_signs_as_people_see_them(platform, name, most):
    hello = "I'm Ana from Tindra customer care. "
    family = "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}"
    fits = hello + family * (most - len(hello))
    assert check_reply(fits, "en", TINDRA, platform=platform).problems == []
    over = check_reply(fits + "e\u0301", "en", TINDRA, platform=platform).problems
    assert over == [f"{name} counts {most + 1} characters here, so shorten it by 1 to fit into {most}."]


def test_mastodon_counts_23_for_a_link_and_nothing_for_a_handles_server():
    assert (
        mastodon_length("@mia@far.example see https://tindra.example/" + "a" * 300) == len("@mia see ") + 23
    )


def test_a_link_counts_23_characters_on_x():
    text = "I'm Ana from Tindra customer care. https://example.com/" + "a" * 250
    assert check_reply(text, "en", TINDRA, platform="x").problems == []


def test_who_we_are_comes_from_the_playbook():
    us = Us.of(Playbook.model_validate(PLAYBOOK))
    assert us == Us("Tindra A/S", ("Tindra", "TindraCare", "TindraCoffee"), r"T-\d{6}", ("DK",))
    assert check_reply("I'm Ana, customer care @TindraCare.", "en", us).introduces
    assert check_reply("I'm Ana, customer care at Tindra A/S.", "en", us).introduces
    assert check_reply("Your T-123456 left today.", "en", us).gives_away == ["T-123456"]


PLAYBOOK = {
    "company": {"name": "Tindra A/S"},
    "brands": [{"name": "Tindra", "handles": {"x": ["@TindraCare"], "facebook": ["TindraCoffee"]}}],
    "sift": {"order_pattern": r"T-\d{6}", "phone_regions": ["DK"]},
    "queues": [
        {
            "name": "all",
            "channel": "mentions",
            "time_zone": "Europe/Copenhagen",
            "targets": {"first_response": "1h", "resolution": "1d"},
        }
    ],
    "checklist": [{"key": "helped", "label": "A reply helps here", "stage": "public"}],
    "leads": [{"name": "Bo", "slack": "U012AB3CD", "digest_at": "08:30", "time_zone": "Europe/Copenhagen"}],
    "leads_channel": "leads",
}
