"""A case and its moves: `/case …`, the buttons and menus on cards and sheets."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack

from bot.asking import Asking
from bot.blocks.lists import aside_list, case_list, found_list, waiting_list
from bot.blocks.modals import dismiss_modal, escalate_modal, meta_of, note_modal, value_of
from bot.blocks.sheet import case_sheet
from bot.desk import Desk
from bot.escalating import Escalations
from bot.levels import Levels
from bot.listening import Listener
from bot.notes import Notes
from bot.searching import find
from handlers.wiring import Answer, Handler, OpenModal
from handlers.words import addressed, as_typed, case_number, member, nearest, row_id
from models.errors import NotAllowed
from models.moves import DISMISSALS

HELP = """*Take a case*
`/claim` the most urgent one · `/claim 12` that one
*Bring one in*, by Slack's shortcuts: _Make a case of this_ on a message · _Log a conversation_
*Look*
`/case 12` all about it · `/case mine` what I have · `/case aside` what was set aside
`/case queue` what waits, `/case queue nordic` in one queue · `/case find leaking kettle` in posts and notes
`/digest` the day so far
*Move it on*
`/case note 12 text` a note for colleagues · `/case ask 12 @ana which hose?` a question in the card's thread
`/case resolve 12` it is solved · `/case dismiss 12` it needs no reply
`/case escalate 12` to a specialist · `/case handover 12 @ana` to a colleague · `/case release 12` to anybody
`/case reopen 12` open it again (leads) · `/case allow 12 @ana` let her take it (leads)"""


@dataclass(frozen=True)
class Asked:
    """Who asked for something about a case, and what it takes to do it and to answer."""

    user: str
    desk: Desk
    listener: Listener
    escalations: Escalations
    answer: Answer
    open_modal: OpenModal
    request: str
    """Slack's id of what was typed or clicked: delivered twice, it is the same."""


def case(
    ack: Ack,
    command: dict[str, Any],
    user: str,
    desk: Desk,
    listener: Listener,
    escalations: Escalations,
    answer: Answer,
    open_modal: OpenModal,
) -> None:
    """`/case …`: the first word says what; a number alone shows the case."""
    ack()
    request = str(command["trigger_id"])
    asked = Asked(user, desk, listener, escalations, answer, open_modal, request)
    word, _, rest = str(command.get("text") or "help").strip().partition(" ")
    if word.lstrip("#").isdigit():
        _show(asked, word)
    elif word.lower() in WORDS:
        WORDS[word.lower()](asked, rest)
    else:
        raise NotAllowed(
            f"There is no `/case {word[:20]}`. Did you mean `/case {nearest(word, list(WORDS))}`?"
        )


def case_menu(
    ack: Ack,
    body: dict[str, Any],
    action: dict[str, Any],
    user: str,
    desk: Desk,
    listener: Listener,
    escalations: Escalations,
    answer: Answer,
    open_modal: OpenModal,
) -> None:
    """The ⋯ menu: its value is a word of `/case` and a case number."""
    ack()
    word, _, number = str(action["selected_option"]["value"]).partition(" ")
    request = str(body["trigger_id"])
    if word not in WORDS:
        raise NotAllowed("This menu is out of date. `/case` shows the present state.")
    WORDS[word](Asked(user, desk, listener, escalations, answer, open_modal, request), number)


def resolve_button(ack: Ack, action: dict[str, Any], user: str, desk: Desk, answer: Answer) -> None:
    ack()
    number = case_number(str(action["value"]))
    desk.resolve(number, by=user)
    answer(_resolved(number))


def dismiss(ack: Ack, view: dict[str, Any], user: str, desk: Desk, answer: Answer) -> None:
    meta, because = meta_of(view), value_of(view, "reason") or ""
    if because not in DISMISSALS:
        ack(response_action="errors", errors={"reason": "Choose a reason."})
        return
    number = int(meta["case"])
    desk.dismiss(number, by=user, because=because)
    ack()
    answer(f"Case {number} needs no reply: {DISMISSALS[because]}.")


def note(ack: Ack, view: dict[str, Any], user: str, desk: Desk, answer: Answer) -> None:
    number = int(meta_of(view)["case"])
    Notes(desk.office).add(number, value_of(view, "text") or "", by=user, request=str(view["id"]))
    ack()
    answer(_noted(number))


def aside_button(ack: Ack, listener: Listener, answer: Answer) -> None:
    ack()
    answer(*aside_list(listener.set_aside()))


def bring_back(ack: Ack, action: dict[str, Any], user: str, listener: Listener, answer: Answer) -> None:
    ack()
    number = listener.bring_back(row_id(action["value"]), by=user)
    answer(f"It is case {number} now. `/claim {number}` takes it.")


# The words of `/case`. Each gets what stood behind it.


def _show(asked: Asked, rest: str) -> None:
    asked.answer(*case_sheet(asked.desk.view(case_number(rest))))


def _help(asked: Asked, rest: str) -> None:
    asked.answer(HELP)


def _mine(asked: Asked, rest: str) -> None:
    asked.answer(*case_list(asked.desk.mine(asked.user)))


def _aside(asked: Asked, rest: str) -> None:
    asked.answer(*aside_list(asked.listener.set_aside()))


def _queue(asked: Asked, rest: str) -> None:
    name = as_typed(rest).strip().removeprefix("#")
    asked.answer(*waiting_list(*asked.desk.waiting(name or None), name or None))


def _find(asked: Asked, rest: str) -> None:
    found = find(asked.desk.office, as_typed(rest))
    asked.answer(*found_list(found))


def _note(asked: Asked, rest: str) -> None:
    first, text = (*rest.split(maxsplit=1), "", "")[:2]
    number = case_number(first)
    if not text:
        asked.open_modal(note_modal(asked.desk.view(number).case.id, asked.answer.remembered))
        return
    Notes(asked.desk.office).add(number, as_typed(text), by=asked.user, request=asked.request)
    asked.answer(_noted(number))


def _release(asked: Asked, rest: str) -> None:
    number = case_number(rest)
    asked.desk.release(number, by=asked.user)
    asked.answer(f"Case {number} waits for somebody again.")


def _hand_over(asked: Asked, rest: str) -> None:
    first, _, who = rest.strip().partition(" ")
    number, to = case_number(first), member(who)
    asked.desk.hand_over(number, by=asked.user, to=to)
    asked.answer(f"Case {number} is <@{to}>'s now.")


def _ask(asked: Asked, rest: str) -> None:
    first, _, said = rest.strip().partition(" ")
    number, (whom, question) = case_number(first), addressed(said)
    Asking(asked.desk.office).ask(number, whom, as_typed(question), by=asked.user)
    asked.answer(f"<@{whom}> is asked in the thread under case {number}'s card. The case stays where it is.")


def _escalate(asked: Asked, rest: str) -> None:
    view, line = asked.escalations.line(case_number(rest), by=asked.user)
    asked.open_modal(escalate_modal(view, line, asked.answer.remembered))


def _resolve(asked: Asked, rest: str) -> None:
    number = case_number(rest)
    asked.desk.resolve(number, by=asked.user)
    asked.answer(_resolved(number))


def _dismiss(asked: Asked, rest: str) -> None:
    asked.open_modal(dismiss_modal(asked.desk.view(case_number(rest)), asked.answer.remembered))


def _reopen(asked: Asked, rest: str) -> None:
    number = case_number(rest)
    asked.desk.reopen(number, by=asked.user)
    asked.answer(f"Case {number} is open again.")


def _allow(asked: Asked, rest: str) -> None:
    first, _, who = rest.strip().partition(" ")
    number, to = case_number(first), member(who)
    Levels(asked.desk.office).allow(number, to, by=asked.user)
    asked.answer(f"<@{to}> may take case {number}, this once.")


def _noted(number: int) -> str:
    return f"Your note is with case {number}; `/case {number}` shows it."


def _resolved(number: int) -> str:
    return f":tada: Case {number} is resolved. Well done."


WORDS: dict[str, Callable[[Asked, str], None]] = {
    "help": _help,
    "mine": _mine,
    "aside": _aside,
    "queue": _queue,
    "find": _find,
    "note": _note,
    "release": _release,
    "handover": _hand_over,
    "ask": _ask,
    "escalate": _escalate,
    "resolve": _resolve,
    "dismiss": _dismiss,
    "reopen": _reopen,
    "allow": _allow,
}

COMMANDS: dict[str, tuple[Handler, str, str]] = {
    "/case": (case, "Show a case or move it on", "12 | mine | queue | find words | note 12 | help"),
}
ACTIONS: dict[str, Handler] = {
    "case_menu": case_menu,
    "resolve": resolve_button,
    "aside": aside_button,
    "bring_back": bring_back,
}
VIEWS: dict[str, Handler] = {"dismiss": dismiss, "note": note}
