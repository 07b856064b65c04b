"""The window in which a lead opens a crisis at an alarm."""

from collections.abc import Sequence
from typing import Any

from bot.blocks.modals import View, meta_of, modal, select_input, text_input, value_of
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
    given = {"queue": str(where[0]["value"]), "why": _why(view), "level": AS_ALWAYS, "answer": NONE}
    blocks = [
        section("surge_crisis|what", f"*{what}* · while it lasts, targets run round the clock."),
        select_input("queue", "Where?", where, initial=given["queue"]),
        text_input("why", "What is going on?", initial=given["why"], multiline=False, limit=WHY_LIMIT),
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
        if surge.topic is not None and book.surges.crisis.level is not None:
            given["level"] = str(book.surges.crisis.level)
        levels = [option(f"Level {one.level}: {one.name}", one.level) for one in book.training.levels]
        levels.insert(0, option("As always", AS_ALWAYS))
        blocks.append(select_input("level", "Who may take cases about it?", levels, initial=given["level"]))
    if answers:
        if holding is not None:
            given["answer"] = str(holding)
        listed = list(answers[:ANSWERS])
        listed += [one for one in answers[ANSWERS:] if one.id == holding]
        offered = [option(f"{one.title} ({language_name(one.language)})", one.id) for one in listed]
        offered.insert(0, option("None", NONE))
        blocks.append(select_input("answer", "Holding answer", offered, initial=given["answer"]))
    people = " ".join(person(member) for member in called) or "nobody besides you"
    blocks.append(context("surge_crisis|called", f"Called in by direct message: {people}"))
    meta = {"answer": answer, "surge": surge.id, "given": given}
    return modal("surge_crisis", "Open a crisis", blocks, submit="Open it", meta=meta)


def filled_in(view: View) -> dict[str, str]:
    """What was chosen and typed. What nobody touched is as prepared, which not every Slack says."""
    given = dict(meta_of(view)["given"])
    for name in given:
        value = value_of(view, name)
        given[name] = given[name] if value is None else value.strip()
    return given


def _why(view: SurgeView) -> str:
    """What it is about, and what people say, to be put better."""
    surge = view.surge
    words = ", ".join(surge.words[:3])
    topic = view.playbook.topic_label(surge.topic) if surge.topic else surge.brand
    return shorten(f"{topic}: {words}" if words else topic, WHY_LIMIT)


def concerned(view: SurgeView) -> list[str]:
    """The names of the queues in which cases about it wait."""
    channels = {channel for channel, _ in view.waiting}
    return [queue.name for queue in view.playbook.queues if queue.channel in channels]
