"""The forms on a case's way to a specialist: escalate, ask back, answer, send on, send back, still on it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.blocks.modals import Meta, View, modal, person_input, select_input, text_input
from bot.blocks.text import (
    Block,
    clock_time,
    escape_but_people,
    local,
    option,
    person,
    plain,
    section,
    shorten,
)
from bot.case_view import CaseView
from bot.line import Turn
from models.escalation import QUESTION_LIMIT

SHOWN = 12
"""People in line who are named one by one."""
WHY_LIMIT = 1000


def escalate_modal(view: CaseView, line: Sequence[Turn], answer: Meta) -> View:
    """Who is asked, in order, and from when on where nobody is at work."""
    first = line[0]
    who = " → ".join(person(turn.member) for turn in line[:SHOWN])
    who += f" → {len(line) - SHOWN} more" if len(line) > SHOWN else ""
    words = f"*Goes to* {who}\nIf nobody says yes in time, the next in line is asked."
    if first.at > view.now:
        when = clock_time(first.at, view.zone, view.now)
        words += f"\n:crescent_moon: Nobody is at work now: {person(first.member)} is asked at {when}."
    blocks = [
        section("escalate|who", words),
        text_input("why", "What do they need to know?", optional=True, limit=WHY_LIMIT),
        {**person_input("to", "Or ask somebody else"), "optional": True},
    ]
    meta = {"case": view.case.id, "answer": answer}
    return modal("escalate", f"Escalate · case {view.case.id}", blocks, submit="Escalate", meta=meta)


def send_back_modal(escalation: int) -> View:
    blocks = [
        text_input(
            "answer", "Why?", limit=WHY_LIMIT, hint="The case waits for anybody again, with your words."
        )
    ]
    return modal("send_back", "Send back", blocks, submit="Send back", meta={"escalation": escalation})


def ask_back_modal(escalation: int) -> View:
    hint = "It goes to whoever escalated; the case stays with you, and the answer comes into your thread."
    blocks = [text_input("question", "What do you need to know first?", limit=QUESTION_LIMIT, hint=hint)]
    return modal("ask_back", "Ask first", blocks, submit="Ask", meta={"escalation": escalation})


def answer_back_modal(question: int, asked: str) -> View:
    lines = "\n".join(f">{line}" for line in escape_but_people(shorten(asked, 1000)).split("\n"))
    blocks: list[Block] = [
        section("answer_back|question", lines),
        text_input("answer", "Your answer", limit=QUESTION_LIMIT),
    ]
    return modal("answer_back", "Answer", blocks, submit="Answer", meta={"question": question})


def send_on_modal(escalation: int) -> View:
    blocks = [
        person_input("to", "Whose is it?"),
        text_input("note", "What do they need to know?", optional=True, limit=WHY_LIMIT),
    ]
    return modal("send_on", "Not mine", blocks, submit="Send on", meta={"escalation": escalation})


def hand_on_modal(escalation: int, answer: Meta) -> View:
    blocks: list[Block] = [
        {**person_input("to", "To whom? Left empty: the next in line"), "optional": True},
        text_input("note", "What do they need to know?", optional=True, limit=WHY_LIMIT),
    ]
    meta = {"escalation": escalation, "answer": answer}
    return modal("hand_on", "Hand on", blocks, submit="Hand on", meta=meta)


def still_on_it_modal(escalation: int, zone: str, now: datetime, answer: Meta) -> View:
    """Until when; default tomorrow, in the queue's time zone."""
    tomorrow = f"{local(now, zone) + timedelta(days=1):%Y-%m-%d}"
    hours = [option(f"{hour:02}:00", f"{hour:02}:00") for hour in range(24)]
    place = zone.rsplit("/", 1)[-1].replace("_", " ")
    day = {"type": "datepicker", "action_id": "value", "initial_date": tomorrow}
    blocks: list[Block] = [
        section("still|why", "You are asked again at that time, unless the case is closed by then."),
        {"type": "input", "block_id": "day", "label": plain("Day"), "element": day},
        select_input("hour", f"Hour, {place} time", hours, initial="12:00"),
    ]
    meta = {"escalation": escalation, "day": tomorrow, "zone": zone, "answer": answer}
    return modal("still_on_it", "Still on it", blocks, submit="Save", meta=meta)
