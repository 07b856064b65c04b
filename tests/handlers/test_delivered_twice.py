"""Slack may deliver a click, a command or a window twice, at once or late: the copy changes nothing."""

import json
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_bolt import App, BoltRequest
from slack_sdk import WebClient
from sqlalchemy import func, select

from app import Parts, build
from bot.once import KEPT, beside_it, carrying_out, forget_old
from bot.sources import Batch
from handlers import features
from handlers.interaction import interaction_id
from models.case import Case
from models.errors import NotAllowed, Repeated
from models.event import Event
from models.handled import Handled
from models.schema import metadata
from tests.databases import copy_migrated
from tests.handlers.interactions import (
    CHANGES,
    CLAIM,
    NO_CHANGE,
    TICK,
    Step,
    click,
    command,
    escalated,
    offered,
    option,
    window,
)
from tests.people import ANA, BO, CARLA, DAG, NOON, Time, playbook, post
from tests.slack import Fault, Slack, settings_for, words

DAYTIME = {"days": {day: ["08:00", "20:00"] for day in ("mon", "tue", "wed", "thu", "fri")}}
AT_WORK = {"topics": ["leak"], "languages": ["en"], "time_zone": "Europe/Amsterdam", "hours": DAYTIME}
BOOK = playbook(
    training={
        "levels": [{"level": 1, "name": "all", "kinds": ["complaint"], "courses": ["tone"]}],
        "trained": dict.fromkeys([ANA, BO, CARLA, DAG], 1),
    },
    specialists=[{"name": "Carla", "slack": CARLA, **AT_WORK}, {"name": "Dag", "slack": DAG, **AT_WORK}],
)
KEYS = [f"x_{name}" for name in ("consumer_key", "consumer_secret", "access_token", "access_token_secret")]
KEYS.append("facebook_page_token")


@dataclass(frozen=True)
class Stage:
    """The program, and Slack's payloads handed to it one by one."""

    parts: Parts
    app: App
    clock: Time

    def __call__(self, step: Step) -> Any:
        """What the payload was acknowledged with, once it was dealt with. Another step is just taken."""
        if not isinstance(step, dict):
            return step(self.parts)
        answer = self.app.dispatch(BoltRequest(body=step, mode="socket_mode"))
        assert answer.status == 200, step
        return answer.body

    def everything(self) -> dict[str, Any]:
        """All rows of all tables, but for who looks at a case and when Slack was asked about people."""
        with self.parts.office.db.reading() as session:
            return {
                name: [
                    {key: value for key, value in row.items() if key != "seen_at"}
                    for row in session.execute(select(table).order_by(*table.primary_key)).mappings()
                ]
                for name, table in metadata.tables.items()
                if name != "presences"
            }


@pytest.fixture(scope="module")
def begun(slack_process: Slack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stage, Path]]:
    """One program for all rows of the table, and a copy of its database with two cases in it."""
    folder, clock = tmp_path_factory.mktemp("twice"), Time()
    copy_migrated(folder / "test.db")
    settings = settings_for(slack_process.url, f"sqlite:///{folder / 'test.db'}")
    keys: dict[str, Any] = dict.fromkeys(KEYS, "-")
    parts = build(replace(settings, **keys), BOOK, clock=clock)
    leak = post("@TindraCare my Tindra leaks all over the kitchen counter", mentions_us=True)
    smell = post("My Tindra leaks since I changed the filter, and it smells", author="another")
    parts.works.listener.take("test", Batch([leak, smell]))
    client = WebClient("xoxb-test", base_url=f"{slack_process.url}/api/")
    app = App(client=client, signing_secret="-", process_before_response=True)
    features.register(app, parts.services)
    parts.office.db.close()
    shutil.copy(folder / "test.db", folder / "begun.db")
    yield Stage(parts, app, clock), folder
    parts.works.delivery.stop()
    parts.office.db.close()


@pytest.fixture
def stage(begun: tuple[Stage, Path], slack: Slack) -> Stage:
    stage, folder = begun
    stage.parts.office.db.close()
    for rest in folder.glob("test.db*"):
        rest.unlink()
    shutil.copy(folder / "begun.db", folder / "test.db")
    stage.clock.now = NOON
    return stage


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


def at_home(action_id: str, value: object, user: str = ANA) -> dict[str, Any]:
    """A click on the Home tab: its answer is a direct message, which can be read here."""
    payload = click(action_id, value, user)
    return payload | {"container": {"type": "message"}, "message": {}}


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


# Out of order.


def case_of(stage: Stage, number: int = 1) -> Case:
    return stage.parts.services.desk.view(number).case


def moves(stage: Stage) -> list[str]:
    return [event.what for event in stage.parts.services.desk.view(1).events][1:]


def test_a_step_taken_back_before_its_tick_arrives_ends_ticked_once(stage):
    untick = click("tick", "1 helps undo")
    for step in (CLAIM, untick, TICK, untick, TICK):
        stage(step)
    assert (case_of(stage).ticked, moves(stage)) == (["helps"], ["claim", "tick"])


def test_claim_and_release_in_any_order_leave_what_the_last_new_one_said(stage):
    release = command("release 1")
    for step in (release, CLAIM, release, CLAIM, release):
        stage(step)
    # The first release was refused, so its copy is the one that counts; then both are known.
    assert (case_of(stage).stage, moves(stage)) == ("waiting", ["claim", "release"])


def test_a_window_submitted_after_its_case_was_closed_changes_nothing(stage):
    stage(CLAIM)
    stage(window("dismiss", {"case": 1}, reason=option("no_reply")))
    closed = stage.everything()
    late = window(
        "promise", {"case": 1, "step": ""}, day={"selected_date": "2026-03-12"}, hour=option("10:00")
    )
    assert "Case 1 is dismissed" in stage(late)
    assert "Case 1 is dismissed" in stage(window("escalate", {"case": 1}, why="the pump"))
    assert "Case 1 is dismissed" in stage(window("handover", {"case": 1}, to={"selected_user": BO}))
    assert stage.everything() | {"employees": 0} == closed | {"employees": 0}, "Slack was asked who Bo is"


def test_who_accepts_after_somebody_else_was_asked_does_not_get_the_case(stage, slack):
    for step in (CLAIM, escalated, window("send_on", {"escalation": 1}, CARLA, to={"selected_user": DAG})):
        stage(step)
    before = stage.everything()
    stage(at_home("accept", 1, CARLA))
    after = stage.everything()
    assert after | {"outbox": 0} == before | {"outbox": 0}
    assert slack.direct(CARLA, "Case 1 was answered already: sent on")


def test_a_specialist_s_yes_delivered_after_they_sent_it_back_takes_nothing(stage):
    accept = click("accept", 1, CARLA)
    stage(CLAIM)
    stage(escalated)
    stage(accept)
    stage(command("release 1", CARLA))
    stage(click("claim", 1))
    stage(escalated)
    stage(accept)
    assert case_of(stage).stage == "escalated"


def test_a_colleague_s_yes_after_the_offer_was_taken_back_takes_nothing(stage):
    for step in (CLAIM, offered, command("keep 1"), click("handover_yes", 1, BO)):
        stage(step)
    assert case_of(stage).owner == ANA


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


def test_an_id_is_forgotten_when_no_copy_can_come_any_more(desk, hear, db, clock):
    hear(post())
    with carrying_out(db, "1.2"):
        desk.claim(1, by=ANA)
    assert forget_old(db, clock.now + KEPT) == 0
    assert forget_old(db, clock.now + KEPT + timedelta(seconds=1)) == 1
    with db.reading() as session:
        assert session.scalars(select(Handled)).all() == []
