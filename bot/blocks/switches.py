"""What leads have switched, as a list."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.blocks.modals import modal, select_input, text_input
from bot.blocks.text import (
    Block,
    actions,
    button,
    clock_time,
    context,
    escape_but_people,
    option,
    person,
    section,
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
    blocks.append(actions("switches|do", on))
    how = "One day's hours: `/case hours nordic closed today`, `/case hours nordic 08:00-20:00 2026-12-24`"
    blocks.append(context("switches|how", f"Leads switch. {how}"))
    return "Crisis mode and hours", blocks


def crisis_modal(playbook: Playbook, answer: dict[str, Any]) -> dict[str, Any]:
    """Which queue, why, and until when."""
    queues = [option("All queues", "all"), *(option(f"#{q.channel}", q.name) for q in playbook.queues[:99])]
    blocks = [
        section(
            "crisis|why", "While it is on, targets run round the clock, for cases that wait already too."
        ),
        select_input("queue", "Where?", queues, initial="all"),
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


def _end(one: Switch) -> dict[str, object]:
    """The word of `/case` that ends it, as a button."""
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
        return (
            f":rotating_light: *Crisis mode* for {where} since {since}{until}: “{why}” · {person(switch.by)}"
        )
    hours = f"open {', '.join(switch.hours)}" if switch.hours else "closed"
    day = f"{switch.day:%a} {switch.day.day} {switch.day:%b}" if switch.day else "one day"
    return f":clock8: *{where}* is {hours} on {day} · {person(switch.by)}"
