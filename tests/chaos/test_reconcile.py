"""What goes wrong is counted: each kind of mistake, made by hand, shows in the table."""

import pytest
from slack_sdk import WebClient
from sqlalchemy import text

from tests.chaos.reconcile import reconcile
from tests.chaos.town import text_of
from tests.people import ANA, BO, GRY, post

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Tables:
    def __init__(self, db):
        self.db = db

    def rows(self, question):
        with self.db.reading() as session:
            return [tuple(row) for row in session.execute(text(question))]


@pytest.fixture
def wrong(db, slack):
    """The lines that are not zero, by what they count."""

    def look(*handed_over):
        rows = reconcile(set(handed_over), Tables(db), slack)
        return {row.what: row.count for row in rows if row.bad}

    return look


@pytest.fixture
def say(slack):
    """The bot posts something whose first block has this id."""
    client = WebClient("xoxb-test", base_url=f"{slack.url}/api/")

    def post_as_bot(block_id, words="Waiting", channel="mentions"):
        block = {"type": "section", "block_id": block_id, "text": {"type": "mrkdwn", "text": words}}
        client.chat_postMessage(channel=channel, text=words, blocks=[block])

    return post_as_bot


@pytest.fixture
def case(hear, db):
    """One case from note 1, as if all that is to be sent had been."""
    [mention] = hear(post(text_of(1), author="customer_1"))
    with db.transaction() as session:
        session.execute(text("UPDATE outbox SET due_at = NULL"))
    return mention.case_id


def test_all_is_well_when_one_case_has_one_card(case, wrong, say):
    say(f"card:{case}|head")
    assert wrong(1) == {}


def test_lost_posts_and_missing_cards_are_counted(case, wrong):
    assert wrong(1, 2) == {"mentions lost": 1, "cards missing": 1}


def test_doubled_and_old_cards_are_counted(case, wrong, say, desk):
    desk.claim(case, by=ANA)
    say(f"card:{case}|head")
    say(f"card:{case}|head")
    found = wrong(1)
    assert (found["cards doubled"], found["cards out of date"]) == (1, 1)
    assert found["messages not sent"] == 1  # the card that shows the claim


def test_posts_and_customers_that_stand_twice_are_counted(case, hear, wrong, say):
    [again] = hear(post(text_of(1), author="customer_1", external_id="another"))
    assert again.case_id == case
    assert wrong(1)["mentions doubled"] == 1


def test_claims_that_two_people_won_are_counted(case, wrong, say, desk, db):
    say(f"card:{case}|head", f"<@{ANA}> has it")
    desk.claim(case, by=ANA)
    with db.transaction() as session:
        session.execute(
            text(
                "INSERT INTO events (case_id, at, actor, what) "
                "SELECT case_id, at, :bo, what FROM events WHERE what = 'claim'"
            ).bindparams(bo=BO)
        )
    assert wrong(1)["claims won twice"] == 1


def test_a_digest_that_came_twice_or_never_is_counted(case, wrong, say, db):
    say(f"card:{case}|head")
    say(f"digest:{GRY}:2026-03-10|head")
    say(f"digest:{GRY}:2026-03-10|head")
    with db.transaction() as session:
        session.execute(
            text(
                "INSERT INTO digests (lead, date, made_at) "
                "VALUES (:gry, '2026-03-10', '2026-03-10'), (:gry, '2026-03-11', '2026-03-11')"
            ).bindparams(gry=GRY)
        )
    assert wrong(1) == {"digests missing": 1, "digests doubled for a lead and date": 1}
