"""The form that asks until when somebody is away."""

from datetime import datetime, timedelta
from typing import Any

from bot.blocks.modals import View, modal, text_input
from bot.blocks.text import Block, context, local, option, plain


def away_modal(
    member: str, user: str, zone: str, now: datetime, answer: dict[str, Any], *, choose: bool
) -> View:
    """`choose`: a lead may name somebody else."""
    tomorrow = f"{local(now, zone) + timedelta(days=1):%Y-%m-%d}"
    place = zone.rsplit("/", 1)[-1].replace("_", " ")
    hours: list[dict[str, Any]] = [option(f"{hour:02}:00", f"{hour:02}:00") for hour in range(24)]
    blocks: list[Block] = []
    if choose:
        who = {
            "type": "users_select",
            "action_id": "value",
            "initial_user": member,
            "placeholder": plain("Choose"),
        }
        blocks.append({"type": "input", "block_id": "whom", "label": plain("Who"), "element": who})
    day = {"type": "datepicker", "action_id": "value", "initial_date": tomorrow}
    hour = {
        "type": "static_select",
        "action_id": "value",
        "placeholder": plain("Choose"),
        "options": hours,
        "initial_option": hours[0],
    }
    blocks += [
        {"type": "input", "block_id": "day", "label": plain("Back on"), "element": day},
        {"type": "input", "block_id": "hour", "label": plain(f"From, {place} time"), "element": hour},
        text_input("why", "Why", optional=True, multiline=False, limit=200, hint="Colleagues see it."),
        context("away|how", "No case is asked of you meanwhile; your stand-in gets it, or the next in line."),
    ]
    return modal("away", "Away", blocks, submit="Save", meta={"member": member, "answer": answer})
