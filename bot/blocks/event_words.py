"""One move of a case in words, wherever moves are told."""

from datetime import datetime

from bot.blocks.text import clock_time, escape_but_people, person, shorten
from bot.case_view import CaseView
from models.event import Event

PROMISES = ("promise", "promise_broken")
"""Moves whose reason is a time, in ISO 8601."""
STEPS = ("tick", "untick")
"""Moves whose reason is a step of the checklist, by key."""


def event_line(event: Event, words: str, view: CaseView, most: int) -> str:
    """`14:02  @Ana promised an answer by 11 Mar 12:00`: who did it when, `words` for what, and why, as the
    readers of this case's queue would write it; of the reason `most` characters."""
    why = " ".join((event.why or "").split())
    if event.what in PROMISES and (by := _time(why)):
        what = f"{words} {clock_time(by, view.zone, view.now)}"
    elif event.what in STEPS and why in view.playbook.steps:
        what = f"{words} · “{view.playbook.steps[why].label}”"
    else:
        what = f"{words} · {escape_but_people(shorten(why, most))}" if why else words
    return f"{clock_time(event.at, view.zone, view.now)}  {person(event.actor)} {what}"


def _time(why: str) -> datetime | None:
    """None where no time stands there: a deleted post took the reason with it."""
    try:
        return datetime.fromisoformat(why)
    except ValueError:
        return None
