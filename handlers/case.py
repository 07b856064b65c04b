"""A case and its moves: `/case …`, the buttons and menus on cards and sheets."""

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.blocks.lists import aside_list, case_list
from bot.blocks.modals import dismiss_modal, meta_of, value_of
from bot.blocks.sheet import case_sheet
from bot.desk import Desk
from bot.escalating import Escalations
from bot.listening import Listener
from handlers.escalate import open_escalation
from handlers.wiring import Answer, Handler
from handlers.words import case_number, member, nearest
from models.errors import NotAllowed
from models.moves import DISMISSALS

HELP = """*Take a case*
`/claim` the most urgent one · `/claim 12` that one
*Look*
`/case 12` all about it · `/case mine` what I have · `/case aside` what was set aside
`/digest` the day so far
*Move it on*
`/case resolve 12` it is solved · `/case dismiss 12` it needs no reply
`/case escalate 12` to a specialist · `/case handover 12 @ana` to a colleague · `/case release 12` to anybody
`/case reopen 12` open it again (leads)"""


def case(
    ack: Ack,
    command: dict[str, Any],
    user: str,
    client: WebClient,
    desk: Desk,
    listener: Listener,
    escalations: Escalations,
    answer: Answer,
) -> None:
    """`/case …`: the first word says what; a number alone shows the case."""
    ack()
    word, _, rest = str(command.get("text") or "").strip().partition(" ")
    word, trigger = word.lower() or "help", str(command.get("trigger_id"))
    if word.lstrip("#").isdigit():
        answer(*case_sheet(desk.view(case_number(word))))
    elif word == "help":
        answer(HELP)
    elif word == "mine":
        answer(*case_list(desk.mine(user)))
    elif word == "aside":
        answer(*aside_list(listener.set_aside()))
    elif word == "escalate":
        open_escalation(case_number(rest), user, client, trigger, escalations, answer)
    elif word == "dismiss":
        view = dismiss_modal(desk.view(case_number(rest)), answer.remembered)
        client.views_open(trigger_id=trigger, view=view)
    elif word == "handover":
        number, _, who = rest.strip().partition(" ")
        to = member(who)
        desk.hand_over(case_number(number), by=user, to=to)
        answer(f"Case {case_number(number)} is <@{to}>'s now.")
    elif word in MOVES:
        answer(MOVES[word](desk, case_number(rest), user))
    else:
        raise NotAllowed(f"There is no `/case {word[:20]}`. Did you mean `/case {nearest(word, WORDS)}`?")


def case_menu(
    ack: Ack,
    action: dict[str, Any],
    body: dict[str, Any],
    user: str,
    client: WebClient,
    desk: Desk,
    escalations: Escalations,
    answer: Answer,
) -> None:
    """The ⋯ menu: its value is a move and a case number."""
    ack()
    move, _, number = str(action["selected_option"]["value"]).partition(" ")
    if move == "escalate":
        open_escalation(case_number(number), user, client, str(body["trigger_id"]), escalations, answer)
    elif move == "dismiss":
        view = dismiss_modal(desk.view(case_number(number)), answer.remembered)
        client.views_open(trigger_id=str(body["trigger_id"]), view=view)
    else:
        answer(MOVES[move](desk, case_number(number), user))


def resolve_button(ack: Ack, action: dict[str, Any], user: str, desk: Desk, answer: Answer) -> None:
    ack()
    answer(_resolve(desk, case_number(str(action["value"])), user))


def dismiss(ack: Ack, view: dict[str, Any], user: str, desk: Desk) -> None:
    meta, because = meta_of(view), value_of(view, "reason") or ""
    if because not in DISMISSALS:
        ack(response_action="errors", errors={"reason": "Choose a reason."})
        return
    number = int(meta["case"])
    desk.dismiss(number, by=user, because=because)
    ack()
    Answer.recalled(meta)(f"Case {number} needs no reply: {DISMISSALS[because]}.")


def bring_back(ack: Ack, action: dict[str, Any], user: str, listener: Listener, answer: Answer) -> None:
    ack()
    number = listener.bring_back(int(action["value"]), by=user)
    answer(f"It is case {number} now. `/claim {number}` takes it.")


def _release(desk: Desk, number: int, user: str) -> str:
    desk.release(number, by=user)
    return f"Case {number} waits for somebody again."


def _resolve(desk: Desk, number: int, user: str) -> str:
    desk.resolve(number, by=user)
    return f":tada: Case {number} is resolved. Well done."


def _reopen(desk: Desk, number: int, user: str) -> str:
    desk.reopen(number, by=user)
    return f"Case {number} is open again."


MOVES: dict[str, Callable[[Desk, int, str], str]] = {
    "release": _release,
    "resolve": _resolve,
    "reopen": _reopen,
}
WORDS = ["mine", "aside", "help", "escalate", "dismiss", "handover", *MOVES]

COMMANDS: dict[str, tuple[Handler, str, str]] = {
    "/case": (case, "Show a case or move it on", "12 | mine | aside | release 12 | escalate 12 | help"),
}
ACTIONS: dict[str, Handler] = {"case_menu": case_menu, "resolve": resolve_button, "bring_back": bring_back}
VIEWS: dict[str, Handler] = {"dismiss": dismiss}
