"""The checklist: showing it, ticking, and the promise that a step sets."""

from typing import Any
from zoneinfo import ZoneInfo

from slack_bolt import Ack

from bot.blocks.modals import meta_of, promise_modal, promised_time, value_of
from bot.blocks.sheet import checklist_sheet
from bot.desk import Desk
from bot.presence import Presences
from handlers.wiring import Answer, Handler, OpenModal
from handlers.words import case_number
from models.errors import NotAllowed
from models.presence import LOOKING
from models.timed import LONGEST_PROMISE


def checklist_button(
    ack: Ack, action: dict[str, Any], user: str, desk: Desk, presences: Presences, answer: Answer
) -> None:
    ack()
    number = case_number(str(action["value"]))
    answer(*checklist_sheet(desk.view(number)))
    presences.begin(number, LOOKING, by=user)


def tick(
    ack: Ack,
    action: dict[str, Any],
    user: str,
    desk: Desk,
    answer: Answer,
    open_modal: OpenModal,
) -> None:
    """A step is done, or taken back. One that sets a promise asks by when first."""
    ack()
    chosen = action.get("selected_option") or action
    number, step, undo = _case_and_step(str(chosen.get("value") or ""))
    before = desk.view(number)
    known = before.playbook.steps.get(step)
    if undo:
        answer(*checklist_sheet(desk.untick(number, step, by=user)))
    elif known is not None and known.sets_promise and step not in before.case.ticked:
        open_modal(promise_modal(desk.to_work_on(number, by=user), step, answer.remembered))
    else:
        answer(*checklist_sheet(desk.tick(number, step, by=user)))


def promise(ack: Ack, view: dict[str, Any], user: str, desk: Desk, answer: Answer) -> None:
    meta = meta_of(view)
    now = desk.view(int(meta["case"]))
    zone = now.now.astimezone(ZoneInfo(now.zone))
    for_ = promised_time(value_of(view, "day") or str(meta["day"]), value_of(view, "hour") or "", zone)
    if for_ is None:
        ack(response_action="errors", errors={"hour": "Choose the hour by which they hear from you."})
        return
    if for_ > now.now + LONGEST_PROMISE:
        ack(
            response_action="errors",
            errors={"day": "More than a year ahead is no promise: choose an earlier day."},
        )
        return
    if for_ <= now.now:
        ack(response_action="errors", errors={"day": "A promise lies in the future: choose a later time."})
        return
    after = desk.promise(int(meta["case"]), str(meta["step"]) or None, for_, by=user)
    ack()
    answer(*checklist_sheet(after))


def _case_and_step(value: str) -> tuple[int, str, bool]:
    """`12 helps`, or `12 helps undo`: the case, the step, and whether it is taken back."""
    number, _, rest = value.partition(" ")
    step, _, undo = rest.partition(" ")
    if not step:
        raise NotAllowed("This button is out of date. `/case` shows the present state.")
    return case_number(number), step, undo == "undo"


COMMANDS: dict[str, tuple[Handler, str, str]] = {}
ACTIONS: dict[str, Handler] = {"checklist": checklist_button, "tick": tick, "tick_other": tick}
VIEWS: dict[str, Handler] = {"promise": promise}
