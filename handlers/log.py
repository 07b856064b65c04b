"""Cases that employees bring themselves: from a Slack message, or from a conversation they had."""

from datetime import UTC, datetime
from typing import Any, cast
from uuid import uuid4

from slack_bolt import Ack

from bot.blocks.log_modal import LINK_LIMIT, PLACES, log_modal
from bot.blocks.modals import meta_of, said_modal, value_of
from bot.blocks.text import shorten
from bot.listening import Listener, Logged
from config.sifting import KINDS, Kind
from handlers.slack_message import card_number, said_in
from handlers.wiring import Handler, OpenModal
from models.post import NO_NAME, Post

NEEDED = {
    "text": "Write what they said.",
    "kind": "Choose one.",
    "language": "Choose one.",
    "queue": "Choose one.",
}


def make_case(ack: Ack, shortcut: dict[str, Any], listener: Listener, open_modal: OpenModal) -> None:
    """On any message; the same one a second time shows its case."""
    ack()
    message = shortcut.get("message") or {}
    channel = shortcut.get("channel") or {}
    ts = str(shortcut.get("message_ts") or message.get("ts") or "")
    own = f"{channel.get('id')}:{ts}"
    number = card_number(message) or listener.case_of("slack", own)
    if number is not None:
        open_modal(said_modal("Already a case", _known(number)))
        return
    said = said_in(message)
    link = said.link if len(said.link) <= LINK_LIMIT else ""
    meta = {"source": "slack", "id": own, "ts": ts, "url": _permalink(shortcut, ts)}
    post = Post("slack", own, said.text, _time(ts, listener), said.author or NO_NAME)
    open_modal(
        log_modal(
            listener.office.playbook,
            meta=meta,
            text=said.text,
            link=link,
            author=shorten(said.author, 200),
            guess=listener.sifter.sift(post.storable()),
        )
    )


def log_conversation(ack: Ack, listener: Listener, open_modal: OpenModal) -> None:
    """By phone, in person, elsewhere. The id is given here, so that a doubled submission is one case."""
    ack()
    open_modal(log_modal(listener.office.playbook, meta={"id": uuid4().hex}))


def log_case(ack: Ack, view: dict[str, Any], user: str, listener: Listener) -> None:
    """The form, sent: what is missing is said at its input; else the case is named."""
    meta = meta_of(view)
    needed = NEEDED if meta.get("source") else {"place": "Choose one.", **NEEDED}
    given = {name: (value_of(view, name) or "").strip() for name in ("link", "author", "place", *NEEDED)}
    errors = {name: words for name, words in needed.items() if not given[name]}
    if given["link"] and not given["link"].startswith(("https://", "http://")):
        errors["link"] = "Write a whole link, with https:// before it, or leave it empty."
    post = Post(
        source=str(meta.get("source") or given["place"]),
        external_id=str(meta["id"]),
        text=given["text"],
        created_at=_time(str(meta.get("ts") or ""), listener),
        author=given["author"].removeprefix("@") or NO_NAME,
        url=given["link"] or meta.get("url"),
    ).storable()
    if post.source in PLACES and not errors:
        # Nobody could read it elsewhere, so it has to be fit to be shown.
        personal = listener.sifter.sift(post).personal_data
        if personal:
            found = ", ".join(f"“{one}”" for one in personal[:3])
            errors["text"] = shorten(f"Leave out personal data, colleagues see this: {found}", 150)
    if errors or given["kind"] not in KINDS:
        ack(response_action="errors", errors=errors or {"kind": "Choose one."})
        return
    logged = listener.log(
        post, kind=cast(Kind, given["kind"]), language=given["language"], queue=given["queue"], by=user
    )
    ack(response_action="update", view=said_modal(f"Case {logged.case}", _became(logged)))


# Helpers.


def _became(logged: Logged) -> str:
    number = logged.case
    if logged.known:
        return _known(number)
    if logged.joined:
        return f"The customer has case {number} already: it joined that one. `/case {number}` shows it."
    return f"It is case {number} now. `/claim {number}` takes it."


def _known(number: int) -> str:
    return f"This is case {number} already. `/case {number}` shows it."


def _time(ts: str, listener: Listener) -> datetime:
    """When the message was sent; now for what has no message."""
    try:
        return datetime.fromtimestamp(float(ts), UTC)
    except (ValueError, OverflowError, OSError):
        return listener.office.clock()


def _permalink(shortcut: dict[str, Any], ts: str) -> str | None:
    domain, channel = (shortcut.get("team") or {}).get("domain"), (shortcut.get("channel") or {}).get("id")
    return f"https://{domain}.slack.com/archives/{channel}/p{ts.replace('.', '')}" if domain and ts else None


COMMANDS: dict[str, tuple[Handler, str, str]] = {}
ACTIONS: dict[str, Handler] = {}
VIEWS: dict[str, Handler] = {"log_case": log_case}
SHORTCUTS: dict[str, tuple[Handler, str, str, str]] = {
    "make_case": (make_case, "Make a case of this", "Brings what this message says into a queue", "message"),
    "log_conversation": (
        log_conversation,
        "Log a conversation",
        "Makes a case of what a customer said by phone or in person",
        "global",
    ),
}
