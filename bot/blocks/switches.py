"""What leads have switched, as a list."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from bot.blocks.modals import modal, select_input, text_input
from bot.blocks.text import (
    Block,
    actions,
    button,
    clock_time,
    context,
    escape,
    escape_but_people,
    option,
    person,
    plain,
    section,
    unformatted,
)
from config.playbook import Playbook
from models.switch import CRISIS, WHY_LIMIT, Switch

SHOWN = 20


def switched(switches: Sequence[Switch], playbook: Playbook, now: datetime) -> tuple[str, list[Block]]:
    """Every crisis and every day with hours of its own, with who switched it and the word that ends it."""
    blocks = [
        section(f"switches|{one.id}", line(one, playbook, now), accessory=_end(one))
        for one in switches[:SHOWN]
    ]
    if not switches:
        words = "Nothing is switched: every queue has the hours of the playbook."
        blocks.append(section("switches|none", words))
    if len(switches) > SHOWN:
        blocks.append(context("switches|more", f"… and {len(switches) - SHOWN} more"))
    on = button("crisis", "Switch crisis mode on…", "on", style="danger")
    blocks.append(actions("switches|do", on, button("hours", "Change a day's hours…", "hours")))
    blocks.append(context("switches|how", "Leads switch, here or by `/case crisis` and `/case hours`."))
    return "Crisis mode and hours", blocks


def crisis_modal(playbook: Playbook, answer: dict[str, Any]) -> dict[str, Any]:
    """Which queue, why, and until when."""
    blocks = [
        section(
            "crisis|why", "While it is on, targets run round the clock, for cases that wait already too."
        ),
        select_input("queue", "Where?", _queues(playbook), initial="all"),
        text_input("why", "What is going on?", multiline=False, limit=WHY_LIMIT),
        text_input(
            "until",
            "Until when?",
            multiline=False,
            optional=True,
            limit=40,
            hint="18:00, friday, 2026-12-24 12:00. Left empty: until somebody switches it off.",
        ),
    ]
    return modal("crisis", "Crisis mode", blocks, submit="Switch it on", meta={"answer": answer})


def hours_modal(playbook: Playbook, today: date, answer: dict[str, Any]) -> dict[str, Any]:
    """Which queue, which day, and its hours on that day."""
    day: Block = {
        "type": "input",
        "block_id": "day",
        "label": plain("Which day?"),
        "element": {"type": "datepicker", "action_id": "value", "initial_date": today.isoformat()},
    }
    blocks = [
        select_input("queue", "Where?", _queues(playbook), initial="all"),
        day,
        text_input(
            "hours",
            "Hours on that day",
            multiline=False,
            limit=80,
            hint="closed, or 08:00-20:00, or 08:00-12:00 13:00-17:00, or usual to take a change back.",
        ),
    ]
    meta = {"answer": answer, "day": today.isoformat()}
    return modal("hours", "A day's hours", blocks, submit="Change them", meta=meta)


def _queues(playbook: Playbook) -> list[dict[str, object]]:
    return [option("All queues", "all"), *(option(f"#{q.channel}", q.name) for q in playbook.queues[:99])]


def _end(one: Switch) -> dict[str, object]:
    """The word of `/case` that ends it, as a button."""
    if one.surge_id is not None:
        return button("stand_down", "Stand down", one.surge_id)
    if one.kind == CRISIS:
        return button("word_crisis", "Switch off", f"off {one.queue}".strip())
    return button("word_hours", "Take back", f"{one.queue or 'all'} usual {one.day}")


def line(switch: Switch, playbook: Playbook, now: datetime) -> str:
    """One of them in a line."""
    where = f"#{playbook.queue(switch.queue).channel}" if switch.queue else "all queues"
    zone = playbook.queue(switch.queue).time_zone if switch.queue else playbook.leads[0].time_zone
    if switch.kind == CRISIS:
        until = f", until {clock_time(switch.stops, zone, now)}" if switch.stops else ""
        since = clock_time(switch.at, zone, now)
        why = escape_but_people(switch.why or "")
        what = f"{where}{_about(switch, playbook)} since {since}{until}"
        return f":rotating_light: *Crisis mode* for {what}: “{why}” · {person(switch.by)}"
    hours = f"open {', '.join(switch.hours)}" if switch.hours else "closed"
    day = f"{switch.day:%a} {switch.day.day} {switch.day:%b}" if switch.day else "one day"
    return f":clock8: *{where}* is {hours} on {day} · {person(switch.by)}"


def _about(switch: Switch, playbook: Playbook) -> str:
    """What the crisis of a surge is about, and who may answer."""
    if switch.surge_id is None:
        return ""
    topic = playbook.topic_label(switch.topic) if switch.topic else switch.brand or ""
    level = f" (level {switch.level})" if switch.level is not None else ""
    return f" about {unformatted(escape(topic))}{level}"
