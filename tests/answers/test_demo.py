"""The demo begins with approved answers that this program's own check lets through."""

import pytest

from bot.answers.demo import load_demo_answers
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
