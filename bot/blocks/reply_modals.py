"""The modals of a reply: the draft with what the check says, the ways to post it, and an unknown outcome."""

from bot.blocks.modals import Meta, View, modal, select_input, text_input
from bot.blocks.post import post_blocks, view_link
from bot.blocks.text import Block, context, escape, option, section
from bot.case_view import CaseView


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
