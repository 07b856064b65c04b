"""Answering a customer: draft, check, post, record."""

from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.blocks.answer_choice import CHOSEN, chosen_in
from bot.blocks.modals import meta_of, said_modal, value_of
from bot.blocks.reply_modals import TYPED, draft_in, unknown_modal
from bot.blocks.reply_parts import news_blocks, promise_offer
from bot.blocks.sheet import checklist_sheet
from bot.desk import Desk
from bot.presence import Presences
from bot.reply_news import Seen
from bot.replying import Replies
from handlers.reply_answers import Chosen, answer_blocks, choose, picker
from handlers.reply_windows import (
    mark,
    on_its_way,
    prepared_introduction,
    ready_window,
    shown,
    writing_window,
)
from handlers.wiring import Answer, Asked, Handler, OpenModal, RedrawModal
from handlers.words import case_number
from models.presence import WRITING
from models.reply import UNKNOWN

Meta = dict[str, Any]


def reply_button(
    ack: Ack,
    action: dict[str, Any],
    user: str,
    client: WebClient,
    desk: Desk,
    replies: Replies,
    presences: Presences,
    answer: Answer,
    open_modal: OpenModal,
    asked: Asked,
) -> None:
    ack()
    number = case_number(str(action["value"]))
    opened = replies.start(number, by=user)
    earlier = replies.pending(number, by=user)
    if earlier is None:
        meta = {
            "introduction": prepared_introduction(client, desk, user, opened),
            "answer": answer.remembered,
        }
        others = presences.others_writing(number, but=user)
        open_modal(writing_window(opened, meta, answer_blocks(asked, opened.view, meta), others=others))
        presences.begin(number, WRITING, by=user)
    elif earlier.state == UNKNOWN:
        open_modal(unknown_modal(opened.view, earlier.id))
    else:
        open_modal(said_modal(f"Reply · case {number}", on_its_way(opened)))


def reply_typed(
    ack: Ack,
    body: dict[str, Any],
    user: str,
    replies: Replies,
    presences: Presences,
    redraw_modal: RedrawModal,
    asked: Asked,
) -> None:
    """Somebody types: the draft is kept, and the window is drawn anew only when the findings changed."""
    ack()
    view = body["view"]
    meta = meta_of(view)
    opened = replies.glance(
        int(meta["case"]),
        draft_in(view) or "",
        by=user,
        seen=Seen.recalled(meta.get("seen")),
        over=meta.get("ready"),
    )
    presences.begin(opened.view.case.id, WRITING, by=user)
    if shown(opened) != meta.get("shown") and opened.text:
        word = meta.get("asked") == mark(opened.text)
        more = answer_blocks(asked, opened.view, meta)
        # What was seen stays as it was: only a press of the button says that somebody has read the news.
        fresh = writing_window(opened, meta, more, asked=word, seen=meta.get("seen"))
        redraw_modal(fresh)


def reply_answer(
    ack: Ack,
    body: dict[str, Any],
    action: dict[str, Any],
    client: WebClient,
    redraw_modal: RedrawModal,
    asked: Asked,
) -> None:
    """An approved answer was chosen: the draft is filled with it at once."""
    ack()
    view, option = body["view"], action.get("selected_option")
    if option:
        chosen = choose(asked, client, meta_of(view), draft_in(view) or "", str(option["value"]))
        redraw_modal(_after(chosen, asked), wins=True)


def answer_picked(ack: Ack, view: dict[str, Any], client: WebClient, asked: Asked) -> None:
    """In the window with all answers: one of them, other words to find them by, or back."""
    meta, picked, words = meta_of(view), value_of(view, "picked"), (value_of(view, "words") or "").strip()
    number, known = int(meta["case"]), meta.pop("words", "")
    opened = asked.services.replies.start(number, by=asked.user)
    if picked is None and words and words != known:
        ack(response_action="update", view=picker(asked, opened.view, meta, words))
        return
    chosen = choose(asked, client, meta, "", picked) if picked else Chosen(None, opened, meta)
    ack(response_action="update", view=_after(chosen, asked))


def reply_check(
    ack: Ack,
    view: dict[str, Any],
    user: str,
    client: WebClient,
    replies: Replies,
    presences: Presences,
    asked: Asked,
) -> None:
    """Checks the draft. The window shows either what to mend or to read, or the ways to post."""
    meta = meta_of(view)
    number = int(meta["case"])
    wanted = chosen_in(view)
    if wanted is not None:  # where a choice does not act at once
        chosen = choose(asked, client, meta, draft_in(view) or "", wanted)
        ack(response_action="update", view=_after(chosen, asked))
        return
    # An untouched field comes back empty from some clients; then what stood in it is meant.
    text = draft_in(view) or replies.start(number, by=user).text or meta.get("introduction") or ""
    checked = replies.check(
        number,
        text,
        by=user,
        seen=Seen.recalled(meta.get("seen")),
        why=value_of(view, "why") or "",
        known=meta.get("stops") or (),
    )
    if checked.stops or checked.news:
        more, others = answer_blocks(asked, checked.view, meta), presences.others_writing(number, but=user)
        fresh = writing_window(checked, meta, more, asked=checked.asked, others=others)
    else:
        fresh = ready_window(checked, meta)
    ack(response_action="update", view=fresh)
    presences.begin(number, WRITING, by=user)


def reply_post(
    ack: Ack, view: dict[str, Any], user: str, replies: Replies, presences: Presences, answer: Answer
) -> None:
    if value_of(view, "account"):  # they have posted it by hand after all
        reply_posted(ack, view, user, replies, presences, answer)
        return
    meta = meta_of(view)
    checked = replies.post(int(meta["reply"]), by=user, seen=Seen.recalled(meta.get("seen")))
    if checked.on_its_way:
        ack(response_action="update", view=said_modal("On its way", on_its_way(checked)))
        presences.end(checked.view.case.id, by=user)
    else:
        ack(response_action="update", view=ready_window(checked, meta))


def reply_posted(
    ack: Ack, view: dict[str, Any], user: str, replies: Replies, presences: Presences, answer: Answer
) -> None:
    meta = meta_of(view)
    url = (value_of(view, "url") or "").strip() or None
    if url is not None and not url.startswith(("https://", "http://")):
        ack(response_action="errors", errors={"url": "The link of your post should begin with https://."})
        return
    after = replies.posted_by_hand(
        int(meta["reply"]),
        by=user,
        url=url,
        account=value_of(view, "account") or "company",
        seen=Seen.recalled(meta.get("seen")),
    )
    ack()
    presences.end(after.view.case.id, by=user)
    text, blocks = checklist_sheet(after.view, "Your reply is on record.")
    if after.promises:
        blocks[1:1] = promise_offer(after.view)
    blocks[1:1] = news_blocks(after.view, after.news)  # the sheet's head stays first: it is known by it
    answer(text, blocks)


def reply_unknown(ack: Ack, view: dict[str, Any], user: str, replies: Replies) -> None:
    """The employee looked where it should be: the reply is there, or it is not."""
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


def reply_closed(ack: Ack, body: dict[str, Any], user: str, presences: Presences) -> None:
    ack()
    meta = meta_of(body["view"])
    if meta.get("case"):
        presences.end(int(meta["case"]), by=user)


# Helpers.


def _after(chosen: Chosen, asked: Asked) -> dict[str, Any]:
    """The window after an answer was chosen."""
    if chosen.view is not None or chosen.opened is None:
        return chosen.view or {}
    more = answer_blocks(asked, chosen.opened.view, chosen.meta)
    return writing_window(chosen.opened, chosen.meta, more, seen=chosen.meta.get("seen"))


COMMANDS: dict[str, tuple[Handler, str, str]] = {}
ACTIONS: dict[str, Handler] = {"reply": reply_button, TYPED: reply_typed, CHOSEN: reply_answer}
VIEWS: dict[str, Handler] = {
    "reply_check": reply_check,
    "answer_pick": answer_picked,
    "reply_post": reply_post,
    "reply_posted": reply_posted,
    "reply_unknown": reply_unknown,
}
CLOSED: dict[str, Handler] = {
    "reply_check": reply_closed,
    "reply_post": reply_closed,
    "reply_posted": reply_closed,
}
