"""What a Slack status says, and how it is read: shortly, seldom, and never as a hindrance."""

import time
from datetime import timedelta

import pytest
from slack_sdk import WebClient

from bot.slack_status import KEPT, MOST, PATIENCE, SlackStatuses, gone_by_status
from config.escalation import StatusWords
from tests.people import ANA, BO, NOON
from tests.slack import Fault

LATER = int((NOON + timedelta(hours=5)).timestamp())
OVER = int((NOON - timedelta(hours=1)).timestamp())
PALM = '{"ok": true, "profile": {"status_text": "", "status_emoji": ":palm_tree:", "status_expiration": 0}}'
THERE = '{"ok": true, "profile": {"status_text": "", "status_emoji": "", "status_expiration": 0}}'


def gone(text="", emoji="", expiration=0, **words):
    profile = {"status_text": text, "status_emoji": emoji, "status_expiration": expiration}
    return gone_by_status(ANA, profile, StatusWords(**words), NOON)


@pytest.mark.parametrize(
    ("text", "emoji"),
    [
        ("", ":palm_tree:"),
        ("Vacationing", ":palm_tree:"),
        ("Out sick", ":face_with_thermometer:"),
        ("OOO until Monday", ""),
        ("Out of office", ":email:"),
        ("Ferie indtil mandag", ""),
        ("Op vakantie!", ""),
        ("Im Urlaub", ""),
        ("en congés", ""),
        ("de vacaciones", ""),
        ("休暇中", ""),
        ("今天请假", ""),
    ],
)
def test_these_are_away(text, emoji):
    assert gone(text, emoji) is not None


@pytest.mark.parametrize(
    ("text", "emoji"),
    [
        ("", ""),
        ("In a meeting", ":spiral_calendar_pad:"),
        ("Working remotely", ":house_with_garden:"),
        ("Commuting", ":bus:"),
        ("Focus", ":headphones:"),
        ("Back from vacation, catching up", ""),
        ("Tilbage fra ferie", ""),
        ("Zoom: Hooooo", ""),
        ("Hideaway cafe", ""),
    ],
)
def test_these_are_not(text, emoji):
    assert gone(text, emoji) is None


def test_a_status_counts_until_it_runs_out():
    found = gone("Vacationing", expiration=LATER)
    assert found is not None
    assert found.until == NOON + timedelta(hours=5)
    assert gone("Vacationing", expiration=OVER) is None


def test_a_playbook_may_have_words_of_its_own():
    assert gone("On the boat", words=["on the boat"]) is not None
    assert gone("Vacationing", words=["on the boat"]) is None


@pytest.mark.parametrize("profile", [{}, {"status_text": None, "status_expiration": "soon"}])
def test_a_profile_without_a_status_says_nothing(profile):
    assert gone_by_status(ANA, profile, StatusWords(), NOON) is None


class Ticks:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def ticks():
    return Ticks()


@pytest.fixture
def statuses(proxy, ticks):
    client = WebClient("xoxb-test", base_url=f"{proxy.url}/api/", timeout=2)
    client.retry_handlers = []
    return SlackStatuses(client, StatusWords(), ticks)


def test_a_status_is_read_once_a_minute(statuses, proxy, ticks):
    proxy.next("users.profile.get", Fault(body=PALM), Fault(body=THERE))
    statuses.refresh([ANA])
    statuses.refresh([ANA, ANA])
    assert proxy.calls.count("users.profile.get") == 1
    assert statuses.of(ANA, NOON) is not None
    ticks.now += KEPT
    assert statuses.of(ANA, NOON) is None
    statuses.refresh([ANA])
    assert proxy.calls.count("users.profile.get") == 2
    assert statuses.of(ANA, NOON) is None


def test_where_slack_does_not_know_the_method_it_is_not_asked_again_for_an_hour(statuses, proxy, ticks):
    statuses.refresh([ANA])  # the local Slack does not have it
    assert statuses.of(ANA, NOON) is None
    statuses.refresh([BO])
    assert proxy.calls.count("users.profile.get") == 1
    ticks.now += 3600
    statuses.refresh([BO])
    assert proxy.calls.count("users.profile.get") == 2


@pytest.mark.parametrize("fault", [Fault(500), Fault(429), Fault(hang_up=True), Fault(body="<html>")])
def test_what_can_not_be_read_counts_as_there(statuses, proxy, fault):
    proxy.next("users.profile.get", fault)
    statuses.refresh([ANA])
    assert statuses.of(ANA, NOON) is None


def test_a_slow_slack_keeps_nobody_waiting(statuses, proxy):
    proxy.next("users.profile.get", *(Fault(body=PALM, wait=PATIENCE + 6) for _ in range(MOST)))
    begin = time.monotonic()
    statuses.refresh([f"U{n}" for n in range(40)])
    assert time.monotonic() - begin < PATIENCE + 5


def test_a_playbook_may_leave_statuses_alone(proxy):
    client = WebClient("xoxb-test", base_url=f"{proxy.url}/api/", timeout=2)
    SlackStatuses(client, StatusWords(read=False)).refresh([ANA])
    assert proxy.calls == []
