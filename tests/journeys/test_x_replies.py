"""A reply through X's own API: posted once, and honest about whether it was."""

import json
from dataclasses import replace

import pytest
from slack_bolt import BoltRequest
from slack_sdk import WebClient
from sqlalchemy import select

from bot.delivery import Delivery
from bot.outbox.marking import retry_parked
from bot.outward import Outgoing
from bot.posting import Posting
from bot.sources import Batch
from bot.sources.x_reply import XPoster
from handlers.slack import slack_app
from models.case import Case
from models.outbox import Outbox
from models.reply import UNKNOWN, Reply
from tests.far_network import Answer, far_network
from tests.journeys.acts import hear
from tests.people import ANA, post
from tests.slack import eventually, running, settings_for, words
from tests.slack_limits import assert_view

GOOD = "Hi Mia, I'm Ana, customer care at Tindra. Sorry about the mess! Please send us a private message."
POSTS, ID = "/2/tweets", "1987303767481618104"


@pytest.fixture
def x():
    with far_network() as network:
        yield network


@pytest.fixture
def program(slack, x, tmp_path, book):
    settings = replace(
        settings_for(slack.url, f"sqlite:///{tmp_path / 'x.db'}"),
        x_api_url=x.url,
        x_consumer_key="k",
        x_consumer_secret="k",
        x_access_token="k",
        x_access_token_secret="k",
    )
    with running(settings, book) as parts:
        yield parts


def ready_to_post(program, slack):
    """Ana has case 1, of somebody who mentioned us, and a draft that passed the check."""
    hear(program, post("@TindraCare my Tindra leaks", external_id=ID, mentions_us=True))
    slack.card(1)
    slack.command(ANA, "/claim", "1")
    sheet = slack.private(ANA, "It is yours")
    open_reply(slack, sheet)
    slack.submit(ANA, draft=GOOD)
    modal = slack.view("Post · case 1")
    assert modal["submit"]["text"] == "Post now"
    assert_view(modal)
    return sheet


def open_reply(slack, sheet):
    slack.click(ANA, sheet, "reply")
    return slack.view("Reply · case 1")


def test_a_reply_to_who_mentioned_us_is_posted_once_through_x(program, slack, x):
    x.answer(POSTS, {"data": {"id": "1999", "text": GOOD}}, 201)
    ready_to_post(program, slack)
    slack.submit(ANA)
    assert "on its way" in words(slack.view("On its way"))
    slack.direct(ANA, "Your reply in case 1 is on X: <https://x.com/i/web/status/1999|open it>")
    eventually(lambda: "answered" in words(slack.card(1)))
    [seen] = x.requests
    assert seen.json() == {"text": GOOD, "reply": {"in_reply_to_tweet_id": ID}}
    with program.office.db.reading() as session:
        case = session.get_one(Case, 1)
        assert [e.what for e in case.events].count("reply") == 1
        assert case.private  # the reply invited to a private message

    # Pressing the button of a modal that was left open posts nothing more.
    payload = next(e["detail"] for e in reversed(slack.log()) if '"reply_post"' in json.dumps(e))
    assert "This was done already" in said_to(program, payload)
    assert "posted already" in said_to(program, drawn_anew(payload))
    assert len(x.requests) == 1


def test_what_x_refuses_is_told_and_the_draft_is_back(program, slack, x):
    x.answer(POSTS, {"detail": "Reply to this conversation is not allowed <!here>"}, 403)
    x.answer(POSTS, {"data": {"id": "1999"}}, 201)
    sheet = ready_to_post(program, slack)
    slack.submit(ANA)
    told = slack.direct(ANA, "was not taken by X; *Reply…* opens your draft again")
    assert "does not allow this reply" in words(told)
    assert "<!here>" not in words(told)
    assert "answered" not in words(slack.card(1))

    modal = open_reply(slack, sheet)
    draft = next(b for b in modal["blocks"] if b["block_id"] == "draft")
    assert draft["element"]["initial_value"] == GOOD
    slack.submit(ANA, draft=GOOD)
    slack.view("Post · case 1")
    slack.submit(ANA)
    slack.direct(ANA, "Your reply in case 1 is on X")
    assert len(x.requests) == 2


@pytest.mark.parametrize("there", ["yes", "no"])
def test_an_outcome_that_nobody_knows_is_never_sent_again_and_the_employee_is_asked(program, slack, x, there):
    fault = Answer(503) if there == "yes" else Answer(cut=True)
    x.answer_with(POSTS, lambda seen: fault)
    sheet = ready_to_post(program, slack)
    stale = slack.view("Post · case 1")
    slack.submit(ANA)
    told = slack.direct(ANA, "may or may not be on X")
    assert "say what you found" in words(told)

    # Nothing goes out meanwhile, neither by itself nor from a modal that was left open.
    assert stale["callback_id"] == "reply_post"
    checked = next(e["detail"] for e in reversed(slack.log()) if '"reply_check"' in json.dumps(e))
    assert "look there first" in said_to(program, drawn_anew(checked))
    with program.office.db.reading() as session:
        assert [r.state for r in session.scalars(select(Reply))] == ["unknown"]
    assert len(x.requests) == 1

    modal = open_reply(slack, sheet)
    assert modal["callback_id"] == "reply_unknown"
    assert_view(modal)
    slack.submit(ANA, there=there)
    if there == "yes":
        slack.view("On record")
        eventually(lambda: "answered" in words(slack.card(1)))
        assert open_reply(slack, sheet)["callback_id"] == "reply_check"
    else:
        slack.view("Draft")
        assert "answered" not in words(slack.card(1))
        modal = open_reply(slack, sheet)
        draft = next(b for b in modal["blocks"] if b["block_id"] == "draft")
        assert draft["element"]["initial_value"] == GOOD
    assert len(x.requests) == 1


def test_who_did_not_mention_us_is_answered_by_hand_even_with_keys_for_x(program, slack, x):
    hear(program, post("my Tindra leaks", external_id=ID, mentions_us=False))
    slack.card(1)
    slack.command(ANA, "/claim", "1")
    open_reply(slack, slack.private(ANA, "It is yours"))
    slack.submit(ANA, draft=GOOD)
    modal = slack.view("Post · case 1")
    assert modal["submit"]["text"] == "I posted it"
    assert f"in_reply_to={ID}" in words(modal)
    assert x.requests == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("how", ["killed", "broke"])
def test_a_post_that_was_interrupted_is_asked_about_and_never_repeated(
    how, office, listener, desk, replies, db, clock, slack, x
):
    listener.take("test", Batch([post("@TindraCare my Tindra leaks", external_id=ID, mentions_us=True)]))
    desk.claim(1, by=ANA)
    replies.post(replies.check(1, GOOD, by=ANA).reply, by=ANA)
    poster = XPoster("k", "k", "k", "k", api_url=x.url)
    x.answer(POSTS, {"data": {"id": "1999"}}, 201)

    def interrupted(row):
        """Posts, and can't record it: the database is away for a moment."""
        if not row.unknown:
            poster.post_reply(GOOD, ID)
            raise ConnectionError("no database")
        Outgoing(Posting(office), poster)(row)

    delivery = Delivery(
        office, WebClient("xoxb-test", base_url=f"{slack.url}/api/"), {"x_reply": interrupted}
    )
    if how == "broke":
        delivery.drain()
        with db.transaction() as session:
            assert retry_parked(session, office) == 1
    else:
        poster.post_reply(GOOD, ID)
        with db.transaction() as session:
            row = session.scalars(select(Outbox).where(Outbox.kind == "x_reply")).one()
            row.unknown_since = clock.now  # as a process leaves it that is killed while it posts
    delivery.drain()
    delivery.stop()
    assert len(x.requests) == 1
    with db.reading() as session:
        assert session.scalars(select(Reply)).one().state == UNKNOWN
    slack.direct(ANA, "may or may not be on X")


def drawn_anew(payload):
    """The same of a window that is no copy."""
    return {**payload, "view": {**payload["view"], "hash": "another"}}


def said_to(program, payload):
    """The answer to a modal's submission that arrives again."""
    response = slack_app(program.settings, program.services).dispatch(
        BoltRequest(body=payload, mode="socket_mode")
    )
    return json.dumps(response.body, ensure_ascii=False)
