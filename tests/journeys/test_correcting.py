"""Over Slack: it is something else than the sift thought, said in the window and in words."""

import pytest

from tests.journeys.acts import hear
from tests.people import ANA, BO, GRY, playbook, post
from tests.slack import LEADS, NORDIC, eventually, words

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TARGETS = {"first_response": "1h", "resolution": "1d"}


@pytest.fixture
def book():
    zone = {"time_zone": "UTC", "targets": TARGETS}
    return playbook(
        queues=[
            {"name": "thanks", "channel": "mentions-nordic", "kinds": ["praise"], **zone},
            {"name": "everyone", "channel": "mentions", **zone},
        ]
    )


def test_a_case_is_corrected_by_window_moves_and_a_lead_sees_the_lesson(program, slack):
    hear(program, post())
    card = slack.card(1)
    slack.click(ANA, card, "case_menu", "show 1")
    slack.click(ANA, slack.private(ANA, "Complaint about leaks"), "word_is")
    slack.view("What it is · case 1")
    slack.submit(ANA, kind="praise", topic="-", language="da")
    slack.private(ANA, "Case 1 is now: Praise · Danish · X")
    slack.private(ANA, "It is in #mentions-nordic now.")

    moved = slack.card(1, NORDIC)
    assert "Praise · Danish" in words(moved)
    note = eventually(lambda: next((m for m in slack.messages() if "said what it is" in words(m)), None))
    assert (note["ts"], slack.cards(1)) == (card["ts"], []), "in the very place of the card"

    slack.command(BO, "/case", "is 1 nonsense", channel=NORDIC)
    slack.private(BO, "“nonsense” is no kind", channel=NORDIC)
    slack.command(BO, "/case", "is 1 idea about leaks in en", channel=NORDIC)
    slack.private(BO, "Case 1 is now: Idea about leaks · English · X", channel=NORDIC)
    slack.card(1)

    slack.command(GRY, "/case", "lessons", channel=LEADS)
    told = slack.private(GRY, "1 lesson counts", channel=LEADS)
    assert "complaint → idea" in words(told)
    slack.click(GRY, told, "lesson_back")
    told = slack.private(GRY, "complaint → praise", channel=LEADS)
    slack.click(GRY, told, "lesson_back")
    slack.private(GRY, "Nobody has taught the sift anything yet", channel=LEADS)
