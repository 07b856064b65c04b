"""Whatever customers and playbooks write: every message and view is one that Slack takes."""

import json
import re
from pathlib import Path

import pytest

from bot.blocks.away_modal import away_modal
from bot.blocks.card import card
from bot.blocks.digest import digest
from bot.blocks.escalation import escalation_message, question_message, unresolved_message
from bot.blocks.escalation_modals import (
    answer_back_modal,
    ask_back_modal,
    escalate_modal,
    hand_on_modal,
    send_back_modal,
    send_on_modal,
    still_on_it_modal,
)
from bot.blocks.lists import aside_list, case_list
from bot.blocks.messages import notice
from bot.blocks.modals import (
    dismiss_modal,
    promise_modal,
)
from bot.blocks.reply_modals import Ways, Writing, ready_modal, reply_modal, unknown_modal
from bot.blocks.sheet import case_sheet, checklist_sheet
from bot.customer_history import Before
from bot.listening import Listener
from bot.reply_news import News
from bot.sift.sift import Sifter
from config.settings import ROOT
from models.escalation import Escalation, Question
from models.event import Event
from models.post import Post
from models.reply import Reply
from tests.databases import copy_migrated
from tests.people import ANA, BO, GRY, NOON, STEPS, playbook, post
from tests.sifters import sifter_of
from tests.slack_limits import assert_message, assert_view

REMEMBERED = {"url": "https://hooks.slack.com/actions/" + "x" * 200, "replace": True}
HOSTILE = [
    "<!channel> <@UGRY> <https://evil.example|Tindra> & *bold* _sly_ ~gone~ `code` tindra",
    "tindra " + "&" * 5000,
    "tindra " + "<" * 1193,
    "tindra\n" * 1500,
    "tindra " + "😤" * 3000,
    "tindra " + ">" * 40 + "\r\n\r\n\t\u202e\u200b\u0000 end",
    "tindra " + "क" * 2990,
    "*_~`" * 900 + " tindra",
]


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    copy_migrated(tmp_path / "test.db")
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture(scope="module")
def sifter() -> Sifter:
    return sifter_of(playbook())


@pytest.fixture
def listener(office, sifter) -> Listener:
    return Listener(office, sifter)


@pytest.fixture
def book():
    """A playbook with the longest of everything that it allows."""
    steps = STEPS + [
        {
            "key": f"{stage}_{n}_" + "x" * 28,
            "label": "é" * 140,
            "stage": stage,
            "required_for": ["complaint"],
        }
        for stage in ("public", "private", "close")
        for n in range(12)
    ]
    many = [
        {"name": f"N{n}", "slack": f"UMANY{n}", "topics": ["leak"], "languages": ["en"], "time_zone": "UTC"}
        for n in range(120)
    ]
    return playbook(checklist=steps, specialists=many)


def drawings(desk, escalations, number, clock):
    """Everything that can be shown of a case: (name, message or view)."""
    view = desk.view(number)
    for name, drawn in {
        "card": card(view),
        "sheet": checklist_sheet(view, "It is yours."),
        "case": case_sheet(view),
        "list": case_list([view]),
    }.items():
        yield name, {"text": drawn[0], "blocks": drawn[1]}
    asked = Escalation(
        id=2**31, case=view.case, round=0, specialist=BO, asked_by=ANA, why="<&>" * 330, state="asked",
        asked_at=clock.now, acknowledge_by=clock.now,
    )  # fmt: skip
    asked.questions = [
        Question(
            id=2**31 - n, by=BO, to=ANA, question="<&>" * 333, answer="<&>" * 333, answered_by=ANA,
            asked_at=clock.now, answer_by=clock.now, answered_at=clock.now,
        )
        for n in range(9)
    ]  # fmt: skip
    said = Reply(id=2**31, by=ANA, text="<&>" * 900, state="posted", created_at=clock.now)
    text, blocks = escalation_message(view, asked, [said])
    yield "escalation", {"text": text, "blocks": blocks}
    for answered in (asked.questions[0], Question(id=1, by=BO, to=ANA, question="💧" * 1000,
                     asked_at=clock.now, answer_by=clock.now)):  # fmt: skip
        text, blocks = question_message(view, answered)
        yield "question", {"text": text, "blocks": blocks}
    for open_ in (True, False):
        text, blocks = unresolved_message(view, asked, clock.now, "unresolved:1:1", open_=open_)
        yield "unresolved", {"text": text, "blocks": blocks}


def modals(desk, number, line):
    view = desk.view(number)
    words = ["<&>" * 500, "💧" * 1000]
    long_url = "https://x.com/intent/post?in_reply_to=1&text=" + "%E0%A4%95" * 280
    was = Before(7, 30, view.case, "<&>" * 900, view.now)
    said = Reply(id=2**31, by=BO, text="<&>" * 900, state="sending")
    noted = Event(id=2**31, at=view.now, actor=BO, what="note", why="<&>" * 300)
    news = News(tuple(view.mentions), (said,) * 1, (noted,))
    seen = {"seen": [2**31, 2**31, [2**31] * 40], "shown": 2**32, "asked": 2**32}
    yield reply_modal(
        view,
        Writing(
            draft="d" * 9000, introduction="i" * 300, invitation="<&>" * 900, stops=words * 20, advice=words,
            before=was, news=news, writing=[ANA, BO, GRY, ANA], lead=True, remembered=seen,
        ),
        answer=REMEMBERED,
    )  # fmt: skip
    yield reply_modal(view, Writing(introduction="<&>" * 90), answer=REMEMBERED)
    for post_url, can_post in ((long_url, False), (None, False), (None, True)):
        page = Ways(
            reply=2**31, text="<&>\n" * 2000, advice=words, post_url=post_url, filled=True,
            private_url="https://x.com/messages/compose?" + "x" * 300, invite_url=long_url,
            invitation="<&>" * 900, can_post=can_post, news=news, remembered=seen,
        )  # fmt: skip
        yield ready_modal(view, page, answer=REMEMBERED)
    yield unknown_modal(view, 2**31)
    yield dismiss_modal(view, REMEMBERED)
    yield escalate_modal(view, line, REMEMBERED)
    yield send_back_modal(2**31)
    yield ask_back_modal(2**31)
    yield answer_back_modal(2**31, "<&>" * 400)
    yield send_on_modal(2**31)
    yield hand_on_modal(2**31, REMEMBERED)
    yield still_on_it_modal(2**31, "America/Argentina/ComodRivadavia", view.now, REMEMBERED)
    yield away_modal(ANA, GRY, "America/Argentina/ComodRivadavia", view.now, REMEMBERED, choose=True)
    yield promise_modal(view, "k" * 40, REMEMBERED)


@pytest.mark.parametrize(
    ("block", "complaint"),
    [
        ({"type": "section", "block_id": "a", "text": {"type": "mrkdwn", "text": "x" * 3001}}, "3001 char"),
        ({"type": "section", "block_id": "a", "text": {"type": "mrkdwn", "text": " "}}, "empty text"),
        ({"type": "header", "block_id": "a", "text": {"type": "plain_text", "text": "x" * 500}}, "500 char"),
        ({"type": "section", "block_id": "b" * 256, "text": {"type": "mrkdwn", "text": "x"}}, "block_id"),
        ({"type": "actions", "block_id": "a", "elements": []}, "0 elements"),
        ({"type": "carousel", "block_id": "a"}, "unknown block"),
    ],
)
def test_what_slack_would_refuse_is_noticed_here(block, complaint):
    with pytest.raises(AssertionError, match=complaint):
        assert_message({"text": "words", "blocks": [block]})


def test_fifty_one_blocks_and_a_block_id_twice_are_noticed():
    blocks = [{"type": "divider", "block_id": f"b{n // 2}"} for n in range(51)]
    with pytest.raises(AssertionError, match=r"51 blocks.*stands there twice"):
        assert_message({"text": "words", "blocks": blocks})


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_post_is_drawn_within_slacks_limits_and_as_data(text, hear, desk, escalations, clock):
    long = "a" * 180 + "<!here>"
    [mention] = hear(post(text, author=long, author_name=long, url="https://x.example/" + "u" * 1990))
    number = mention.case_id or hear.listener.bring_back(mention.id, by=ANA)
    for name, message in drawings(desk, escalations, number, clock):
        assert_message(message)
        assert "<!" not in json.dumps(message), name
        assert "<@UGRY>" not in json.dumps(message), name
    desk.claim(number, by=ANA)
    for view in modals(desk, number, escalations.line(number, by=ANA)[1]):
        assert_view(view)
        assert "<!" not in json.dumps(view["blocks"])


def test_a_case_with_many_posts_and_moves_stays_within_slacks_limits(hear, desk, escalations, clock):
    number = hear(*(post("x" * 3000 + f" tindra {n}", conversation="one") for n in range(60)))[0].case_id
    desk.claim(number, by=ANA)
    for step in desk.office.playbook.checklist:
        desk.tick(number, step.key, by=ANA)
    for _ in range(5):
        desk.release(number, by=ANA, why="<&>" * 400)
        desk.claim(number, by=ANA)
    for name, message in drawings(desk, escalations, number, clock):
        assert_message(message)
        assert name == "case" or len(message["blocks"]) < 25


def test_the_demos_posts_are_drawn_within_slacks_limits(hear, desk, escalations, listener, clock):
    rows = [json.loads(line) for line in (ROOT / "config/demo/posts.jsonl").read_text("utf-8").splitlines()]
    keep = ("source", "author", "author_name", "text", "url", "conversation", "mentions_us")
    posts = [
        Post(external_id=row["id"], created_at=NOON, **{k: row[k] for k in keep if k in row}) for row in rows
    ]
    numbers = {m.case_id for m in hear(*posts)} - {None}
    assert len(numbers) > 20
    for number in numbers:
        for _, message in drawings(desk, escalations, number, clock):
            assert_message(message)
            assert "<!channel>" not in json.dumps(message)
    text, blocks = aside_list(listener.set_aside())
    assert_message({"text": text, "blocks": blocks})


@pytest.mark.parametrize(
    ("more", "step"),
    [
        ("thanks", "|Open your reply, ready to post>"),
        ("क" * 240, "|open where it goes>"),
        ("é" * 2800, "|open"),
    ],
)
def test_the_links_to_post_a_reply_are_whole_however_long_it_is(more, step, hear, desk, replies):
    hear(post(external_id="1987303767481618104"))
    desk.claim(1, by=ANA)
    checked = replies.check(1, f"Hi, I'm Ana, customer care at Tindra. {more}", by=ANA)
    links = checked.links
    page = Ways(
        reply=1, text=checked.text, advice=checked.advice, post_url=links.post, filled=links.filled,
        private_url=links.private, invite_url=links.invite, invitation=links.invitation,
    )  # fmt: skip
    view = ready_modal(checked.view, page, answer=REMEMBERED)
    assert_view(view)
    how = "\n".join(b["text"]["text"] for b in view["blocks"] if b["block_id"].startswith("ready|how"))
    assert step in how
    assert len(re.findall(r"<https://x\.com/intent/post\?in_reply_to=\d+[^|>\s]*\|[^>]+>", how)) == 2
    assert "Come back and press *I posted it*" in how


def test_a_long_list_of_my_cases_stays_within_slacks_limits(hear, desk):
    for mention in hear(*(post("&" * 500 + " tindra leaks", author="<" * 150 + str(n)) for n in range(40))):
        desk.claim(mention.case_id, by=ANA)
    text, blocks = case_list(desk.mine(ANA))
    assert_message({"text": text, "blocks": blocks})


def test_a_digest_of_a_bad_day_stays_within_slacks_limits(hear, digests, clock):
    hear(*(post(f"Tindra leaks again {n}", author="ö" * 190 + str(n)) for n in range(80)))
    clock.pass_(hours=5)
    text, blocks = digest(digests.today_so_far(GRY), digests.office.playbook, "digest:1")
    assert_message({"text": text, "blocks": blocks})


def test_a_notice_of_any_length_stays_within_slacks_limits():
    text, blocks = notice("notice:" + "k" * 113, "w" * 9000)
    assert_message({"text": text, "blocks": blocks})
