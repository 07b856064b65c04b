"""The demo begins with approved answers that this program's own check lets through."""

import pytest

from bot.answers.demo import load_demo_answers
from bot.answers.variables import fill
from bot.reply_check.check import check_reply
from bot.reply_check.us import Us
from config.demo_answers import demo_answers
from config.playbook import load_playbook
from config.settings import ROOT


@pytest.fixture
def book():
    return load_playbook(ROOT / "config" / "playbook.yaml")


def test_the_demo_s_answers_are_loaded_once_and_a_retired_one_stays_retired(office, answers):
    load_demo_answers(office)
    first = answers.page().answers[0]
    answers.retire(first.id, by=office.playbook.leads[0].slack)
    load_demo_answers(office)
    assert answers.page().total == len(demo_answers()) - 1
    assert {one.language for one in demo_answers()} == {"en", "da", "nl", "de"}


@pytest.mark.parametrize("number", range(len(demo_answers())))
def test_each_can_be_posted_on_x_as_it_is(book, number):
    one = demo_answers()[number]
    values = {
        "customer": "Martha", "me": "Ana", "company": book.company.name, "reference": "#12",
        "role": book.company.role_in(one.language), "link": "https://x.com/messages/compose?recipient_id=42",
    }  # fmt: skip
    text = fill(one.text, values, one.language)
    assert check_reply(text, one.language, Us.of(book), platform="x").problems == []
