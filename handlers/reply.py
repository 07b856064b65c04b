"""Answering a customer: draft, check, post, record."""

from typing import Any

import structlog
from slack_bolt import Ack
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.blocks.modals import meta_of, said_modal, value_of
from bot.blocks.reply_modals import ready_modal, reply_modal, unknown_modal
from bot.blocks.sheet import checklist_sheet
from bot.desk import Desk
from bot.replying import Checked, Replies, mark
from handlers.wiring import Answer, Handler, OpenModal
from handlers.words import case_number
from models.reply import UNKNOWN

log = structlog.get_logger()
ON_ITS_WAY = "Your reply is on its way to X. You get a message when it is there."


def reply_button(
    ack: Ack,
    action: dict[str, Any],
    user: str,
    client: WebClient,
    desk: Desk,
    replies: Replies,
    answer: Answer,
    open_modal: OpenModal,
) -> None:
    ack()
    number = case_number(str(action["value"]))
    view, draft = replies.start(number, by=user)
    earlier = replies.pending(number, by=user)
    if earlier is None:
        introduction = _introduction(client, desk, user)
        open_modal(
            reply_modal(
                view, draft=draft, introduction=introduction, stops=[], advice=[], answer=answer.remembered
            )
        )
    elif earlier.state == UNKNOWN:
        open_modal(unknown_modal(view, earlier.id))
    else:
        open_modal(said_modal(f"Reply · case {number}", ON_ITS_WAY))


def reply_check(ack: Ack, view: dict[str, Any], user: str, replies: Replies) -> None:
    """Checks the draft. The modal shows either what to mend, or the ways to post."""
    meta = meta_of(view)
    number = int(meta["case"])
    # An untouched field comes back empty from some clients; then the stored draft is meant.
    text = value_of(view, "draft") or replies.start(number, by=user)[1]
    checked = replies.check(number, text, by=user)
    ack(response_action="update", view=_next_view(checked, meta))


def reply_post(ack: Ack, view: dict[str, Any], user: str, replies: Replies) -> None:
    meta = meta_of(view)
    replies.post(int(meta["reply"]), by=user, shown=meta.get("shown"))
    ack(
        response_action="update",
        view=said_modal("On its way", ON_ITS_WAY),
    )


def reply_posted(ack: Ack, view: dict[str, Any], user: str, replies: Replies, answer: Answer) -> None:
    meta = meta_of(view)
    url = value_of(view, "url")
    if url is not None and not url.strip().startswith(("https://", "http://")):
        ack(response_action="errors", errors={"url": "The link of your post should begin with https://."})
        return
    after = replies.posted_by_hand(int(meta["reply"]), by=user, url=url.strip() if url else None)
    ack()
    answer(*checklist_sheet(after, "Your reply is on record."))


def reply_unknown(ack: Ack, view: dict[str, Any], user: str, replies: Replies) -> None:
    """The employee looked on X: the reply is there, or it is not."""
    reply = int(meta_of(view)["reply"])
    if value_of(view, "there") == "yes":
        replies.posted_by_hand(reply, by=user, url=None)
        ack(response_action="update", view=said_modal("On record", "Good: your reply counts as posted."))
    else:
        replies.not_posted(reply, by=user)
        ack(
            response_action="update",
            view=said_modal("Draft", "It is a draft again: open *Reply…* to post it."),
        )


def _next_view(checked: Checked, meta: dict[str, Any]) -> dict[str, Any]:
    answer = meta.get("answer") or {}
    if checked.stops:
        return reply_modal(
            checked.view,
            draft=checked.text,
            introduction=meta.get("introduction"),
            stops=checked.stops,
            advice=checked.advice,
            answer=answer,
        )
    return ready_modal(
        checked.view,
        reply=checked.reply,
        shown=mark(checked.text),
        text=checked.text,
        advice=checked.advice,
        post_url=checked.links.post,
        filled=checked.links.filled,
        private_url=checked.links.private,
        invite_url=checked.links.invite,
        can_post=checked.way == "api",
        answer=answer,
    )


def _introduction(client: WebClient, desk: Desk, user: str) -> str:
    """`I'm Ana, customer care at Tindra`: the prepared introduction, with the name Slack knows."""
    name = desk.name_of(user)
    if name is None:
        try:
            profile = client.users_info(user=user)["user"]
            name = str(profile.get("real_name") or profile.get("name") or "")
            desk.remember_name(user, name)
        except (SlackApiError, OSError) as error:
            # The modal must still open; the name in it is a convenience.
            log.warning("name not found", user=user, why=str(error))
    company = desk.office.playbook.company
    return f"I'm {(name or 'Your name').split()[0]}, {company.role} at {company.name}."


COMMANDS: dict[str, tuple[Handler, str, str]] = {}
ACTIONS: dict[str, Handler] = {"reply": reply_button}
VIEWS: dict[str, Handler] = {
    "reply_check": reply_check,
    "reply_post": reply_post,
    "reply_posted": reply_posted,
    "reply_unknown": reply_unknown,
}
