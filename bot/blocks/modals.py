"""Modals: reply, post, dismiss, escalate, send back, promise. Pure functions to Slack views.

Nothing in a modal but inputs and its submit button acts, so each step is one view that the next one
replaces. What a view must remember travels in `private_metadata` (3,000 characters at most); drafts are
in the database.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from bot.blocks.post import post_blocks, view_link
from bot.blocks.text import Block, context, escape, local, option, person, plain, section, shorten
from bot.case_view import CaseView
from models.case import NOTE_LIMIT
from models.moves import DISMISSALS

View = dict[str, Any]
Meta = dict[str, Any]
"""What a modal remembers of the click that opened it: `Answer.remembered`."""
DRAFT_LIMIT = 2900


def modal(
    callback: str, title: str, blocks: list[Block], *, submit: str | None, meta: dict[str, Any]
) -> View:
    """A view within Slack's limits: title and buttons 24 characters, 100 blocks."""
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
) -> Block:
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": "value",
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
    if hint:
        block["hint"] = plain(hint, 150)
    return block


def select_input(
    block_id: str, label: str, options: list[dict[str, object]], *, initial: str | None = None
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
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element}


def value_of(view: View, block_id: str) -> str | None:
    """What was put into an input of this module; None when it was left empty."""
    element = view.get("state", {}).get("values", {}).get(block_id, {}).get("value") or {}
    if element.get("selected_option"):
        return str(element["selected_option"]["value"])
    found = element.get("value") or element.get("selected_date")
    return str(found) if found else None


def reply_modal(
    view: CaseView, *, draft: str, introduction: str | None, stops: list[str], advice: list[str], answer: Meta
) -> View:
    """The customer's words, what is wrong with the draft so far, and the draft."""
    mention = view.to_answer
    blocks = post_blocks(mention, "reply", view.zone, limit=700)
    if stops or advice:
        blocks.append({"type": "divider"})
    if stops:
        said = "\n".join(f":no_entry: {escape(s)}" for s in stops)
        blocks.append(section("reply|stops", f"*Not yet: please mend this first*\n{said}"))
    if advice:
        blocks.append(section("reply|advice", "\n".join(f":bulb: {escape(a)}" for a in advice)))
    blocks.append(text_input("draft", "Your public reply", initial=draft))
    if introduction:
        blocks.append(context("reply|intro", f"Say who you are, for example: _{escape(introduction)}_"))
    meta = {"case": view.case.id, "introduction": introduction, "answer": answer}
    return modal("reply_check", f"Reply · case {view.case.id}", blocks, submit="Check it", meta=meta)


def ready_modal(
    view: CaseView,
    *,
    reply: int,
    shown: int,
    text: str,
    advice: list[str],
    post_url: str | None,
    filled: bool,
    private_url: str | None,
    invite_url: str | None,
    can_post: bool,
    answer: Meta,
) -> View:
    """The draft passed: the ways to post it, and the link that invites to a private message.

    `filled` says whether the reply stands already where `post_url` leads.
    """
    # A section holds 3,000 characters, and escaping makes one character five: a long reply takes several.
    parts = [text[n : n + 550] for n in range(0, len(text), 550)]
    blocks: list[Block] = [section("ready|head", ":white_check_mark: *Good to go*")]
    for number, part in enumerate(parts):
        quote = "\n".join(f">{escape(line)}" for line in part.split("\n"))
        blocks.append(section(f"ready|text{number}", quote))
    if advice:
        blocks.append(section("ready|advice", "\n".join(f":bulb: {escape(a)}" for a in advice)))
    if can_post:
        steps = ["*Post now* sends this reply to X from the company's account."]
    elif post_url and filled:
        steps = [f"<{post_url}|Open your reply, ready to post>, and post it."]
    elif post_url:
        steps = [f"Copy your reply, <{post_url}|open where it goes>, and post it there."]
    else:
        steps = ["Copy your reply and post it where the customer wrote."]
    if invite_url:
        steps.append(f"<{invite_url}|Post the private-message link below it>; X shows it as a button.")
    elif private_url:
        steps.append(f"Invite them to write to you in private with this link: {private_url}")
    if not can_post:
        steps.append("Come back and press *I posted it*.")
    blocks.append(
        section("ready|how", "\n".join(f"*{n}.* {words}" for n, words in enumerate(steps, start=1)))
    )
    if not can_post:
        blocks.append(
            text_input(
                "url",
                "Link of your post",
                optional=True,
                multiline=False,
                limit=500,
                hint="Kept with the case, so that a colleague finds it.",
            )
        )
    callback, submit = ("reply_post", "Post now") if can_post else ("reply_posted", "I posted it")
    return modal(
        callback,
        f"Post · case {view.case.id}",
        blocks,
        submit=submit,
        meta={"reply": reply, "shown": shown, "answer": answer},
    )


def unknown_modal(view: CaseView, reply: int) -> View:
    """X did not say whether a reply was posted: a person looks and tells."""
    mention = view.to_answer
    url = view_link(mention)
    where = f"<{url}|Look under the customer's post>" if url else "Look under the customer's post"
    blocks = [
        section("unknown|why", f"X did not say whether your reply was posted. {where}: is it there?"),
        select_input(
            "there", "Is it there?", [option("Yes, it is there", "yes"), option("No, it is not", "no")]
        ),
    ]
    return modal(
        "reply_unknown", f"Reply · case {view.case.id}", blocks, submit="Save", meta={"reply": reply}
    )


def said_modal(title: str, words: str) -> View:
    """One sentence and a way out."""
    return modal("said", title, [section("said|words", words)], submit=None, meta={})


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


def escalate_modal(view: CaseView, chain: list[str], answer: Meta) -> View:
    who = " → ".join(person(member) for member in chain)
    blocks = [
        section("escalate|who", f"*Goes to* {who}\nIf nobody says yes in time, the next in line is asked."),
        text_input("why", "What do they need to know?", optional=True, limit=1000),
    ]
    meta = {"case": view.case.id, "answer": answer}
    return modal("escalate", f"Escalate · case {view.case.id}", blocks, submit="Escalate", meta=meta)


def send_back_modal(escalation: int) -> View:
    blocks = [text_input("answer", "Why, or what do you need to know first?", limit=1000)]
    return modal("send_back", "Send back", blocks, submit="Send back", meta={"escalation": escalation})


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
