"""Modals: their parts, and those to dismiss, note, escalate, send back and promise. Pure functions to views.

Nothing in a modal but inputs and its submit button acts, so each step is one view that the next one
replaces. What a view must remember travels in `private_metadata` (3,000 characters at most); drafts are
in the database.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from bot.blocks.text import Block, escape, local, option, plain, section, shorten
from bot.case_view import CaseView
from models.case import NOTE_LIMIT, QUESTION_LIMIT
from models.moves import DISMISSALS

View = dict[str, Any]
Meta = dict[str, Any]
"""What a modal remembers of the click that opened it: `Answer.remembered`."""
DRAFT_LIMIT = 2900


def modal(
    callback: str,
    title: str,
    blocks: list[Block],
    *,
    submit: str | None,
    meta: dict[str, Any],
    tell_close: bool = False,
) -> View:
    """A view within Slack's limits: title and buttons 24 characters, 100 blocks.

    With `tell_close` we hear of it when somebody closes it (CLOSED in a feature).
    """
    view: View = {
        "type": "modal",
        "callback_id": callback,
        "title": plain(title, 24),
        "close": plain("Close", 24),
        "blocks": blocks[:100],
        "private_metadata": json.dumps(meta),
    }
    if submit:
        view["submit"] = plain(submit, 24)
    if tell_close:
        view["notify_on_close"] = True
    return view


def meta_of(view: View) -> dict[str, Any]:
    """What a view remembered."""
    found = json.loads(view.get("private_metadata") or "{}")
    return found if isinstance(found, dict) else {}


def text_input(
    block_id: str,
    label: str,
    *,
    initial: str = "",
    hint: str | None = None,
    optional: bool = False,
    multiline: bool = True,
    limit: int = DRAFT_LIMIT,
    as_typed: str | None = None,
) -> Block:
    """A field for words. `as_typed` names the action that hears of it while somebody types.

    https://docs.slack.dev/reference/block-kit/composition-objects/dispatch-action-configuration-object
    """
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": as_typed or "value",
        "multiline": multiline,
        "max_length": limit,
    }
    if initial:
        element["initial_value"] = shorten(initial, limit)
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": element,
        "optional": optional,
    }
    if as_typed:
        block["dispatch_action"] = True
        element["dispatch_action_config"] = {"trigger_actions_on": ["on_character_entered"]}
    if hint:
        block["hint"] = plain(hint, 150)
    return block


def select_input(
    block_id: str,
    label: str,
    options: list[dict[str, object]],
    *,
    initial: str | None = None,
    optional: bool = False,
) -> Block:
    """`initial` is the value of the option that is chosen already."""
    element: dict[str, Any] = {
        "type": "static_select",
        "action_id": "value",
        "placeholder": plain("Choose"),
        "options": options,
    }
    chosen = next((one for one in options if one["value"] == initial), None)
    if chosen:
        element["initial_option"] = chosen
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": element,
        "optional": optional,
    }


def person_input(block_id: str, label: str) -> Block:
    """A menu of everybody in the workspace."""
    element = {"type": "users_select", "action_id": "value", "placeholder": plain("Choose")}
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element}


def values_of(view: View, block_id: str) -> list[str]:
    """What was chosen in a menu that takes several."""
    fields = view.get("state", {}).get("values", {}).get(block_id, {})
    element = next(iter(fields.values()), None) or {}
    return [str(one["value"]) for one in element.get("selected_options") or []]


def value_of(view: View, block_id: str) -> str | None:
    """What was put into an input of this module; None when it was left empty."""
    fields = view.get("state", {}).get("values", {}).get(block_id) or {}
    element: dict[str, Any] = next(iter(fields.values()), {}) or {}
    if element.get("selected_option"):
        return str(element["selected_option"]["value"])
    found = element.get("value") or element.get("selected_date") or element.get("selected_user")
    return str(found) if found else None


def written(view: View, block_id: str) -> str:
    """What was written into a text input; blanks alone are nothing."""
    return (value_of(view, block_id) or "").replace("\x00", "").strip()


def said_modal(title: str, words: str, kept: str = "") -> View:
    """One sentence and a way out; `kept` is what somebody wrote, to be copied."""
    blocks = [section("said|words", words), *quoted_sections("said|kept", kept)]
    return modal("said", title, blocks, submit=None, meta={})


def quoted_sections(prefix: str, text: str) -> list[Block]:
    """A long text of ours as quotations; none when it is empty.

    A section holds 3,000 characters, and escaping makes one character five: so it takes several.
    """
    parts = [text[n : n + 550] for n in range(0, len(text), 550)]
    return [
        section(f"{prefix}{n}", "\n".join(f">{escape(line)}" for line in part.split("\n")))
        for n, part in enumerate(parts)
    ]


def dismiss_modal(view: CaseView, answer: Meta) -> View:
    reasons = [option(words[0].upper() + words[1:], why) for why, words in DISMISSALS.items()]
    blocks = [
        section("dismiss|why", "Leaving a post alone is a decision too. The reason stays with the case."),
        select_input("reason", "Why does it need no reply?", reasons),
    ]
    meta = {"case": view.case.id, "answer": answer}
    return modal("dismiss", f"No reply · case {view.case.id}", blocks, submit="Close it", meta=meta)


def note_modal(number: int, answer: Meta) -> View:
    blocks = [
        text_input("text", "Your note", limit=NOTE_LIMIT, hint="For colleagues; it never goes outside.")
    ]
    meta = {"case": number, "answer": answer}
    return modal("note", f"Note · case {number}", blocks, submit="Add it", meta=meta)


def find_modal(answer: Meta) -> View:
    hint = "All of them must be there: in posts, authors' names or notes."
    blocks = [text_input("words", "Words to look for", multiline=False, limit=200, hint=hint)]
    return modal("find", "Find cases", blocks, submit="Find", meta={"answer": answer})


def ask_modal(number: int, answer: Meta) -> View:
    where = "Asked in the thread under the card. Customers never see it, and the case stays where it is."
    blocks = [
        person_input("whom", "Who may know?"),
        text_input("question", "Your question", limit=QUESTION_LIMIT, hint=where),
    ]
    meta = {"case": number, "answer": answer}
    return modal("ask", f"Ask · case {number}", blocks, submit="Ask", meta=meta)


def allow_modal(number: int, answer: Meta) -> View:
    blocks = [
        section("allow|why", "They may take this one case above their level, once. It is on record."),
        person_input("whom", "Who may take it?"),
    ]
    meta = {"case": number, "answer": answer}
    return modal("allow", f"Allow · case {number}", blocks, submit="Allow", meta=meta)


def promise_modal(view: CaseView, step: str, answer: Meta) -> View:
    """By when the customer hears from us again; default tomorrow, in the queue's time zone."""
    tomorrow = local(view.now, view.zone) + timedelta(days=1)
    hours = [option(f"{hour:02}:00", f"{hour:02}:00") for hour in range(7, 22)]
    place = view.zone.rsplit("/", 1)[-1].replace("_", " ")
    day: Block = {
        "type": "input",
        "block_id": "day",
        "label": plain("Day"),
        "element": {"type": "datepicker", "action_id": "value", "initial_date": f"{tomorrow:%Y-%m-%d}"},
    }
    blocks = [
        section("promise|why", "By when did you tell them that you would be back? You are reminded in time."),
        day,
        select_input("hour", f"Hour, {place} time", hours),
    ]
    meta = {"case": view.case.id, "step": step, "day": f"{tomorrow:%Y-%m-%d}", "answer": answer}
    return modal("promise", f"Promise · case {view.case.id}", blocks, submit="Promise", meta=meta)


def promised_time(day: str, hour: str, zone_time: datetime) -> datetime | None:
    """The moment meant by a day and an hour in `zone_time`'s zone; None when they can't be read."""
    try:
        return datetime.strptime(f"{day} {hour}", "%Y-%m-%d %H:%M").replace(tzinfo=zone_time.tzinfo)
    except ValueError:
        return None
