"""Two brands over the real local Slack: one workspace, and each case by its brand's playbook."""

from slack_sdk import WebClient

from bot.doctor import examine
from tests.brands.conftest import OWN
from tests.journeys.acts import hear, sheet_of
from tests.people import ANA, BO, EVA, GRY, post
from tests.slack import LEADS, MENTIONS, TEA, TEA_LEADS, eventually, settings_for, words

INTRODUCED = "Hi Mia, I'm Ana, customer care at {}. Sorry about the mess! Please send us a private message."


def test_two_brands_each_with_its_channel_company_checklist_specialist_and_leads(program, slack):
    hear(
        program,
        post("My Fjordly packet leaks tea all over the kitchen", author="mia"),
        post("My Tindra leaks all over the kitchen counter", author="jo"),
    )
    assert "Fjordly packet" in words(slack.card(1, TEA))
    assert "Tindra leaks" in words(slack.card(2, MENTIONS))

    slack.command(ANA, "/claim", "1")
    sheet = slack.private(ANA, "It is yours")
    slack.click(ANA, sheet, "reply")
    modal = slack.view("Reply · case 1")
    assert "customer care at Fjordly Tea" in words(modal)
    slack.submit(ANA, draft=INTRODUCED.format("Tindra"))
    assert "Say that you write for Fjordly Tea" in words(slack.view("Reply · case 1"))
    slack.submit(ANA, draft=INTRODUCED.format("Fjordly Tea"))
    assert slack.view("Post · case 1")

    slack.command(ANA, "/case", "resolve 1")
    assert "I offered a new packet" in words(slack.private(ANA, "can't be resolved yet"))
    slack.click(ANA, sheet_of(slack, ANA, 1), "tick")
    sheet_of(slack, ANA, 1, having=":white_check_mark: I offered a new packet")

    slack.command(ANA, "/case", "escalate 1")
    slack.view("Escalate")
    slack.submit(ANA, why="the packets of last week")
    assert "the packets of last week" in words(slack.direct(BO, "asks you to take case 1"))

    slack.command(BO, "/claim", "2")
    slack.private(BO, "It is yours")
    slack.command(EVA, "/case", "release 2")
    slack.private(EVA, "only they or a lead")
    slack.command(GRY, "/case", "release 2")
    slack.private(GRY, "waits for somebody again")

    slack.command(EVA, "/case", "crisis on tea last week's packets leak")
    eventually(lambda: [m for m in slack.messages(TEA_LEADS) if "crisis mode" in words(m)])
    assert not [m for m in slack.messages(LEADS) if "crisis mode" in words(m)]


def test_the_doctor_looks_for_the_channels_and_people_of_all_brands(slack, database_url, db, load):
    own = OWN | {
        "leads_channel": "no-such-leads",
        "specialists": [dict(OWN["specialists"][0], slack="UNOBODY")],
    }
    client = WebClient("xoxb-test", base_url=f"{slack.url}/api/")
    settings = settings_for(slack.url, database_url)
    found = {line.about: (line.state, line.words) for line in examine(settings, load(own), db, [], client)}
    assert "of their own: Fjordly" in found["playbook"][1]
    assert found["channel #mentions-tea"][0] == "ok"
    assert found["channel #no-such-leads"][0] == "bad"
    assert found["Bo (UNOBODY)"][0] == "bad"
