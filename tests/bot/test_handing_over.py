"""Handing over: the case stays with its owner until the colleague says yes."""

import pytest
from sqlalchemy import select

from bot.blocks.handover import handover_message, handover_modal, turn_down_modal
from bot.blocks.sheet import case_sheet, checklist_sheet
from bot.people import People
from bot.workspace import Member, Unreachable
from models.errors import NotAllowed
from models.handover import Handover
from models.outbox import Outbox
from tests.people import ANA, BO, CARLA, GRY, post
from tests.slack_limits import assert_message, assert_view


@pytest.fixture
def case(hear, desk) -> int:
    """Ana has it."""
    [mention] = hear(post())
    desk.claim(mention.case_id, by=ANA)
    return mention.case_id


def offers(db) -> list[Handover]:
    with db.reading() as session:
        return list(session.scalars(select(Handover).order_by(Handover.id)))


def told(db, member) -> list[str]:
    with db.reading() as session:
        rows = session.scalars(
            select(Outbox).where(Outbox.kind == "notice", Outbox.channel == member).order_by(Outbox.id)
        )
        return [row.payload["text"] for row in rows]


def happened(desk, case) -> list[tuple[str, str]]:
    return [(e.what, e.actor) for e in desk.view(case).events][2:]


def test_the_case_stays_with_its_owner_until_the_colleague_says_yes(case, handovers, desk, db):
    assert handovers.ask(case, BO, by=ANA, note="They write in Danish")
    assert desk.view(case).case.owner == ANA
    view = handovers.yes(1, by=BO)
    assert (view.case.owner, view.case.offered_to) == (BO, None)
    assert happened(desk, case) == [("offer", ANA), ("take_over", BO)]
    assert told(db, ANA) == ["<@UBO> took over case 1."]


def test_asked_twice_is_asked_once(case, handovers, desk, db):
    assert handovers.ask(case, BO, by=ANA)
    assert not handovers.ask(case, BO, by=ANA)
    assert [one.state for one in offers(db)] == ["asked"]
    assert happened(desk, case) == [("offer", ANA)]


def test_yes_twice_counts_once(case, handovers, desk):
    handovers.ask(case, BO, by=ANA)
    handovers.yes(1, by=BO)
    with pytest.raises(NotAllowed, match="answered this already: taken"):
        handovers.yes(1, by=BO)
    assert happened(desk, case)[-1] == ("take_over", BO)


def test_a_no_leaves_it_where_it_is_and_says_why(case, handovers, desk, db):
    handovers.ask(case, BO, by=ANA)
    handovers.no(1, by=BO, why="I leave in ten minutes <!here>")
    assert desk.view(case).case.owner == ANA
    assert told(db, ANA) == [
        "<@UBO> can't take case 1, it stays with you: “I leave in ten minutes &lt;!here&gt;”"
    ]
    assert handovers.ask(case, BO, by=ANA), "they may be asked again"


def test_only_the_one_who_was_asked_answers(case, handovers):
    handovers.ask(case, BO, by=ANA)
    for other in (ANA, CARLA, GRY):
        with pytest.raises(NotAllowed, match="<@UBO> was asked; only they can answer"):
            handovers.yes(1, by=other)


def test_asking_somebody_else_ends_the_first_request(case, handovers, db):
    handovers.ask(case, BO, by=ANA)
    handovers.ask(case, CARLA, by=ANA)
    assert [one.state for one in offers(db)] == ["overtaken", "asked"]
    with pytest.raises(NotAllowed, match="moved on meanwhile: <@UANA> has it"):
        handovers.yes(1, by=BO)
    assert handovers.yes(2, by=CARLA).case.owner == CARLA


@pytest.mark.parametrize("gone", ["release", "dismiss", "escalate"])
def test_yes_to_a_case_that_moved_on_says_so(gone, case, handovers, desk, escalations, db):
    handovers.ask(case, BO, by=ANA)
    {
        "release": lambda: desk.release(case, by=ANA),
        "dismiss": lambda: desk.dismiss(case, by=ANA, because="ad"),
        "escalate": lambda: escalations.escalate(case, by=ANA, why=None),
    }[gone]()
    stage = desk.view(case).case.stage
    with pytest.raises(NotAllowed, match=f"moved on meanwhile: it is {stage}"):
        handovers.yes(1, by=BO)
    assert desk.view(case).case.owner != BO
    assert [one.state for one in offers(db)] == ["overtaken"]


def test_where_nobody_was_asked_there_is_nothing_to_take_back(hear, desk, handovers):
    [mention] = hear(post())
    with pytest.raises(NotAllowed, match="Nobody was asked to take over case 1"):
        handovers.keep(mention.case_id, by=ANA)  # it waits
    desk.dismiss(mention.case_id, by=ANA, because="ad")
    with pytest.raises(NotAllowed, match="Nobody was asked to take over case 1"):
        handovers.keep(mention.case_id, by=ANA)


def test_the_owner_takes_it_back(case, handovers, desk):
    handovers.ask(case, BO, by=ANA)
    with pytest.raises(NotAllowed, match="only they or a lead"):
        handovers.keep(case, by=CARLA)
    handovers.keep(case, by=ANA)
    with pytest.raises(NotAllowed, match="keeps case 1 after all"):
        handovers.yes(1, by=BO)
    with pytest.raises(NotAllowed, match="Nobody was asked to take over case 1"):
        handovers.keep(case, by=ANA)
    assert happened(desk, case) == [("offer", ANA), ("keep", ANA)]


def test_a_leads_handover_of_somebody_elses_case_needs_the_yes_too(case, handovers, desk, db):
    handovers.ask(case, BO, by=GRY)
    assert desk.view(case).case.owner == ANA
    handovers.yes(1, by=BO)
    assert desk.view(case).case.owner == BO
    assert told(db, ANA) == told(db, GRY) == ["<@UBO> took over case 1."]


def test_a_colleague_may_not_offer_what_is_not_theirs(case, handovers):
    with pytest.raises(NotAllowed, match="<@UANA> has case 1; only they or a lead"):
        handovers.ask(case, CARLA, by=BO)


def test_bots_people_who_left_and_oneself_are_refused(case, handovers, workspace, db):
    workspace.update(
        {
            "UBOT": Member("UBOT", "helper", bot=True),
            "UGONE": Member("UGONE", "Gone", left=True),
            "UNONE": None,
        }
    )
    for to, sentence in {
        "UBOT": "<@UBOT> is a bot",
        "UGONE": "<@UGONE> has left",
        "UNONE": "no such person",
        ANA: "That is you",
    }.items():
        with pytest.raises(NotAllowed, match=sentence):
            handovers.ask(case, to, by=ANA)
    assert offers(db) == []


def test_when_slack_does_not_say_who_it_is_what_is_known_counts(case, office, handovers, workspace):
    def silent(member):
        raise Unreachable("timeout")

    workspace["UBOT"] = Member("UBOT", "helper", bot=True)
    handovers.people.seen(workspace["UBOT"])
    unsure = People(office, silent)
    with pytest.raises(NotAllowed, match="is a bot"):
        unsure.must_be_able_to_have_cases("UBOT")
    unsure.must_be_able_to_have_cases(BO)


def test_the_owner_is_told_once_that_nobody_answered(case, handovers, clock, db):
    handovers.ask(case, BO, by=ANA)
    clock.pass_(minutes=119)
    assert handovers.tell_of_silence() == 0
    clock.pass_(minutes=1)
    assert (handovers.tell_of_silence(), handovers.tell_of_silence()) == (1, 0)
    [said] = told(db, ANA)
    assert "<@UBO> has not answered yet about case 1" in said
    assert handovers.yes(1, by=BO).case.owner == BO, "late is not never"


def test_the_message_and_the_sheets_within_slacks_limits(hear, handovers, desk, db):
    [mention] = hear(post("<!channel> Tindra leaks " + "&" * 2500, author="<" * 150))
    desk.claim(mention.case_id, by=ANA)
    handovers.ask(mention.case_id, BO, by=ANA, note="<&>" * 333)
    view = desk.view(mention.case_id)
    drawn = [checklist_sheet(view), case_sheet(view)]
    with db.reading() as session:
        offer = session.scalars(select(Handover)).one()
        for state in ("asked", "taken", "turned down", "taken back", "overtaken"):
            offer.state = state
            drawn.append(handover_message(view, offer))
    for text, blocks in drawn:
        assert_message({"text": text, "blocks": blocks})
        assert "<!" not in str(blocks)
    assert "Waiting for <@UBO>'s yes" in str(drawn[0])
    answer = {"url": "https://hooks.slack.com/x", "replace": True, "direct": None}
    assert_view(handover_modal(2**31, answer))
    assert_view(turn_down_modal(2**31, answer))
