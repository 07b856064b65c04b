"""The window in which a lead opens a crisis at an alarm."""

from collections.abc import Sequence
from typing import Any

from bot.blocks.modals import View, modal, select_input, text_input
from bot.blocks.surge import about
from bot.blocks.text import context, language_name, option, person, section, shorten
from bot.surges.knowing import SurgeView
from models.approved_answer import ApprovedAnswer
from models.switch import WHY_LIMIT

ALL_QUEUES, CONCERNED, AS_ALWAYS, NONE = "all", "concerned", "0", "none"
ANSWERS = 98


def surge_crisis_modal(
    view: SurgeView,
    answers: Sequence[ApprovedAnswer],
    holding: int | None,
    called: Sequence[str],
    answer: dict[str, Any],
) -> View:
    """Where, why, until when, who may answer, and with what. `called`: members who will be called in."""
    surge, book = view.surge, view.playbook
    what = about(surge, book)
    names = concerned(view)
    where = [option("All queues", ALL_QUEUES)]
    if names:
        channels = ", ".join(f"#{book.queue(name).channel}" for name in names)
        where.insert(0, option(f"Those concerned: {channels}", CONCERNED))
    where += [option(f"#{one.channel}", f"queue:{one.name}") for one in book.queues[:90]]
    words = ", ".join(f"“{word}”" for word in surge.words[:3])
    why = f"{book.topic_label(surge.topic) if surge.topic else surge.brand}{f': {words}' if words else ''}"
    blocks = [
        section("surge_crisis|what", f"*{what}* · while it lasts, targets run round the clock."),
        select_input("queue", "Where?", where, initial=where[0]["value"]),  # type: ignore[arg-type]
        text_input(
            "why", "What is going on?", initial=shorten(why, WHY_LIMIT), multiline=False, limit=WHY_LIMIT
        ),
        text_input(
            "until",
            "Until when?",
            multiline=False,
            optional=True,
            limit=40,
            hint="18:00, friday, 2026-12-24 12:00. Left empty: until somebody stands down.",
        ),
    ]
    if book.training is not None:
        levels = [option(f"Level {one.level}: {one.name}", one.level) for one in book.training.levels]
        initial = book.surges.crisis.level if surge.topic is not None else None
        blocks.append(
            select_input(
                "level",
                "Who may take cases about it?",
                [option("As always", AS_ALWAYS), *levels],
                initial=str(initial or AS_ALWAYS),
            )
        )
    if answers:
        listed = list(answers[:ANSWERS])
        listed += [one for one in answers[ANSWERS:] if one.id == holding][:1]
        offered = [option(f"{one.title} ({language_name(one.language)})", one.id) for one in listed]
        blocks.append(
            select_input(
                "answer",
                "Holding answer",
                [option("None", NONE), *offered],
                initial=str(holding) if holding else NONE,
            )
        )
    people = " ".join(person(member) for member in called) or "nobody besides you"
    blocks.append(context("surge_crisis|called", f"Called in by direct message: {people}"))
    return modal(
        "surge_crisis", "Open a crisis", blocks, submit="Open it", meta={"answer": answer, "surge": surge.id}
    )


def concerned(view: SurgeView) -> list[str]:
    """The names of the queues in which cases about it wait."""
    channels = {channel for channel, _ in view.waiting}
    return [queue.name for queue in view.playbook.queues if queue.channel in channels]
