import pytest

from tests.sift.company import playbook, queue, sift
from tests.sifters import sifter_of


def sifter_with(**changes):
    return sifter_of(playbook(**changes))


@pytest.mark.parametrize("author", ["KastoHelp", "@kastohelp", "KASTOHELP"])
def test_our_own_posts_are_set_aside(sifter, author):
    verdict = sift(sifter, "We are sorry that the lamp is broken", author=author)
    assert (verdict.shown, verdict.reason) == (False, "our own post")


def test_a_handle_is_ours_only_at_its_source(sifter):
    assert sift(sifter, "@KastoHelp broken lamp", author="kasto", source="x").shown
    assert not sift(sifter, "broken lamp", author="kasto", source="facebook").shown


def test_reposts_are_set_aside(sifter):
    assert sift(sifter, "RT @mia: Kasto lamp is broken").reason == "a repost"
    assert sift(sifter, "Kasto lamp is broken", repost=True).reason == "a repost"


def test_excluded_authors_are_set_aside():
    sifter = sifter_with(sift={"excluded_authors": ["KastoFanBot"]})
    assert (
        sift(sifter, "Kasto lamp is broken", author="@kastofanbot").reason == "excluded author: @kastofanbot"
    )


def test_a_post_without_our_words_is_not_about_us(sifter):
    verdict = sift(sifter, "My lamp is broken")
    assert (verdict.shown, verdict.reason) == (False, "not about us: none of our words is in it")
    assert verdict.kind == "complaint"


def test_all_and_none_words_decide_whether_a_post_is_about_us():
    brand = {"name": "Kasto", "handles": {"x": ["KastoHelp"]},
             "keywords": {"any": ["kasto"], "all": ["lamp*"], "none": ["football"]}}  # fmt: skip
    sifter = sifter_with(brands=[brand], queues=[queue("all")])
    assert sift(sifter, "my Kasto lamp").shown
    assert not sift(sifter, "my Kasto chair").shown
    assert sift(sifter, "@KastoHelp my chair").shown
    assert sift(sifter, "@KastoHelp football lamp").reason == "not about us: 'football' is in it"


def test_a_namesake_is_set_aside_unless_a_word_or_handle_shows_that_we_are_meant(sifter):
    verdict = sift(sifter, "#Velora, my niece, turned three today")
    assert not verdict.shown
    assert verdict.reason == "namesake: no word shows that Velora the company is meant"
    assert sift(sifter, "Velora cancelled my flight").shown
    assert sift(sifter, "@VeloraAir broke my guitar").shown


def test_a_handle_written_to_us_is_about_us_even_if_the_source_alone_says_so(sifter):
    assert sift(sifter, "the lamp is broken", mentions_us=True).shown


def test_the_teams_noise_rules_name_their_reason_and_word():
    rule = {"reason": "share price", "any": ["shares", "stock market"], "unless": ["broken"]}
    sifter = sifter_with(sift={"noise": [rule]})
    assert sift(sifter, "Kasto shares fell today").reason == "share price: 'shares'"
    assert sift(sifter, "Kasto shares fell and my lamp is broken").shown


def test_what_is_set_aside_is_read_all_the_same(sifter):
    verdict = sift(sifter, "Sælger Kasto stol, 300 kr, ring 20 34 56 78, sendes som pakke")
    assert not verdict.shown
    assert (verdict.language, verdict.kind, verdict.topic) == ("da", "ad", "delivery")
    assert verdict.personal_data == ["20 34 56 78"]


def test_the_first_topic_with_a_word_in_the_post_wins(sifter):
    assert sift(sifter, "@KastoHelp the courier lost it and I want a refund").topic == "delivery"
    assert sift(sifter, "@KastoHelp I want a refund").topic == "billing"
    assert sift(sifter, "@KastoHelp good lamp").topic is None


QUEUES = [
    ("nordic", "@KastoHelp jeg mangler stadig to skruer og en låge"),
    ("money", "@KastoHelp I want a refund for the lamp you sent me"),
    ("ideas", "@KastoHelp you should sell this lamp in yellow too"),
    ("air", "@VeloraAir where do I find the seat map for Friday?"),
    ("all", "@KastoHelp the lamp arrived broken this morning"),
    ("all", "@KastoHelp øv"),
]


@pytest.mark.parametrize(("queue", "text"), QUEUES)
def test_the_first_queue_whose_rules_all_fit_gets_the_post(sifter, queue, text):
    assert sift(sifter, text).queue == queue


def test_the_brand_whose_handle_is_in_the_post_comes_before_one_that_is_only_named(sifter):
    assert sift(sifter, "@KastoHelp my Nordlys phone fell off your shelf").brand == "Kasto"


HOSTILE = ["", " ", "\x00", "\u202e" * 99, "\ud800", "😡" * 10_000, "a" * 10_000, "not " * 2500, "?" * 10_000,
           "for sale " * 1100, "#" * 10_000, "@KastoHelp " * 900, "sælger min " * 900,
           "ก" * 10_000]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_makes_the_sift_fail(sifter, text):
    assert sift(sifter, text, mentions_us=True).queue
