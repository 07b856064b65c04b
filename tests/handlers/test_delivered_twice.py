"""Slack may deliver a click, a command or a window twice, at once or late: the copy changes nothing."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from slack_bolt import App
from slack_sdk import WebClient
from sqlalchemy import func, select

from bot.once import beside_it, carrying_out
from handlers import features
from handlers.interaction import interaction_id
from models.errors import NotAllowed, Repeated
from models.event import Event
from models.handled import Handled
from tests.handlers.interactions import CHANGES, CLAIM
from tests.handlers.payloads import click, command, option, window
from tests.handlers.stage import at_home
from tests.people import ANA, BO, post
from tests.slack import Fault, words

OPENS, SHOWS = "opens a window", "shows something"
NO_CHANGE: dict[str, str] = {
    **dict.fromkeys(
        [
            "action aside_is", "action handover_no", "action send_back", "action ask_back",
            "action answer_back", "action send_on", "action still_on_it", "action hand_on", "action reply",
            "action answers_search", "action answer_new", "action answer_change", "action answer_offer_take",
            "action training", "action practice_reply", "action crisis", "action hours",
            "action surge_crisis", "word dismiss", "word escalate", "word private", "word training",
            "shortcut make_case", "shortcut log_conversation",
        ],
        OPENS,
    ),
    **dict.fromkeys(
        [
            "action checklist", "action answers_back", "action answers_earlier", "action answers_more",
            "action answer_open", "action group_back", "action group_on", "command /digest",
            "command /answers", "view find", "view answers_find", "view course_open", "view course_page",
            "word show", "word mine", "word queue", "word find", "word aside", "word help", "word lessons",
            "word answers", "word digest", "word group",
        ],
        SHOWS,
    ),
    "command /case": "its words are here, each by itself",
    "action case_menu": "stands for a word",
    "closed reply_check": "ends somebody's presence",
    "closed reply_post": "ends somebody's presence",
    "closed reply_posted": "ends somebody's presence",
    "event user_change": "says what is so",
    "event app_home_opened": "draws the tab",
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_a_copy_changes_nothing_at_once_or_late(what, stage):
    change = CHANGES[what]
    for step in change.before:
        stage(step)
    untouched = stage.everything()
    stage(change.what)
    once = stage.everything()
    assert {**once, "handled": 0} != {**untouched, "handled": 0}, "the first one did something"
    stage(change.what)
    assert stage.everything() == once
    stage.clock.pass_(seconds=20)
    for step in change.between:
        before = stage.everything()
        stage(step)
        assert not isinstance(step, dict) or stage.everything() != before, step
    moved = stage.everything()
    stage(change.what)
    assert stage.everything() == moved


def test_every_interaction_is_in_the_table_or_changes_nothing():
    there = {f"word {name}" for name in features.words()}
    for feature in features.FEATURES:
        for kind in ("COMMANDS", "ACTIONS", "VIEWS", "SHORTCUTS", "CLOSED", "EVENTS"):
            name = kind.removesuffix("S").lower()
            there |= {f"{name} {key}" for key in getattr(feature, kind, {})}
    told = {name.partition(",")[0] for name in CHANGES} | set(NO_CHANGE)
    assert there - told == set(), "each needs a row in tests/handlers/interactions.py"
    assert told - there == set()


def test_a_late_copy_of_a_click_is_answered_with_the_case_as_it_is_now(stage, slack):
    claim = at_home("claim", 1)
    for step in (claim, command("release 1"), click("claim", 1, BO), claim):
        stage(step)
    answer = words(slack.direct(ANA, "Nothing was done twice."))
    assert "This was done already." in answer
    assert "*Next:* a reply helps here" in answer
    assert stage.parts.services.desk.view(1).case.owner == BO


def test_the_claim_that_took_the_last_case_is_answered_with_it_when_it_comes_again(stage, slack):
    stage(click("claim", 2, BO))
    last = at_home("claim_next", "-")
    stage(last)
    stage(last)
    assert "Case 1" in words(slack.direct(ANA, "Nothing was done twice."))


def test_a_window_submitted_again_because_slack_had_trouble_is_done_once_and_says_so(stage):
    note = window("note", {"case": 1}, text="She rang.")
    stage(CLAIM)
    stage(note)
    stage(command("release 1"))
    again = stage({**note, "trigger_id": "another one"})
    assert "This was done already. Nothing was done twice. Case 1 is waiting." in again
    changed = window("note", {"case": 1}, text="She rang twice.")
    stage({**changed, "view": {**changed["view"], "id": note["view"]["id"]}})
    notes = [e.why for e in stage.parts.services.desk.view(1).events if e.what == "note"]
    assert notes == ["She rang.", "She rang twice."], "what was changed is another one"


def test_a_window_about_no_case_says_in_one_sentence_that_it_was_done(stage):
    off = window("away", {"member": ANA}, day={"selected_date": "2026-03-12"}, hour=option("10:00"), why="")
    stage(off)
    assert "Nothing was done twice." in stage(off)


@pytest.mark.parametrize(
    ("error", "said"),
    [("exchanged_trigger_id", 0), ("expired_trigger_id", 1)],
    ids=["open already", "too late"],
)
def test_a_second_click_whose_window_is_open_already_says_nothing(error, said, stage, proxy):
    proxy.next("views.open", Fault(status=200, body=json.dumps({"ok": False, "error": error})))
    client = WebClient("xoxb-test", base_url=f"{proxy.url}/api/")
    app = App(client=client, signing_secret="-", process_before_response=True)
    features.register(app, stage.parts.services)
    replace(stage, app=app)(at_home("word_note", 1))
    assert (proxy.calls.count("views.open"), proxy.calls.count("chat.postMessage")) == (1, said)


def test_drawn_anew_a_window_with_the_same_words_is_another_one():
    first = window("reply_check", {"case": 1}, draft="Hi")
    drawn_anew = {**first, "view": {**first["view"], "hash": "2.b"}}
    assert interaction_id(first) == interaction_id({**first, "trigger_id": "later"})
    assert interaction_id(first) != interaction_id(drawn_anew)
    assert interaction_id(first) != interaction_id({**first, "user": {"id": BO}})


# The rule itself, on both databases.


def test_of_two_deliveries_at_once_one_counts_and_the_other_knows(desk, hear, db):
    hear(post())

    def deliver(_: int) -> str:
        try:
            with carrying_out(db, "1.2"):
                desk.claim(1, by=ANA)
        except Repeated as copy:
            return f"copy of case {copy.case}"
        return "claimed"

    with ThreadPoolExecutor(8) as pool:
        told = sorted(pool.map(deliver, range(8)))
    assert told == ["claimed", *["copy of case 1"] * 7]
    with db.reading() as session:
        assert session.scalar(select(func.count(Event.id)).where(Event.what == "claim")) == 1


def test_what_was_refused_is_not_kept_and_may_be_done_when_it_comes_again(desk, hear, db):
    hear(post())
    desk.claim(1, by=BO)
    with pytest.raises(NotAllowed), carrying_out(db, "1.2"):
        desk.claim(1, by=ANA)
    desk.release(1, by=BO)
    with carrying_out(db, "1.2"):
        assert desk.claim(1, by=ANA).case.owner == ANA


def test_all_that_one_click_changes_counts_and_what_comes_beside_it_is_no_part_of_it(desk, hear, db):
    hear(post(), post(author="another"))
    with carrying_out(db, "1.2"):
        with beside_it():
            desk.claim(1, by=ANA)
        desk.claim(2, by=ANA)
        desk.tick(2, "helps", by=ANA)
    with db.reading() as session:
        assert [(row.request, row.case_id) for row in session.scalars(select(Handled))] == [("1.2", 2)]
