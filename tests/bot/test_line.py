"""Who is asked to take a case, in which order, and when: pure."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.line import Situation, line, next_turn, turn_of
from tests.people import ANA, BO, CARLA, DAG, EVA, GRY, NOON, playbook

FINN, HANA = "UFINN", "UHANA"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
DAYTIME = {"days": {day: ["08:00", "16:00"] for day in WEEKDAYS}}
EVENING = {"days": {day: ["16:00", "23:30"] for day in WEEKDAYS}}
NIGHT = datetime(2026, 3, 10, 22, 0, tzinfo=UTC)  # 23:00 in Amsterdam, a Tuesday
SATURDAY = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def person(name, slack, **more):
    return {
        "name": name,
        "slack": slack,
        "topics": ["leak"],
        "languages": ["en"],
        "time_zone": "Europe/Amsterdam",
        **more,
    }


def situation(topic="leak", language="en", now=NOON, without=ANA, **more):
    return Situation(topic=topic, language=language, queue="everyone", now=now, without=without, **more)


def asked(specialists, *, escalation=None, leads=None, **more):
    """Everybody in line, by member id."""
    return [turn.member for turn in line(book(specialists, escalation, leads), situation(**more))]


def first(specialists, *, escalation=None, leads=None, had_turn=(), **more):
    """Whom the next turn is, and from when on."""
    turn = next_turn(book(specialists, escalation, leads), situation(**more), had_turn)
    return turn and (turn.member, turn.at)


def book(specialists, escalation=None, leads=None):
    changes = {"escalation": escalation} if escalation else {}
    changes |= {"leads": leads} if leads else {}
    return playbook(specialists=specialists, **changes)


def lead(slack=GRY, **more):
    return {"name": slack, "slack": slack, "digest_at": "08:30", "time_zone": "Europe/Amsterdam", **more}


def chain(*steps, **more):
    return {"chains": {"leak": [step if isinstance(step, dict) else {"ask": step} for step in steps]}, **more}


# The order.


def test_who_speaks_the_language_is_asked_first_then_who_knows_the_topic_then_the_leads():
    people = [person("Dag", DAG, languages=["da"]), person("Carla", CARLA)]
    assert asked(people) == [CARLA, DAG, GRY]
    assert asked(people, language="da") == [DAG, CARLA, GRY]


def test_who_escalates_is_not_asked_and_somebody_always_is():
    assert asked([person("Carla", CARLA)], without=CARLA) == [GRY]
    assert asked([], without=ANA) == [GRY]
    assert asked([], without=GRY) == [GRY]
    assert asked([person("Carla", CARLA)], topic=None) == [GRY]


def test_a_chain_is_asked_step_by_step_whatever_the_playbooks_order():
    people = [person("Carla", CARLA), person("Dag", DAG), person("Eva", EVA, topics=["leak"])]
    assert asked(people, escalation=chain(["Eva"], ["Dag", "Carla"])) == [EVA, DAG, CARLA, GRY]


def test_a_chain_may_name_specialists_whose_topics_are_others():
    people = [person("Carla", CARLA, topics=[])]
    assert asked(people, escalation=chain(["Carla"])) == [CARLA, GRY]
    assert asked(people) == [GRY]


def test_within_a_step_who_speaks_the_language_comes_first():
    people = [person("Dag", DAG, languages=["da"]), person("Carla", CARLA)]
    assert asked(people, escalation=chain(["Dag", "Carla"])) == [CARLA, DAG, GRY]
    assert asked(people, escalation=chain(["Dag", "Carla"]), language="da") == [DAG, CARLA, GRY]
    # A step before it keeps its place, whatever is spoken in it.
    assert asked(people, escalation=chain(["Dag"], ["Carla"])) == [DAG, CARLA, GRY]


def test_each_step_has_its_own_time_to_say_yes():
    people = [person("Carla", CARLA), person("Dag", DAG)]
    rules = chain({"ask": ["Carla"], "acknowledge_within": "10m"}, ["Dag"], acknowledge_within="45m")
    turns = line(book(people, rules), situation())
    assert [t.acknowledge_by - NOON for t in turns] == [
        timedelta(minutes=10),
        timedelta(minutes=45),
        timedelta(minutes=45),
    ]


def test_the_leads_of_the_cases_queue_come_before_other_leads():
    leads = [lead(GRY, queues=["nordic"]), lead(BO, queues=["everyone"]), lead(EVA)]
    assert asked([], leads=leads) == [BO, EVA, GRY]


# Turns among equals.


def test_of_equals_who_was_asked_longest_ago_comes_first_and_who_never_was_before_all():
    people = [person("Carla", CARLA), person("Dag", DAG), person("Eva", EVA)]
    assert asked(people) == [CARLA, DAG, EVA, GRY]
    assert asked(people, last_asked={CARLA: 1}) == [DAG, EVA, CARLA, GRY]
    assert asked(people, last_asked={CARLA: 3, DAG: 1, EVA: 2}) == [DAG, EVA, CARLA, GRY]


def test_turns_are_taken_within_a_step_only():
    people = [person("Carla", CARLA), person("Dag", DAG)]
    rules = chain(["Carla"], ["Dag"])
    assert asked(people, escalation=rules, last_asked={CARLA: 1}) == [CARLA, DAG, GRY]


def test_language_goes_before_turns():
    people = [person("Carla", CARLA), person("Dag", DAG, languages=["da"])]
    assert asked(people, escalation=chain(["Carla", "Dag"]), last_asked={CARLA: 5}) == [CARLA, DAG, GRY]


# Hours.


def test_who_is_at_work_is_asked_before_who_is_off():
    people = [person("Dag", DAG, hours=DAYTIME), person("Carla", CARLA, hours=EVENING)]
    assert first(people, now=NOON) == (DAG, NOON)
    assert first(people, now=NIGHT) == (CARLA, NIGHT)


def test_hours_are_those_of_the_specialists_own_place():
    people = [person("Dag", DAG, hours=DAYTIME, time_zone="America/New_York"), person("Carla", CARLA)]
    assert first(people, now=utc(10, 11, 59)) == (CARLA, utc(10, 11, 59))
    assert first(people, now=utc(10, 12, 0)) == (DAG, utc(10, 12, 0))


def test_nobody_is_asked_at_night_the_case_waits_for_who_comes_first():
    people = [
        person("Dag", DAG, hours=DAYTIME),
        person("Carla", CARLA, hours=DAYTIME, time_zone="Europe/Helsinki"),
    ]
    # 08:00 in Helsinki is 06:00 UTC, an hour before Amsterdam's.
    assert first(people, now=NIGHT) == (CARLA, utc(11, 6, 0))


def test_over_the_weekend_it_waits_until_monday():
    assert first([person("Dag", DAG, hours=DAYTIME)], now=SATURDAY) == (DAG, utc(16, 7, 0))


def test_a_lead_at_work_is_not_asked_while_a_specialist_only_sleeps():
    leads = [lead(hours=EVENING)]
    assert first([person("Dag", DAG, hours=DAYTIME)], leads=leads, now=NIGHT) == (DAG, utc(11, 7, 0))


def test_the_time_to_say_yes_counts_in_the_hours_of_whoever_is_asked():
    people = book([person("Dag", DAG, hours=DAYTIME)])
    late = utc(10, 14, 50)  # 15:50 in Amsterdam: ten minutes are left of the day
    turn = next_turn(people, situation(now=late))
    assert turn is not None
    assert (turn.at, turn.acknowledge_by) == (late, utc(11, 7, 20))
    waiting = next_turn(people, situation(now=NIGHT))
    assert waiting is not None
    assert waiting.acknowledge_by == utc(11, 7, 30)


def test_on_a_holiday_the_other_is_asked_and_without_another_it_waits():
    christmas = datetime(2026, 12, 25, 10, 0, tzinfo=UTC)  # a Friday
    dag = person("Dag", DAG, hours=DAYTIME, holidays="NL")
    carla = person("Carla", CARLA, hours=DAYTIME, languages=["nl"])
    assert first([dag, carla], now=christmas) == (CARLA, christmas)
    assert first([dag], now=christmas) == (DAG, datetime(2026, 12, 28, 7, 0, tzinfo=UTC))


def test_days_of_ones_own_are_no_working_days():
    dag = person("Dag", DAG, hours=DAYTIME, closed=["2026-03-10", "2026-03-11"])
    assert first([dag]) == (DAG, utc(12, 7, 0))


def test_a_lead_without_hours_has_those_of_the_queue():
    queues = [
        {
            "name": "everyone",
            "channel": "mentions",
            "time_zone": "Europe/Copenhagen",
            "hours": DAYTIME,
            "targets": {"first_response": "1h", "resolution": "1d"},
        }
    ]
    turn = next_turn(playbook(queues=queues), situation(topic=None, now=NIGHT))
    assert turn is not None
    assert (turn.member, turn.at) == (GRY, utc(11, 7, 0))


def test_a_lead_with_hours_of_their_own_is_asked_in_them():
    assert first([], leads=[lead(hours=DAYTIME)], now=NIGHT) == (GRY, utc(11, 7, 0))
    assert first([], leads=[lead(hours=EVENING)], now=NIGHT) == (GRY, NIGHT)


# Stand-ins, and who is away.


def test_a_stand_in_takes_the_place_of_who_is_off_and_nobody_is_asked_twice():
    people = [person("Dag", DAG, hours=DAYTIME, stand_in=EVA), person("Carla", CARLA, hours=DAYTIME)]
    assert asked(people, now=NOON) == [DAG, CARLA, GRY]
    assert asked(people, now=NIGHT) == [EVA, CARLA, GRY]
    assert asked([person("Dag", DAG, hours=DAYTIME, stand_in=GRY)], now=NIGHT) == [GRY]


def test_a_stand_in_is_named_with_whom_they_stand_in_for():
    turn = next_turn(book([person("Dag", DAG, stand_in=EVA)]), situation(away={DAG}))
    assert turn is not None
    assert (turn.member, turn.instead_of) == (EVA, DAG)


def test_who_is_away_is_not_asked_and_their_stand_in_is():
    people = [person("Dag", DAG, stand_in=EVA), person("Carla", CARLA)]
    assert asked(people, away={DAG}) == [EVA, CARLA, GRY]
    assert asked(people, away={DAG, EVA}) == [CARLA, GRY]


def test_a_stand_in_who_is_off_is_waited_for_when_the_other_is_away():
    people = [person("Dag", DAG, stand_in=CARLA), person("Carla", CARLA, topics=[], hours=DAYTIME)]
    assert first(people, away={DAG}, now=NIGHT) == (CARLA, utc(11, 7, 0))


def test_when_all_specialists_are_away_the_lead_is_asked():
    people = [person("Dag", DAG, stand_in=CARLA), person("Carla", CARLA)]
    assert asked(people, away={DAG, CARLA}) == [GRY]


def test_a_lead_who_is_away_is_left_out_while_there_is_another():
    leads = [lead(GRY), lead(BO)]
    assert asked([], leads=leads, away={GRY}) == [BO]


def test_when_everybody_is_away_a_lead_is_asked_nevertheless():
    assert asked([person("Dag", DAG)], away={DAG, GRY}) == [GRY]


def test_who_is_away_waits_for_nobodys_return():
    # Off is not away: Carla comes back in the morning, Dag in days.
    people = [person("Dag", DAG, hours=DAYTIME), person("Carla", CARLA, hours=DAYTIME)]
    assert first(people, away={DAG}, now=NIGHT) == (CARLA, utc(11, 7, 0))


def test_the_stand_in_of_who_escalates_is_not_asked_for_them():
    people = [person("Dag", DAG, stand_in=EVA), person("Carla", CARLA)]
    assert asked(people, without=DAG) == [CARLA, GRY]
    assert asked(people, without=EVA, away={DAG}) == [CARLA, GRY]


# The next after those who had their turn.


def test_who_had_their_turn_is_passed_over_until_nobody_is_left():
    people = [person("Carla", CARLA), person("Dag", DAG)]
    assert first(people, had_turn={CARLA}) == (DAG, NOON)
    assert first(people, had_turn={CARLA, DAG}) == (GRY, NOON)
    assert first(people, had_turn={CARLA, DAG, GRY}) is None


def test_a_stand_in_who_had_their_turn_stands_in_for_nobody():
    people = [person("Dag", DAG, stand_in=EVA), person("Carla", CARLA)]
    assert first(people, away={DAG}, had_turn={EVA}) == (CARLA, NOON)


def test_the_next_in_line_is_waited_for_rather_than_the_lead_asked_at_night():
    people = [person("Carla", CARLA), person("Dag", DAG, hours=DAYTIME)]
    assert first(people, had_turn={CARLA}, now=NIGHT) == (DAG, utc(11, 7, 0))


# Severe cases.


def test_a_severe_case_asks_at_once_whoever_is_awake_first():
    people = [
        person("Dag", DAG, hours=DAYTIME),
        person("Carla", CARLA, hours=EVENING),
        person("Eva", EVA, hours=DAYTIME),
    ]
    assert asked(people, now=NIGHT, urgent=True) == [CARLA, DAG, EVA, GRY]
    assert first(people, now=NIGHT, urgent=True, had_turn={CARLA}) == (DAG, NIGHT)


def test_at_night_a_severe_case_asks_a_lead_on_duty_before_specialists_asleep():
    people = [person("Dag", DAG, hours=DAYTIME)]
    leads = [lead(GRY), lead(BO, hours=EVENING)]
    assert asked(people, leads=leads, now=NIGHT, urgent=True) == [BO, DAG, GRY]


def test_the_time_to_say_yes_to_a_severe_case_runs_at_night_too():
    turn = next_turn(book([person("Dag", DAG, hours=DAYTIME)]), situation(now=NIGHT, urgent=True))
    assert turn is not None
    assert (turn.at, turn.acknowledge_by) == (NIGHT, NIGHT + timedelta(minutes=30))


def test_not_even_a_severe_case_is_asked_of_somebody_away():
    people = [person("Dag", DAG, hours=DAYTIME, stand_in=EVA)]
    assert asked(people, now=NIGHT, urgent=True, away={DAG}) == [EVA, GRY]
    assert asked(people, now=NIGHT, urgent=True, away={DAG, EVA}) == [GRY]


def test_a_severe_case_on_a_holiday_is_asked_at_once():
    christmas = datetime(2026, 12, 25, 10, 0, tzinfo=UTC)
    dag = person("Dag", DAG, hours=DAYTIME, holidays="NL")
    assert first([dag], now=christmas, urgent=True) == (DAG, christmas)


# By name.


@pytest.mark.parametrize(
    ("now", "urgent", "at"),
    [(NOON, False, NOON), (NIGHT, False, utc(11, 7, 0)), (NIGHT, True, NIGHT)],
)
def test_who_is_named_is_asked_in_their_hours_unless_it_is_severe(now, urgent, at):
    people = book([person("Dag", DAG, hours=DAYTIME)])
    turn = turn_of(people, situation(now=now, urgent=urgent), DAG)
    assert (turn.member, turn.at) == (DAG, at)


def test_of_somebody_whom_the_playbook_does_not_know_no_hours_are_known():
    assert turn_of(book([]), situation(now=NIGHT), BO).at == NIGHT


def test_a_line_of_many_has_each_of_them_once():
    people = [person(f"N{n}", f"UMANY{n}", hours=DAYTIME, stand_in=f"UMANY{n + 1}") for n in range(60)]
    members = asked(people, now=NIGHT)
    assert len(members) == len(set(members)) == 61
