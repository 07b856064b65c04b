"""When a message that Slack did not take is tried again."""

from random import Random

import pytest
from slack_sdk import WebClient
from sqlalchemy import select

from bot.delivery import Delivery
from bot.outbox.claiming import Claimed, Claiming
from bot.outbox.marking import Marking
from bot.outbox.outcomes import Later, Sent, outcome_of
from bot.outbox.pacing import Paces
from models.outbox import Outbox
from tests.people import ANA


def tried(attempts):
    return Claimed(
        1,
        "card:1",
        "card",
        1,
        "mentions",
        None,
        None,
        attempts,
        True,
        0.0,
        "to:mentions",
        25.0,
        attempts,
        0.0,
    )


@pytest.mark.parametrize("attempts", [6, 20, 500])
def test_however_long_slack_was_away_the_next_try_comes_within_a_minute_of_its_return(attempts):
    outcome = outcome_of(tried(attempts), ConnectionResetError())
    assert isinstance(outcome, Later)
    assert 20 < outcome.seconds < 60


def test_at_first_it_is_tried_again_soon():
    outcome = outcome_of(tried(1), ConnectionResetError())
    assert isinstance(outcome, Later)
    assert outcome.seconds < 5


def test_the_words_of_a_sentence_are_kept_until_it_was_sent(office, slack, db):
    """A note that it quotes may quote a post that is taken back later."""
    client = WebClient("xoxb-test", base_url=f"{slack.url}/api/")
    for said in ("First.", "And again."):
        with db.transaction() as session:
            office.tell(session, "note:1", ANA, said)
        delivery = Delivery(office, client)
        delivery.drain()
        delivery.stop()
        assert slack.direct(ANA, said)
        with db.reading() as session:
            assert session.scalars(select(Outbox.payload)).one() is None


def test_what_is_said_anew_while_it_is_sent_keeps_its_words(office, db, clock):
    paces = Paces(lambda: clock.now.timestamp())
    with db.transaction() as session:
        office.tell(session, "note:1", ANA, "First.")
    mine = Claiming(office, paces, (), Random(1)).claim()
    assert mine is not None
    with db.transaction() as session:
        office.tell(session, "note:1", ANA, "And again.")
    Marking(office, paces).mark(mine, Sent(1, ("D1", "1.0")), clock.now.timestamp())
    with db.reading() as session:
        row = session.scalars(select(Outbox)).one()
    assert (row.payload, row.due_at) == ({"text": "And again."}, clock.now)
