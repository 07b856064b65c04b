"""The Home tab: work without looking for the card, kept current while it is open."""

import pytest
from sqlalchemy import select

from models.outbox import Outbox, is_a_home
from tests.journeys.acts import hear
from tests.people import ANA, BO, CARLA, GRY, playbook, post
from tests.slack import Fault, eventually, running, settings_for, words
from tests.slack_limits import assert_message, assert_view

GOOD = "Hi Mia, I'm Ana, customer care at Tindra. Sorry about the mess! Please send us a private message."
LEVELS = [
    {"level": 1, "name": "questions", "kinds": ["question", "other", "praise", "idea"], "courses": ["tone"]},
    {"level": 2, "name": "complaints", "kinds": ["complaint"], "courses": ["tools"]},
]


@pytest.fixture
def trained(slack, tmp_path):
    book = playbook(training={"levels": LEVELS, "trained": {ANA: 2, BO: 1}})
    with running(settings_for(slack.url, f"sqlite:///{tmp_path / 'test.db'}"), book) as parts:
        yield parts


def test_an_employee_claims_and_replies_from_home(program, slack):
    hear(program, post())
    slack.card(1)
    slack.open_home(ANA)
    home = slack.home(ANA, "1 case waits")
    assert_view(home)
    assert "You have none right now" in words(home)

    slack.click_home(ANA, "claim_next", "next")
    sheet = slack.direct(ANA, "It is yours")
    assert_message(sheet)
    home = slack.home(ANA, "*Next:* a reply helps here")
    assert_view(home)
    assert "Nothing is waiting" in words(home)

    slack.click_home(ANA, "reply", "1")
    slack.view("Reply · case 1")
    slack.submit(ANA, draft=GOOD)
    slack.view("Post · case 1")
    slack.submit(ANA, url="https://x.com/TindraCare/status/7000000099")
    slack.direct(ANA, "Your reply is on record")

    slack.click_home(ANA, "checklist", "1")
    sheet = eventually(lambda: unsaid(slack.direct(ANA, "a reply helps here")))
    slack.click(ANA, sheet, "tick")
    slack.home(ANA, "*Next:* I said my name")
    ticked = slack.direct(ANA, ":white_check_mark: a reply helps here")
    assert ticked["ts"] == sheet["ts"], "the sheet is drawn anew where it stands"


def test_home_shows_what_others_do_with_my_cases(program, slack):
    hear(program, post())
    slack.click(ANA, slack.card(1), "claim")
    slack.open_home(ANA)
    slack.home(ANA, "Checklist")
    slack.open_home(BO)
    slack.home(BO, "You have none right now")
    slack.command(ANA, "/case", "handover 1 <@UBO>")
    slack.home(BO, "asks you to take it over")
    slack.click_home(BO, "handover_yes", "1")
    slack.home(ANA, "You have none right now")
    slack.home(BO, "*Next:* a reply helps here")


def test_an_open_home_follows_what_others_do(program, slack):
    hear(program, *(post(author=f"customer{n}") for n in range(4)))
    slack.card(4)
    slack.open_home(BO)
    slack.home(BO, "4 cases wait")
    for number, left in ((1, "3 cases wait"), (2, "2 cases wait"), (3, "1 case waits")):
        program.services.desk.claim(number, by=ANA)
        slack.home(BO, left)


def test_a_home_that_would_look_the_same_is_not_published_again(program, slack):
    hear(program, post())
    slack.card(1)
    slack.open_home(BO)
    slack.home(BO, "1 case waits")
    slack.open_home(ANA)
    slack.home(ANA, "1 case waits")
    program.services.desk.claim(1, by=ANA)
    slack.home(BO, "Nothing is waiting")
    slack.home(ANA, "*Next:* a reply helps here")
    before = len(published(slack, BO))
    program.services.desk.tick(1, "helps", by=ANA)  # which is nothing to Bo
    slack.home(ANA, "*Next:* I said my name")
    eventually(lambda: not homes_due(program))  # hers and his are marked together
    assert len(published(slack, BO)) == before


def test_a_home_that_nobody_opened_is_not_published(program, slack):
    hear(program, post())
    slack.click(ANA, slack.card(1), "claim")
    slack.private(ANA, "It is yours")
    slack.open_home(BO)
    slack.home(BO)
    assert [member for member in (ANA, BO) if published(slack, member)] == [BO]


def test_somebody_who_is_too_late_is_told_and_sees_it(program, slack):
    hear(program, post())
    slack.card(1)
    slack.open_home(BO)
    slack.home(BO, "1 case waits")
    slack.click(ANA, slack.card(1), "claim")
    slack.private(ANA, "It is yours")
    slack.click_home(BO, "claim", "1")
    slack.direct(BO, "<@UANA> has case 1")
    slack.home(BO, "Nothing is waiting")


def test_a_specialist_accepts_and_sends_back_on_home(program, slack):
    hear(program, post(), post("The Tindra leaks, second machine", author="kim"))
    slack.open_home(CARLA)
    for number in (1, 2):
        slack.click(ANA, slack.card(number), "case_menu", f"escalate {number}")
        slack.view("Escalate")
        slack.submit(ANA, why="hot water")
        slack.direct(CARLA, f"take case {number}")
    home = slack.home(CARLA, "home|asked|2")
    assert_view(home)
    assert "Waiting for your yes" in words(home)

    slack.click_home(CARLA, "accept", "1")
    slack.direct(CARLA, "You accepted it")
    slack.home(CARLA, "home|mine|1")
    slack.click_home(CARLA, "send_back", "2")
    slack.view("Send back")
    slack.submit(CARLA, answer="Which model?")
    assert "Waiting for your yes" not in words(slack.home(CARLA, without="Waiting for your yes"))


def test_only_what_my_level_allows_can_be_claimed_and_courses_open(trained, slack):
    hear(trained, post(), post("Where can I buy a Tindra kettle in Ghent?", author="kim"))
    slack.card(2)
    slack.open_home(BO)
    home = slack.home(BO, "1 case waits")
    assert_view(home)
    assert "home|queue|2" in words(home)
    assert "home|queue|1" not in words(home)
    assert "1 more needs a higher level than yours" in words(home)
    assert "You have level *1*" in words(home)
    slack.click_home(BO, "training", "courses")
    assert "You have level" in words(slack.view("Training"))


def test_a_lead_sees_the_queues_who_has_what_and_what_was_set_aside(program, slack):
    hear(
        program,
        post(),
        post("The Tindra leaks again", author="kim"),
        post("Win a prize! bit.ly/x", author="ad"),
    )
    slack.click(ANA, slack.card(1), "claim")
    slack.private(ANA, "It is yours")
    slack.open_home(GRY)
    home = slack.home(GRY, "Queues now")
    assert_view(home)
    assert "*#mentions*: 1 waiting, the oldest for 1 min" in words(home)
    assert "<@UANA> 1" in words(home)
    assert "1 post was set aside in the last 7 days" in words(home)
    slack.click_home(GRY, "word_aside", "aside")
    assert_message(slack.direct(GRY, "Set aside"))


def test_a_home_that_slack_did_not_take_is_published_again(slack, proxy, tmp_path):
    proxy.next("views.publish", Fault(429, (("Retry-After", "1"),)), Fault(hang_up=True))
    with running(settings_for(proxy.url, f"sqlite:///{tmp_path / 'test.db'}"), playbook()):
        slack.open_home(ANA)
        slack.home(ANA, "Nothing is waiting")
    assert proxy.calls.count("views.publish") == 3


# Helpers.


def unsaid(sheet):
    """The sheet that was asked for, not the one that came with what was said."""
    return None if "on record" in words(sheet) or "It is yours" in words(sheet) else sheet


def published(slack, member):
    return [one for one in slack.log() if "views.publish" in str(one) and member in str(one)]


def homes_due(program):
    with program.office.db.reading() as session:
        return list(session.scalars(select(Outbox.key).where(is_a_home(), Outbox.due_at.is_not(None))))
