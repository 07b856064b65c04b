"""Slack gives up on what is not acknowledged within three seconds, however much there is to do."""

from sqlalchemy import select

from handlers import slack as slack_side
from models.case import Case
from tests.journeys.acts import hear
from tests.people import ANA, BO, post
from tests.slack import running, settings_for


def test_what_comes_while_every_listener_is_at_work_is_acknowledged_at_once(
    slack, database_url, book, monkeypatch
):
    monkeypatch.setattr(slack_side, "LISTENERS", 1)
    with running(settings_for(slack.url, database_url), book) as program:
        hear(program, post(), post("The pump of my Tindra is dead", author="joe"))
        card = slack.card(2)
        with program.office.db.transaction() as session:
            session.execute(select(Case).with_for_update())  # whoever claims now waits for us
            before = acknowledged(slack)
            slack.command(ANA, "/claim", "1")
            slack.click(BO, card, "claim")
            assert acknowledged(slack) == before + 2
        slack.private(ANA, "It is yours")
        slack.private(BO, "It is yours")


def acknowledged(slack):
    return sum(entry["kind"] == "ack" for entry in slack.log())
