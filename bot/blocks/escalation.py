"""What a specialist gets: the whole case in one message, and what comes of it in their thread."""

from collections.abc import Sequence
from datetime import datetime

from bot.blocks.card import grave, title
from bot.blocks.post import post_blocks
from bot.blocks.sheet import STAGES, note_blocks, step_line, timeline
from bot.blocks.text import (
    Block,
    actions,
    button,
    clock_time,
    context,
    customer_section,
    escape_but_people,
    person,
    quoted,
    section,
    shorten,
)
from bot.case_view import CaseView
from models.escalation import (
    ACCEPTED,
    ASKED,
    PASSED_ON,
    QUESTIONED,
    SENT_BACK,
    SENT_ON,
    UNRESOLVED,
    Escalation,
    Question,
)
from models.reply import Reply

POSTS, REPLIES, QUESTIONS, EVENTS = 6, 3, 3, 25
"""How many of each the message holds, the newest; it is one message of 50 blocks at most."""


def escalation_message(
    view: CaseView, escalation: Escalation, replies: Sequence[Reply] = ()
) -> tuple[str, list[Block]]:
    """Everything that the one asked needs: why, the customer's words, what we said, what was promised, the
    checklist, notes and timeline; and the ways to answer while an answer is awaited. `replies`: what went
    out in public, oldest first."""
    case, key = view.case, f"escalation:{escalation.id}"
    blocks: list[Block] = [section(f"{key}|head", _head(view, escalation))]
    if case.promised_for:
        promised = clock_time(case.promised_for, view.zone, view.now)
        late = " · *that time is over*" if case.promised_for <= view.now else ""
        words = f":alarm_clock: *The customer was promised an answer by {promised}*{late}"
        blocks.append(section(f"{key}|promise", words))
    hidden = len(view.mentions) - POSTS
    if hidden > 0:
        blocks.append(context(f"{key}|more", f"{hidden} earlier: `/case {case.id}`"))
    for mention in view.mentions[-POSTS:]:
        blocks += post_blocks(mention, key, view.zone)
    blocks += [_reply(view, key, reply) for reply in list(replies)[-REPLIES:]]
    blocks += _checklist(view, key)
    blocks += note_blocks(view, key)
    blocks += [_question(view, key, asked) for asked in escalation.questions[-QUESTIONS:]]
    blocks.append(section(f"{key}|line", "*What happened*\n" + timeline(view, EVENTS)))
    blocks += _ways(view, escalation, key)
    return f"Case {case.id} needs you: {title(view)}", blocks


def question_message(view: CaseView, question: Question) -> tuple[str, list[Block]]:
    """To whoever escalated: what the specialist wants to know first, with Answer while it is open."""
    case, key = view.case, f"asked_back:{question.id}"
    asks = f"{person(question.by)} has a question before taking case {case.id}"
    blocks: list[Block] = [
        section(f"{key}|head", f"*{asks}*\n{title(view)}\n{_lines(question.question, 1000)}"),
    ]
    newest = view.to_answer
    blocks += post_blocks(newest, key, view.zone, limit=500)
    if question.answered_at is None:
        by = clock_time(question.answer_by, view.zone, view.now)
        answer = button("answer_back", "Answer…", question.id, style="primary")
        show = button("word_show", "Show the case", case.id)
        blocks.append(actions(f"{key}|do", answer, show))
        blocks.append(context(f"{key}|by", f"Please answer by {by}; then the case waits for anybody again."))
    elif question.answer is None:
        blocks.append(context(f"{key}|by", "This is no longer needed: the case went on."))
    else:
        by_whom = f"{person(question.answered_by)} answered"
        blocks.append(section(f"{key}|answer", f"*{by_whom}*\n{_lines(question.answer, 1000)}"))
    return shorten(f"{asks}: {escape_but_people(question.question)}", 300), blocks


def unresolved_message(
    view: CaseView, escalation: Escalation, reminded_at: datetime, key: str, *, open_: bool
) -> tuple[str, list[Block]]:
    """How does it go? To whoever accepted; the buttons go once they answered (`open_` is false)."""
    case = view.case
    since = clock_time(escalation.answered_at or reminded_at, view.zone, view.now)
    asks = f":hourglass: You accepted case {case.id} at {since}. How does it go?"
    blocks: list[Block] = [section(f"{key}|text", asks)]
    if not open_:
        return asks, [*blocks, context(f"{key}|by", "Answered, or no longer yours.")]
    by = clock_time(escalation.resolve_by or reminded_at, view.zone, view.now)
    ways = (
        button("still_on_it", "Still on it, until…", escalation.id, style="primary"),
        button("hand_on", "Hand on…", escalation.id),
        button("checklist", "Checklist", case.id),
    )
    blocks.append(actions(f"{key}|do", *ways))
    blocks.append(context(f"{key}|by", f"Without an answer by {by} somebody else is asked."))
    return asks, blocks


# Helpers, in the order in which they are called.


def _head(view: CaseView, escalation: Escalation) -> str:
    head = f"*{person(escalation.asked_by)} asks you to take case {view.case.id}*{grave(view)}\n{title(view)}"
    if escalation.instead_of:
        head += f"\nYou stand in for {person(escalation.instead_of)}."
    if escalation.why:
        head += f"\n“{escape_but_people(shorten(escalation.why, 1000))}”"
    return head


def _reply(view: CaseView, key: str, reply: Reply) -> Block:
    when = clock_time(reply.posted_at or reply.created_at, view.zone, view.now)
    words = f":speech_balloon: *We replied in public* · {person(reply.by)} · {when}\n"
    return customer_section(f"{key}|reply{reply.id}", words + quoted(reply.text, 1000))


def _checklist(view: CaseView, key: str) -> list[Block]:
    """Every step that applies, ticked with who and when, or open."""
    stages = {
        name: [step_line(view, step) for step in view.checklist.shown if step.stage == stage]
        for stage, name in STAGES.items()
    }
    return [
        section(f"{key}|{name}", "\n".join([f"*{name}*", *lines])) for name, lines in stages.items() if lines
    ]


def _question(view: CaseView, key: str, question: Question) -> Block:
    when = clock_time(question.asked_at, view.zone, view.now)
    asked = f":question: *{person(question.by)} asked {person(question.to)}* · {when}"
    words = f"{asked}\n{_lines(question.question, 1000)}"
    if question.answer:
        answered = f"*{person(question.answered_by)} answered*"
        words += f"\n{answered}\n{_lines(question.answer, 1000)}"
    return section(f"{key}|question{question.id}", words)


def _ways(view: CaseView, escalation: Escalation, key: str) -> list[Block]:
    if escalation.state not in (ASKED, QUESTIONED):
        return [context(f"{key}|by", _ended(view, escalation))]
    ways = [button("accept", "Accept", escalation.id, style="primary")]
    if escalation.state == ASKED:
        ways.append(button("ask_back", "Ask something first…", escalation.id))
    ways.append(button("send_on", "Not mine: send to…", escalation.id))
    ways.append(button("send_back", "Send back…", escalation.id))
    return [actions(f"{key}|do", *ways), context(f"{key}|by", _until(view, escalation))]


def _until(view: CaseView, escalation: Escalation) -> str:
    question = escalation.open_question
    if escalation.state == QUESTIONED and question is not None:
        return f"{person(question.to)} has your question. You have time anew once the answer is here."
    by = clock_time(escalation.acknowledge_by, view.zone, view.now)
    return f"Please answer by {by}; then the next in line is asked. What is new comes into this thread."


def _ended(view: CaseView, escalation: Escalation) -> str:
    said = {
        ACCEPTED: _accepted(view, escalation),
        PASSED_ON: "Nobody answered in time; the next in line was asked.",
        SENT_BACK: "Sent back.",
        SENT_ON: "Sent on to somebody else.",
        UNRESOLVED: "Not resolved in time; somebody else was asked.",
    }
    return said.get(escalation.state, escalation.state)


def _accepted(view: CaseView, escalation: Escalation) -> str:
    """Whose it is now: a lead may have accepted in the specialist's place."""
    by = escalation.answered_by or next(
        (e.actor for e in view.events if e.what == "accept" and e.at == escalation.answered_at),
        escalation.specialist,
    )
    return "You accepted it. It is yours." if by == escalation.specialist else f"{person(by)} accepted it."


def _lines(text: str, limit: int) -> str:
    """A colleague's words as a quotation; people in it keep their names."""
    return "\n".join(f">{line}" for line in escape_but_people(shorten(text, limit)).split("\n"))
