"""The windows of a private message to a customer on Facebook."""

from bot.blocks.card import title
from bot.blocks.modals import Meta, View, modal, select_input, text_input
from bot.blocks.post import post_blocks
from bot.blocks.text import Block, clock_time, context, escape, option, section
from bot.private_replies import PrivateDraft
from bot.sources.facebook_private import LONGEST, WITHIN

FIELD = "message"


def private_modal(draft: PrivateDraft, text: str, *, answer: Meta) -> View:
    """Their comment, what is wrong with the message so far, and the message. `text` stands in the field."""
    view = draft.view
    until = clock_time(draft.mention.created_at + WITHIN, view.zone, view.now)
    blocks: list[Block] = [context("private|about", f"*{title(view)}*")]
    blocks += post_blocks(draft.mention, "private", view.zone, limit=700)
    blocks.append(
        section(
            "private|how",
            "They get *one message* about this comment in Messenger, from our page; Facebook takes no second "
            f"one, and none after {until}. They go on from there when they write back.",
        )
    )
    if draft.stops:
        said = "\n".join(f":no_entry: {escape(stop)}" for stop in draft.stops)
        blocks.append(section("private|stops", f"*Not yet: please mend this first*\n{said}"))
        if draft.advice:
            blocks.append(section("private|advice", "\n".join(f":bulb: {escape(a)}" for a in draft.advice)))
    hint = "What belongs in private, such as an order number, may be asked for here."
    blocks.append(text_input(FIELD, "Your private message", initial=text, hint=hint, limit=LONGEST))
    meta = {"case": view.case.id, "mention": draft.mention.id, "answer": answer}
    return modal("private_send", f"In private · case {view.case.id}", blocks, submit="Send it", meta=meta)


def private_unknown_modal(number: int, reply: int) -> View:
    """Facebook did not say whether a message was sent: a person looks and tells."""
    words = (
        "Facebook did not say whether your private message was sent. Look in the page's inbox (Meta Business "
        "Suite): is it there?"
    )
    yes_no = [option("Yes, it is there", "yes"), option("No, it is not", "no")]
    blocks = [section("private|why", words), select_input("there", "Is it there?", yes_no)]
    meta = {"case": number, "reply": reply}
    return modal("private_looked", f"In private · case {number}", blocks, submit="Save", meta=meta)
