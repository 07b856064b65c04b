"""What was learned stands on cards, in the digest, on leads' Home and in `/case lessons`."""

from typing import Any

import pytest

from bot.blocks.card import card
from bot.blocks.digest import digest
from bot.blocks.home import home
from bot.blocks.lessons import lessons_list
from bot.blocks.sheet import case_sheet
from bot.home import Homes
from bot.lessons.correcting import Correcting
from bot.lessons.figures import Gate, Score
from bot.lessons.listing import Lessons
from models.corrected import Said
from models.sift_model import SiftModel
from tests.people import ANA, GRY, post
from tests.slack_limits import assert_message, assert_view

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SLOW = "Anybody else's Tindra take ten minutes to warm up today? my mum has left without a latte"
LEARNED = ":bulb: Learned from your corrections: reads like a complaint; the rules said question"


def home_of(office, member):
    with office.db.reading() as session:
        return home(Homes(office).view(session, member))


def test_a_changed_verdict_is_said_on_card_and_sheet_until_somebody_says_what_it_is(taught, hear, desk):
    [mention] = hear(post(SLOW, author="a"))
    view = desk.view(mention.case_id)
    for text, blocks in (card(view), case_sheet(view)):
        assert_message({"text": text, "blocks": blocks})
        assert LEARNED in str(blocks)
    Correcting(desk.office).correct(mention.case_id, Said(kind="question"), by=ANA)
    view = desk.view(mention.case_id)
    assert view.case.kind == "question"
    assert ":bulb:" not in str(card(view)) + str(case_sheet(view))


def test_the_digest_has_precision_and_recall_of_the_rules_and_of_what_was_learned(taught, digests):
    figures = digests.today_so_far(GRY)
    text, blocks = digest(figures, digests.office.playbook, "digest:1")
    assert_message({"text": text, "blocks": blocks})
    drawn: Any = blocks
    said = next(b["text"]["text"] for b in drawn if b["block_id"] == "digest:1|learned")
    [needed] = [line for line in said.split("\n") if "who needs somebody" in line]
    assert said.startswith("*The sift* on your last ")
    assert "rules precision " in needed
    assert needed.endswith("in use")


def test_leads_home_has_it_in_one_line_and_nobody_elses(taught, office):
    blocks = home_of(office, GRY)
    assert_view({"type": "home", "blocks": blocks})
    assert "*The sift* learned from 2" in str(blocks)
    assert "corrections: in use" in str(blocks)
    assert "*The sift*" not in str(home_of(office, ANA))


def test_before_there_are_200_home_says_how_many_there_are(hear, office, desk):
    assert "*The sift*" not in str(home_of(office, GRY))
    hear(post())
    desk.dismiss(1, by=ANA, because="ad")
    assert "*The sift* has 1 of the 200 corrections from which it learns" in str(home_of(office, GRY))


def test_a_silent_model_says_why(taught, office, db, digests):
    with db.transaction() as session:
        row = session.get_one(SiftModel, 1)
        row.state, row.why = "silent", "what it is: no better than the rules <!channel>"
        score = Score.of_json(row.scores or {})
        gates = [Gate(one.name, one.changed, one.right, False, "luck") for one in score.gates]
        row.scores = Score(gates, score.figures).as_json()
    taught = Lessons(office).newest(by=GRY)
    text, blocks = lessons_list(taught, office.playbook, "UTC", office.clock())
    assert_message({"text": text, "blocks": blocks})
    assert "and is silent: what it is: no better than the rules &lt;!channel&gt;" in str(blocks)
    _, drawn = digest(digests.today_so_far(GRY), office.playbook, "digest:1")
    assert "Silent: what it is: no better than the rules &lt;!channel&gt;" in str(drawn)
    assert "in use" not in str(drawn)
