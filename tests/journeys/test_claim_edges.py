"""Claims that can't be, clumsy words, things that arrive twice, and many people at once."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from slack_bolt import BoltRequest

from bot.once import carrying_out
from handlers.slack import slack_app
from models.case import Case
from models.errors import NotAllowed, Repeated
from models.event import Event
from tests.journeys.acts import hear, sheet_of
from tests.people import ANA, BO, CARLA, DAG, EVA, GRY, post
from tests.slack import eventually, running, settings_for, words

EVERYBODY = [ANA, BO, CARLA, DAG, EVA, GRY]


# At the desk, on both databases.


def test_of_many_people_claiming_at_once_one_gets_it_and_the_others_are_told_who(desk, hear, db):
    people = [f"U{n:03}" for n in range(8)]

    def claim(number, member, together):
        together.wait()
        try:
            return desk.claim(number, by=member).case.owner
        except NotAllowed as no:
            return str(no)

    with ThreadPoolExecutor(len(people)) as pool:
        for attempt in range(50):
            [mention] = hear(post(author=f"customer{attempt}"))
            number, together = mention.case_id, Barrier(len(people))
            said = list(pool.map(lambda one, n=number, b=together: claim(n, one, b), people))
            owner = desk.view(number).case.owner
            assert owner in people
            expected = {owner: 1, f"<@{owner}> has case {number}.": len(people) - 1}
            assert Counter(said) == expected
            with db.reading() as session:
                claims = session.query(Event).filter_by(case_id=number, what="claim").all()
            assert [event.actor for event in claims] == [owner]


def test_people_who_take_the_most_urgent_at_once_get_different_cases(desk, hear):
    hear(*(post(author=f"customer{n}") for n in range(8)))
    people, together = [f"U{n:03}" for n in range(8)], Barrier(8)

    def claim(member):
        together.wait()
        return desk.claim_next(by=member).case.id

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(claim, people)) == list(range(1, 9))


def test_the_command_for_the_most_urgent_delivered_twice_brings_one_case(desk, hear):
    hear(*(post(author=f"customer{n}") for n in range(2)))
    with carrying_out(desk.office.db, "T1"):
        first = desk.claim_next(by=ANA).case.id
    with pytest.raises(Repeated) as copy, carrying_out(desk.office.db, "T1"):
        desk.claim_next(by=ANA)
    assert copy.value.case == first
    assert [view.case.id for view in desk.mine(ANA)] == [first]
    with carrying_out(desk.office.db, "T2"):
        assert desk.claim_next(by=ANA).case.id != first


def test_the_command_that_took_the_last_case_is_not_told_that_nothing_waits_when_it_comes_again(desk, hear):
    hear(post())
    with carrying_out(desk.office.db, "T1"):
        desk.claim_next(by=ANA)
    with pytest.raises(Repeated) as copy, carrying_out(desk.office.db, "T1"):
        desk.claim_next(by=ANA)
    assert copy.value.case == 1


# In Slack.


@pytest.fixture
def here(slack, tmp_path, book):
    with running(settings_for(slack.url, f"sqlite:///{tmp_path / 'test.db'}"), book) as parts:
        yield parts


def test_what_cannot_be_claimed_is_refused_in_a_sentence(here, slack):
    hear(here, *(post(author=f"customer{n}") for n in range(4)))
    slack.card(4)
    slack.command(ANA, "/claim", "1")
    slack.private(ANA, "It is yours")
    tick_all(here, 1)
    slack.command(ANA, "/case", "resolve 1")
    slack.private(ANA, "Case 1 is resolved")
    here.services.desk.dismiss(2, by=ANA, because="ad")
    here.services.escalations.escalate(3, by=ANA, why=None)
    for text, sentence in {
        "1": "Case 1 is resolved, so it can't be claimed",
        "2": "Case 2 is dismissed, so it can't be claimed",
        "3": "Case 3 is escalated, so it can't be claimed",
        "77": "There is no case 77",
        "0": "There is no case 0",
        "9999999999": "There is no case 9999999999",
        "abc": "“abc” is not a case number",
        "-1": "“-1” is not a case number",
        "99999999999999999999": "“99999999999999999999” is not a case number",
        "1; drop table cases": "“1; drop table cases” is not a case number",
        "🔥": "“🔥” is not a case number",
        "<!channel> `x`": "“!channel x” is not a case number",
        "²": "“²” is not a case number",
    }.items():
        slack.command(BO, "/claim", text)
        slack.private(BO, sentence)
    with here.office.db.reading() as session:
        assert session.get_one(Case, 4).stage == "waiting"

    # Alone it takes what waits; then nothing does, and it says so.
    slack.command(BO, "/claim", "  ")
    assert "*Case 4*" in words(slack.private(BO, "It is yours"))
    slack.command(ANA, "/claim")
    slack.private(ANA, "Nothing is waiting right now")


def test_the_words_of_case_and_what_they_were_meant_to_be(here, slack):
    hear(here, post())
    slack.card(1)
    for text, sentence in {
        "": "/claim",
        "help": "/claim",
        "mine": "You have no case",
        "aside": "Nothing has been set aside",
        "relase 1": "Did you mean `/case release`",
        "Resolv 1": "Did you mean `/case resolve`",
        "handovr 1 @bo": "Did you mean `/case handover`",
        "xyzzy": "Did you mean `/case help`",
        "#1": "*Case 1*",
        "case 1": "*Case 1*",
        "Case reopen 1": "Only a lead can reopen case 1",
        "release": "Which case? Write its number behind it",
        "<!channel>`x": "There is no `/case !channelx`.",
        "release 1": "Case 1 is waiting, so it can't be released",
        "handover 1": "Case 1 is waiting, so it can't be handed over",
        "escalate 5": "There is no case 5",
        "dismiss 5": "There is no case 5",
        "reopen 1": "Only a lead can reopen case 1",
        "12345678901": "is not a case number",
    }.items():
        slack.command(EVA, "/case", text)
        slack.private(EVA, sentence)


def test_a_window_whose_answer_would_be_refused_does_not_open(here, slack):
    hear(here, post())
    slack.card(1)
    for text in ("promise 1", "ask 1"):
        slack.command(BO, "/case", text)
        slack.private(BO, "Case 1 is waiting. Claim it first.")
    here.services.desk.claim(1, by=ANA)
    for text in ("dismiss 1", "promise 1", "ask 1", "handover 1", "escalate 1", "allow 1"):
        slack.command(BO, "/case", text)
    no = "<@UANA> has case 1; only they or a lead can do that"
    eventually(lambda: len([m for m in slack.messages() if no in words(m)]) == 5)
    slack.private(BO, "Only a lead can let")
    here.services.desk.dismiss(1, by=ANA, because="ad")
    for text, past in {"dismiss 1": "dismissed", "escalate 1": "escalated"}.items():
        slack.command(ANA, "/case", text)
        slack.private(ANA, f"Case 1 is dismissed, so it can't be {past}")
    assert "views.open" not in json.dumps(slack.log())


def test_what_arrives_twice_counts_once(here, slack):
    """Slack may deliver an interaction again: the same payload changes nothing the second time."""

    def again():
        bolt = slack_app(here.settings, here.services)
        payload = next(e for e in reversed(slack.log()) if e["kind"] in ("interactive", "slash_commands"))
        before = state(here)
        bolt.dispatch(BoltRequest(body=payload["detail"], mode="socket_mode"))
        bolt.listener_runner.listener_executor.shutdown(wait=True)  # every listener has run
        assert state(here) == before

    hear(here, post())
    slack.click(ANA, slack.card(1), "claim")
    slack.private(ANA, "It is yours")
    again()
    sheet = slack.private(ANA, "Nothing was done twice.")
    slack.click(ANA, sheet, "tick")
    sheet = sheet_of(slack, ANA, 1, having="*Next:* I said my name")
    again()
    slack.click(ANA, sheet, "tick_other", menu_value(sheet, "solved"))
    sheet = sheet_of(slack, ANA, 1, having=":white_check_mark: it is solved")
    again()
    slack.click(ANA, sheet, "tick_other", menu_value(sheet, "solved"))
    sheet = sheet_of(slack, ANA, 1, having=":white_large_square: it is solved")
    again()

    slack.click(ANA, sheet, "tick_other", menu_value(sheet, "next_step"))
    slack.view("Promise")
    slack.submit(ANA, day=f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}", hour="10:00")
    sheet_of(slack, ANA, 1, having="Promised:")
    again()
    slack.command(ANA, "/case", "escalate 1")
    slack.view("Escalate")
    slack.submit(ANA, why="")
    message = slack.direct(CARLA, "asks you to take case 1")
    again()
    slack.click(CARLA, message, "accept")
    slack.direct(ANA, "<@UCARLA> accepted case 1")
    again()
    slack.command(CARLA, "/case", "dismiss 1")
    slack.view("No reply")
    slack.submit(CARLA, reason="no_reply")
    eventually(lambda: "No reply needed:" in words(slack.card(1)))
    again()


def test_many_people_claiming_in_slack_at_once_leave_one_owner(here, slack):
    hear(here, post())
    slack.card(1)
    with ThreadPoolExecutor(len(EVERYBODY)) as pool:
        list(pool.map(lambda who: slack.command(who, "/claim", "1"), EVERYBODY * 3))
    owner = eventually(lambda: here.services.desk.view(1).case.owner)
    slack.private(owner, "It is yours")
    for other in set(EVERYBODY) - {owner}:
        slack.private(other, f"<@{owner}> has case 1")
    slack.private(owner, "You already have case 1")
    eventually(lambda: f"<@{owner}> has it" in words(slack.card(1)))
    with here.office.db.reading() as session:
        assert session.query(Event).filter_by(case_id=1, what="claim").count() == 1


# Helpers.


def tick_all(program, number):
    for step in program.office.playbook.checklist:
        program.services.desk.tick(number, step.key, by=ANA)


def menu_value(message, step):
    elements = (e for block in message["blocks"] for e in block.get("elements", []))
    menu = next(e for e in elements if e.get("action_id") == "tick_other")
    return next(o["value"] for o in menu["options"] if step in o["value"].split())


def state(program):
    """Everything that a move could have changed."""
    view = program.services.desk.view(1)
    case = view.case
    return (
        case.stage,
        case.owner,
        sorted(case.ticked),
        case.promised_for,
        [(event.what, event.actor) for event in view.events],
    )
