"""The buttons of a surge's alarm, and the window that opens a crisis."""

from typing import Any

from slack_bolt import Ack

from bot.blocks.crisis_modal import (
    ALL_QUEUES,
    AS_ALWAYS,
    CONCERNED,
    NONE,
    concerned,
    filled_in,
    surge_crisis_modal,
)
from bot.blocks.modals import meta_of, value_of
from bot.desk import Desk
from bot.surges.crisis import Crises, Plan
from bot.switches import Switches
from handlers.when import time_meant
from handlers.wiring import Answer, Handler, OpenModal
from handlers.words import row_id
from models.switch import ALL


def crisis_button(
    ack: Ack, action: dict[str, Any], user: str, desk: Desk, answer: Answer, open_modal: OpenModal
) -> None:
    ack()
    crises = Crises(desk.office)
    view = crises.view(row_id(str(action["value"])), by=user)
    answers = crises.answers(view.surge.brand, view.surge.topic)
    called = crises.called(view.surge.brand, by=user)
    holding = crises.holding(view.surge.brand, answers)
    open_modal(surge_crisis_modal(view, answers, holding, called, answer.remembered))


def crisis_opened(ack: Ack, view: dict[str, Any], user: str, desk: Desk, answer: Answer) -> None:
    office, crises = desk.office, Crises(desk.office)
    number, given, when = int(meta_of(view)["surge"]), filled_in(view), value_of(view, "until")
    until = time_meant(when, office.clock(), office.playbook.everything.time_zone) if when else None
    if when and until is None:
        ack(response_action="errors", errors={"until": "Write it as 18:00, friday or 2026-12-24 12:00."})
        return
    if not given["why"]:
        ack(response_action="errors", errors={"why": "Say why: everybody will ask."})
        return
    where, level, chosen = given["queue"], given["level"], given["answer"]
    queues = [ALL]
    if where == CONCERNED:
        queues = concerned(crises.view(number, by=user)) or [ALL]
    elif where != ALL_QUEUES:
        queues = [office.playbook.queue(where.removeprefix("queue:")).name]
    plan = Plan(
        given["why"],
        queues,
        until,
        level=row_id(level) if level != AS_ALWAYS else None,
        answer=row_id(chosen) if chosen != NONE else None,
    )
    rows = crises.open(number, plan, by=user)
    ack()
    called = len(rows[0].called_in or [])
    people = {0: "nobody else is called in", 1: "1 person is called in"}.get(
        called, f"{called} people are called in"
    )
    answer(f"The crisis is open: {people}, and the alarm says so. *Stand down* there ends it.")


def stand_down(ack: Ack, action: dict[str, Any], user: str, desk: Desk, answer: Answer) -> None:
    ack()
    Switches(desk.office).stand_down(row_id(str(action["value"])), by=user)
    answer(
        "The crisis is over. Deadlines count in the queues' hours again, and all who were called in are told."
    )


def no_surge(ack: Ack, action: dict[str, Any], user: str, desk: Desk, answer: Answer) -> None:
    ack()
    Crises(desk.office).no_surge(row_id(str(action["value"])), by=user)
    hours = desk.office.playbook.surges.no_surge_for.total_seconds() / 3600
    answer(f"Closed. For {hours:g} hours there is no alarm about it, unless it at least doubles.")


COMMANDS: dict[str, tuple[Handler, str, str]] = {}
ACTIONS: dict[str, Handler] = {
    "surge_crisis": crisis_button,
    "stand_down": stand_down,
    "no_surge": no_surge,
}
VIEWS: dict[str, Handler] = {"surge_crisis": crisis_opened}
