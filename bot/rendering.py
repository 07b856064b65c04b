"""From an outbox row to the message it stands for, as things are now."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.answers.offering import OFFER, AnswerOffers
from bot.answers.reminding import QUESTION
from bot.blocks import escalation, messages
from bot.blocks.answers import offer_message, still_holds
from bot.blocks.card import card
from bot.blocks.digest import digest
from bot.blocks.handover import handover_message
from bot.blocks.home import home
from bot.blocks.overrule import overrule_message
from bot.blocks.practice import practice_message
from bot.blocks.stories import heap_card
from bot.blocks.surge import alarm_message, called_message
from bot.blocks.text import Block
from bot.digest import Digests
from bot.home import HOME, Homes
from bot.moving_cards import MOVED, moved_note
from bot.office import Office
from bot.practising import PRACTICE, Practising
from bot.presence import shown
from bot.slack_files import Picture
from bot.still_on_it import is_under_way
from bot.stories.room import HEAP
from bot.stories.story import heap_now, story_now
from bot.surges.chart import surge_chart
from bot.surges.knowing import surge_view
from bot.surges.telling import ALARM, CALLED, CHART
from models.approved_answer import ApprovedAnswer
from models.case import Case
from models.escalation import Escalation, Question
from models.handover import Handover
from models.heap import Heap
from models.outbox import NOTICE, Outbox
from models.overrule import Overrule
from models.practice import Practice
from models.reply import POSTED, Reply
from models.surge import Surge

Drawn = tuple[str, list[Block]]
Draw = Callable[[Session, Outbox, Office], Drawn]


@dataclass(frozen=True)
class Rendered:
    """A message and the version of its row that it shows."""

    version: int
    text: str
    blocks: list[Block]
    under: str | None = None
    """The key of the message in whose thread it stands; None: in the channel itself."""


def render(session: Session, row: Outbox, office: Office) -> Rendered:
    """Draws a row. The version is read first: a change that comes after it is drawn again later."""
    version = row.version
    text, blocks = MESSAGES[row.kind](session, row, office)
    return Rendered(version, text, blocks, (row.payload or {}).get("under"))


def _card(session: Session, row: Outbox, office: Office) -> Drawn:
    case = session.get_one(Case, row.subject)
    here = shown(session, case, office.clock())
    return card(replace(office.view(session, case), here=here, story=story_now(session, case)))


def _heap(session: Session, row: Outbox, office: Office) -> Drawn:
    return heap_card(heap_now(office, session, session.get_one(Heap, row.subject)))


def _moved(session: Session, row: Outbox, office: Office) -> Drawn:
    return moved_note(row.subject or 0, row.payload or {})


def _escalation(session: Session, row: Outbox, office: Office) -> Drawn:
    found = session.get_one(Escalation, row.subject)
    replies = session.scalars(
        select(Reply).where(Reply.case_id == found.case_id, Reply.state == POSTED).order_by(Reply.id)
    )
    return escalation.escalation_message(office.view(session, found.case), found, list(replies))


def _asked_back(session: Session, row: Outbox, office: Office) -> Drawn:
    question = session.get_one(Question, row.subject)
    case = session.get_one(Escalation, question.escalation_id).case
    return escalation.question_message(office.view(session, case), question)


def _unresolved(session: Session, row: Outbox, office: Office) -> Drawn:
    found = session.get_one(Escalation, row.subject)
    reminded_at = datetime.fromisoformat(str((row.payload or {})["reminded_at"]))
    open_ = found.reminded_at == reminded_at and is_under_way(found.case, found)
    view = office.view(session, found.case)
    return escalation.unresolved_message(view, found, reminded_at, row.key, open_=open_)


def _handover(session: Session, row: Outbox, office: Office) -> Drawn:
    offer = session.get_one(Handover, row.subject)
    return handover_message(office.view(session, offer.case), offer)


def _digest(session: Session, row: Outbox, office: Office) -> Drawn:
    figures = Digests(office).sent(session, row.subject or 0)
    return digest(figures, office.playbook, row.key)


def _question(session: Session, row: Outbox, office: Office) -> Drawn:
    return messages.question(row.key, row.subject or 0, row.payload or {})


def _overrule(session: Session, row: Outbox, office: Office) -> Drawn:
    word = session.get_one(Overrule, row.subject)
    view = office.view(session, session.get_one(Case, word.case_id))
    return overrule_message(view, word, session.get_one(Reply, word.reply_id))


def _asked_channel(session: Session, row: Outbox, office: Office) -> Drawn:
    card = session.scalar(select(Outbox).where(Outbox.key == f"card:{row.subject}"))
    place = (card.slack_channel, card.ts) if card and card.slack_channel and card.ts else None
    return messages.asked_channel(row.key, row.subject or 0, row.payload or {}, place)


def _notice(session: Session, row: Outbox, office: Office) -> Drawn:
    return messages.notice(row.key, str((row.payload or {})["text"]))


def _answer_check(session: Session, row: Outbox, office: Office) -> Drawn:
    return still_holds(row.key, session.get_one(ApprovedAnswer, row.subject), office.playbook)


def _answer_offer(session: Session, row: Outbox, office: Office) -> Drawn:
    offered = AnswerOffers(office).drawn(session, row.subject or 0)
    made = session.get(ApprovedAnswer, offered.offer.answer_id) if offered.offer.answer_id else None
    return offer_message(row.key, offered, made.title if made else None)


def _home(session: Session, row: Outbox, office: Office) -> Drawn:
    return "Home", home(Homes(office).view(session, row.channel))


def _practice(session: Session, row: Outbox, office: Office) -> Drawn:
    return practice_message(Practising(office).view(session.get_one(Practice, row.subject)))


def _surge(session: Session, row: Outbox, office: Office) -> Drawn:
    return alarm_message(surge_view(office, session, session.get_one(Surge, row.subject)), row.key)


def _surge_called(session: Session, row: Outbox, office: Office) -> Drawn:
    return called_message(surge_view(office, session, session.get_one(Surge, row.subject)), row.key)


MESSAGES: dict[str, Draw] = {
    "card": _card,
    MOVED: _moved,
    HEAP: _heap,
    "escalation": _escalation,
    "handover": _handover,
    "asked_back": _asked_back,
    "unresolved": _unresolved,
    "digest": _digest,
    "question": _question,
    "asked_channel": _asked_channel,
    "overrule": _overrule,
    NOTICE: _notice,
    PRACTICE: _practice,
    QUESTION: _answer_check,
    OFFER: _answer_offer,
    HOME: _home,
    ALARM: _surge,
    CALLED: _surge_called,
}
PICTURES: dict[str, Callable[[Session, Outbox, Office], Picture]] = {CHART: surge_chart}
"""Kinds of rows that are files in the thread of another message."""
