"""What leads switch for a while: `/case crisis …`, `/case hours …`."""

import re
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from slack_bolt import Ack

from bot.blocks.modals import meta_of, value_of, written
from bot.blocks.switches import crisis_modal, hours_modal, switched
from bot.desk import Desk
from bot.office import Office
from bot.remits import must_lead
from bot.switches import Switches
from handlers.when import day_meant, end_and_rest, time_meant
from handlers.wiring import Answer, Asked, Handler, OpenModal, Word
from handlers.words import as_typed
from models.errors import NotAllowed
from models.switch import ALL

_HOURS = re.compile(r"\d{1,2}:\d{2}\s*[-–]\s*\d{1,2}:\d{2}")
_USAGE = "Write it as `/case hours nordic closed today`, or `08:00-20:00 2026-12-24`, or `usual tomorrow`."


def crisis_button(ack: Ack, user: str, desk: Desk, answer: Answer, open_modal: OpenModal) -> None:
    ack()
    must_lead(desk.office, user)
    open_modal(crisis_modal(desk.office.playbook, answer.remembered))


def crisis(ack: Ack, view: dict[str, Any], user: str, desk: Desk, answer: Answer) -> None:
    office, queue, when = desk.office, value_of(view, "queue") or "all", value_of(view, "until")
    why = written(view, "why")
    name = ALL if queue == "all" else queue
    until = time_meant(when, office.clock(), _zone(office, name)) if when else None
    if when and until is None:
        ack(response_action="errors", errors={"until": "Write it as 18:00, friday or 2026-12-24 12:00."})
        return
    if not why:
        ack(response_action="errors", errors={"why": "Say why: everybody will ask."})
        return
    Switches(office).crisis_on(by=user, why=why, queue=name, until=until)
    ack()
    answer(*switched(Switches(office).now(), office.playbook, office.clock()))


def hours_button(ack: Ack, user: str, desk: Desk, answer: Answer, open_modal: OpenModal) -> None:
    ack()
    office = desk.office
    must_lead(office, user)
    today = office.clock().astimezone(ZoneInfo(_zone(office, ALL))).date()
    open_modal(hours_modal(office.playbook, today, answer.remembered))


def hours(ack: Ack, view: dict[str, Any], user: str, desk: Desk, answer: Answer) -> None:
    office, said = desk.office, written(view, "hours") or ""
    shifts, rest = _shifts(said)
    if bool(shifts) == bool(rest) or (rest and rest not in (["closed"], ["usual"])):
        ack(response_action="errors", errors={"hours": "Write closed, usual, or hours such as 08:00-20:00."})
        return
    queue = value_of(view, "queue") or "all"
    name = ALL if queue == "all" else queue
    day = date.fromisoformat(value_of(view, "day") or str(meta_of(view)["day"]))
    _change(Switches(office), name, day, shifts, usual=rest == ["usual"], by=user)
    ack()
    answer(*switched(Switches(office).now(), office.playbook, office.clock()))


def _crisis(asked: Asked, rest: str) -> None:
    switches = Switches(asked.office)
    word, _, more = as_typed(rest).strip().partition(" ")
    if word.lower() not in ("on", "off", ""):
        raise NotAllowed("Write `/case crisis on leaks burst`, or `/case crisis off`.")
    if not word:
        asked.answer(*switched(switches.now(), asked.office.playbook, asked.office.clock()))
        return
    first, _, behind = more.strip().partition(" ")
    queue = switches.queue_called(first) if first else None
    name, words = (queue.name, behind) if queue else (ALL, more)
    if word.lower() == "off":
        if first and queue is None:
            raise NotAllowed(_no_queue(asked, first))
        switches.crisis_off(by=asked.user, queue=name)
        asked.answer("Crisis mode is off. Deadlines count in the queues' hours again.")
        return
    until, why = end_and_rest(words, asked.office.clock(), _zone(asked.office, name))
    switches.crisis_on(by=asked.user, why=why, queue=name, until=until)
    asked.answer(
        "Crisis mode is on: deadlines run round the clock. `/case crisis off"
        + (f" {name}` ends it." if name else "` ends it.")
    )


def _hours(asked: Asked, rest: str) -> None:
    switches = Switches(asked.office)
    said = as_typed(rest).strip()
    if not said:
        asked.answer(*switched(switches.now(), asked.office.playbook, asked.office.clock()))
        return
    first, _, more = said.partition(" ")
    queue = switches.queue_called(first)
    if queue is None and first.lower() != "all":
        raise NotAllowed(_no_queue(asked, first))
    name = queue.name if queue else ALL
    shifts, words = _shifts(more)
    today = asked.office.clock().astimezone(ZoneInfo(_zone(asked.office, name))).date()
    what = words.pop(0) if words and words[0] in ("closed", "open", "usual") else None
    day = day_meant(" ".join(words) or "today", today)
    if day is None or (shifts and what == "closed") or (not shifts and what not in ("closed", "usual")):
        raise NotAllowed(_USAGE)
    _change(switches, name, day, shifts, usual=what == "usual", by=asked.user)
    asked.answer(*switched(switches.now(), asked.office.playbook, asked.office.clock()))


def _shifts(said: str) -> tuple[list[str], list[str]]:
    """`8:00 - 12:00, closed` as the shifts in it and the other words."""
    shifts = [re.sub(r"\s*[-–]\s*", "-", one) for one in _HOURS.findall(said)]
    return shifts, _HOURS.sub(" ", said).replace(",", " ").lower().split()


def _change(switches: Switches, queue: str, day: date, shifts: list[str], *, usual: bool, by: str) -> None:
    if usual:
        switches.undo_hours(by=by, queue=queue, day=day)
    else:
        switches.change_hours(by=by, queue=queue, day=day, hours=shifts)


def _zone(office: Office, queue: str) -> str:
    book = office.playbook
    return book.queue(queue).time_zone if queue else book.leads[0].time_zone


def _no_queue(asked: Asked, name: str) -> str:
    there = ", ".join(queue.name for queue in asked.office.playbook.queues)
    shown = re.sub(r"[^\w\- ]", "", name)[:40]
    return f"There is no queue “{shown}”. There are: {there}."


WORDS: dict[str, Word] = {
    "crisis": Word(_crisis, "crisis on leaks burst", "targets round the clock, until `crisis off` (leads)"),
    "hours": Word(_hours, "hours nordic closed today", "one day's hours of a queue (leads)"),
}
COMMANDS: dict[str, tuple[Handler, str, str]] = {}
ACTIONS: dict[str, Handler] = {"crisis": crisis_button, "hours": hours_button}
VIEWS: dict[str, Handler] = {"crisis": crisis, "hours": hours}
