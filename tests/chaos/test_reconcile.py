"""What goes wrong is counted: each kind of mistake, made by hand, shows in the table."""

import pytest
from slack_sdk import WebClient
from sqlalchemy import text

from tests.chaos.reconcile import reconcile
from tests.chaos.town import text_of
from tests.people import ANA, BO, GRY, post
from tests.slack import MENTIONS

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
def tell(slack):
    """The bot tells one person that the case is theirs, as it does after a claim."""
    client = WebClient("xoxb-test", base_url=f"{slack.url}/api/")

    def tell_privately(who, case):
        block = {
            "type": "section",
            "block_id": f"sheet:{case}|head",
            "text": {"type": "mrkdwn", "text": "It is yours."},
        }
        client.chat_postEphemeral(channel="mentions", user=who, text="It is yours.", blocks=[block])

    return tell_privately


@pytest.fixture
def again(db):
    """The rows of a table that are so stand there once more."""

    def copy(table, which, **changes):
        with db.transaction() as session:
            names = [row[1] for row in session.execute(text(f"PRAGMA table_info({table})")) if row[1] != "id"]
            values = ", ".join(f":{name}" if name in changes else name for name in names)
            into = f"INSERT INTO {table} ({', '.join(names)}) "
            into += f"SELECT {values} FROM {table} WHERE {which}"  # noqa: S608  # this file's own words
            session.execute(text(into), changes)

    return copy


@pytest.fixture
def due(db):
    """Gry's digests of these days are made."""

    def make(*days):
        made = [{"lead": GRY, "day": day} for day in days]
        with db.transaction() as session:
            session.execute(
                text("INSERT INTO digests (lead, date, made_at) VALUES (:lead, :day, :day)"), made
            )

    return make


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


def test_a_second_case_of_one_customer_is_counted(case, wrong, say, again):
    say(f"card:{case}|head")
    again("cases", f"id = {case}")
    assert wrong(1) == {"cases doubled": 1, "cards missing": 1}


def test_a_post_that_nobody_is_to_answer_is_counted(case, wrong, say, db):
    say(f"card:{case}|head")
    with db.transaction() as session:
        session.execute(text("UPDATE mentions SET case_id = NULL"))
    assert wrong(1) == {"mentions without a case": 1}


def test_claims_that_two_people_won_are_counted(case, wrong, say, desk, again):
    say(f"card:{case}|head", f"<@{ANA}> has it")
    desk.claim(case, by=ANA)
    again("events", "what = 'claim'", actor=BO)
    assert wrong(1)["claims won twice"] == 1


def test_a_case_may_be_claimed_again_after_it_was_released(case, wrong, say, desk):
    say(f"card:{case}|head", f"<@{BO}> has it")
    desk.claim(case, by=ANA)
    desk.release(case, by=ANA)
    desk.claim(case, by=BO)
    assert "claims won twice" not in wrong(1)


@pytest.mark.parametrize("owner", [None, ANA])
def test_a_claim_that_somebody_was_told_of_and_never_won_is_counted(case, wrong, say, tell, desk, owner):
    say(f"card:{case}|head")
    if owner is not None:  # another one won it
        desk.claim(case, by=owner)
        tell(owner, case)
    tell(BO, case)
    assert wrong(1)["claims told of and not won"] == 1


def test_a_claim_that_was_told_of_twice_is_counted(case, wrong, tell, desk):
    desk.claim(case, by=ANA)
    tell(ANA, case)
    assert "claims told of and not won" not in wrong(1)
    tell(ANA, case)
    assert wrong(1)["claims told of and not won"] == 1


def test_a_step_that_was_ticked_twice_is_counted(case, wrong, desk, again):
    desk.claim(case, by=ANA)
    desk.tick(case, "helps", by=ANA)
    desk.tick(case, "helps", by=ANA)
    assert "steps ticked twice" not in wrong(1)
    again("events", "what = 'tick'")
    assert wrong(1)["steps ticked twice"] == 1


def test_a_step_may_be_ticked_again_after_its_tick_was_taken_back(case, wrong, desk):
    desk.claim(case, by=ANA)
    for _ in range(2):
        desk.tick(case, "helps", by=ANA)
        desk.untick(case, "helps", by=ANA)
    assert "steps ticked twice" not in wrong(1)


def test_a_message_that_was_given_up_is_counted(case, wrong, say, db):
    say(f"card:{case}|head")
    with db.transaction() as session:
        session.execute(text("UPDATE outbox SET parked_at = created_at, error = 'is_archived'"))
    assert wrong(1) == {"messages given up": 1}


def test_a_digest_that_came_twice_or_never_is_counted(case, wrong, say, due):
    say(f"card:{case}|head")
    say(f"digest:{GRY}:2026-03-10|head")
    say(f"digest:{GRY}:2026-03-10|head")
    due("2026-03-10", "2026-03-11")
    twice = {"digests doubled for a lead and date": 1, "digests posted twice by Slack's log": 1}
    assert wrong(1) == {"digests missing": 1} | twice


def test_a_digest_that_came_twice_is_counted_even_if_one_of_the_two_is_gone(case, wrong, say, due, slack):
    say(f"card:{case}|head")
    for _ in range(2):
        say(f"digest:{GRY}:2026-03-10|head")
    due("2026-03-10")
    ts = slack.messages()[-1]["ts"]
    WebClient("xoxb-test", base_url=f"{slack.url}/api/").chat_delete(channel=MENTIONS, ts=ts)
    assert wrong(1) == {"digests posted twice by Slack's log": 1}


def test_a_digest_that_was_not_due_is_counted(case, wrong, say):
    say(f"card:{case}|head")
    say(f"digest:{GRY}:2026-03-10|head")
    assert wrong(1) == {"digests that were not due": 1}
