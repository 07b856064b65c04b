"""When a message that Slack did not take is tried again."""

import pytest

from bot.outbox.claiming import Claimed
from bot.outbox.outcomes import Later, outcome_of


def tried(attempts):
    return Claimed(
        1, "card:1", "card", 1, "mentions", None, None, attempts, True, 0.0, "to:mentions", 25.0, attempts
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
