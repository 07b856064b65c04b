"""While PostgreSQL is away people are told so, and what they do afterwards works."""

import pytest
from structlog.testing import capture_logs

from tests.journeys.acts import hear
from tests.people import ANA, post
from tests.relay import Relay
from tests.slack import running, settings_for


@pytest.fixture
def relay(postgres):
    relay = Relay(postgres())
    yield relay
    relay.close()


def test_who_claims_while_the_database_is_away_hears_it_and_may_claim_again(slack, relay, book, monkeypatch):
    monkeypatch.setattr("models.reaching.PATIENCE", 0.0)
    with running(settings_for(slack.url, relay.url), book) as program:
        hear(program, post())
        slack.card(1)
        with capture_logs() as said:
            relay.close()
            slack.command(ANA, "/claim", "1")
            slack.private(ANA, "The database does not answer right now. Nothing is lost; please try again")
            relay.open_again()
        slack.command(ANA, "/claim", "1")
        slack.private(ANA, "It is yours")
    assert not any("exc_info" in line for line in said)
