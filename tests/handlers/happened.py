"""What may have happened to case 1 before somebody does something with it: each a step that a test takes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bot.answers.form import Draft
from bot.asking_back import AskingBack
from bot.lessons.correcting import Correcting
from bot.listening import Listener
from bot.pausing import Pauses
from bot.sources import Batch
from bot.surges.crisis import Crises, Plan
from config.courses import courses
from handlers.parts import Parts
from models.case import Case
from models.corrected import Said
from models.escalation import Escalation
from models.heap import Heap
from models.overrule import mark
from models.private_reply import PrivateReply
from models.reply import UNKNOWN, Reply
from models.surge import Surge
from tests.handlers.payloads import Payload, option, window
from tests.people import ANA, BO, CARLA, GRY, NOON, post

Step = Payload | Callable[[Parts], object]

GOOD = "Hi Mia, I'm Ana, customer care at Tindra. Sorry about the mess! Please send us a private message."
ASKS = "Hi Mia, I'm Ana, customer care at Tindra. What's your order number?"
ANSWER = Draft("Water below", "leak", "en", "Hi {customer}, I'm {me} at {company}.", "It leaks", 180)


def later(**span: float) -> Step:
    def wait(parts: Parts) -> None:
        parts.office.clock.pass_(**span)  # type: ignore[attr-defined]  # the clock that the test holds

    return wait


def promised(parts: Parts) -> None:
    parts.services.desk.promise(1, "next_step", parts.office.clock() + timedelta(hours=5), by=ANA)


def all_ticked(parts: Parts) -> None:
    for step in ("helps", "introduced", "wrote_back", "solved"):
        parts.services.desk.tick(1, step, by=ANA)
    promised(parts)
    parts.services.desk.keep_promise(1, by=ANA)


def solved(parts: Parts) -> None:
    all_ticked(parts)
    parts.services.desk.resolve(1, by=ANA)


def escalated(parts: Parts) -> None:
    parts.services.escalations.escalate(1, by=ANA, why="the pump")


def sent_back(parts: Parts) -> None:
    parts.services.escalations.send_back(1, by=CARLA, answer="a new seal")


def accepted(parts: Parts) -> None:
    parts.services.escalations.accept(1, by=CARLA)
    with parts.office.db.transaction() as session:
        session.get_one(Escalation, 1).resolve_by = NOON


def asked_back(parts: Parts) -> None:
    AskingBack(parts.office).ask(1, "Which pump?", by=CARLA)


def nobody_at_work(parts: Parts) -> None:
    parts.office.clock.now = NOON + timedelta(hours=11)  # type: ignore[attr-defined]


def offered(parts: Parts) -> None:
    parts.services.handovers.ask(1, BO, by=ANA)


def kept(parts: Parts) -> None:
    parts.services.handovers.keep(1, by=ANA)


def set_aside(parts: Parts) -> None:
    Listener(parts.office, parts.services.listener.sifter).take(
        "test",
        Batch([post("For sale: used Tindra, 100 EUR, hardly used, pick up in Leeds", author="seller")]),
    )


def corrected(parts: Parts) -> None:
    Correcting(parts.office).correct(1, Said(kind="praise"), by=ANA)


def ready(parts: Parts) -> None:
    parts.services.replies.check(1, GOOD, by=ANA)


def on_record(parts: Parts) -> None:
    ready(parts)
    parts.services.replies.posted_by_hand(1, by=ANA, url=None)


def told_them(parts: Parts) -> None:
    on_record(parts)
    Pauses(parts.office).go_on(1, by=ANA)


def unknown(parts: Parts) -> None:
    ready(parts)
    with parts.office.db.transaction() as session:
        session.get_one(Reply, 1).state = UNKNOWN


def asked_to_overrule(parts: Parts) -> None:
    read = parts.services.replies.check(1, ASKS, by=ANA)
    known = [mark(stop) for stop in read.stops]
    parts.services.replies.check(1, ASKS, by=ANA, why="the shop's own", known=known)


def answer_approved(parts: Parts) -> None:
    parts.services.answers.add(ANSWER, by=GRY)


def offered_as_answer(parts: Parts) -> None:
    on_record(parts)
    solved(parts)
    parts.services.answer_offers.offer(1, by=ANA)


def commented(parts: Parts) -> None:
    said = post(source="facebook", external_id="5001_9001", author="Tom Falk", author_name=None)
    Listener(parts.office, parts.services.listener.sifter).take("test", Batch([said]))
    parts.services.desk.claim(3, by=ANA)


def perhaps_there(parts: Parts) -> None:
    commented(parts)
    parts.services.private_replies.send(3, 3, GOOD, by=ANA)
    with parts.office.db.transaction() as session:
        session.get_one(PrivateReply, 1).state = UNKNOWN


def surge(parts: Parts) -> None:
    with parts.office.db.transaction() as session:
        session.add(Surge.begin("Tindra", "leak", people=40, usual=2.0, began_at=NOON, at=NOON))


def in_crisis(parts: Parts) -> None:
    Crises(parts.office).open(1, Plan("it bursts", ["everyone"]), by=GRY)


def in_a_heap(parts: Parts) -> None:
    with parts.office.db.transaction() as session:
        session.add(Heap(id=1, channel="mentions", topic=None, opened_at=NOON, last_at=NOON))
        session.flush()
        for number in (1, 2):
            session.get_one(Case, number).heap_id = 1


def alike(parts: Parts) -> None:
    on_record(parts)
    with parts.office.db.transaction() as session:
        session.get_one(Case, 2).like_id = 1


def practising(parts: Parts) -> None:
    parts.services.practising.start(ANA, "en")


def practice_claimed(parts: Parts) -> None:
    practising(parts)
    parts.services.practising.claim(1, by=ANA)


def practice_answered(parts: Parts) -> None:
    practice_claimed(parts)
    look = parts.services.practising.look(1, by=ANA)
    parts.services.practising.check(1, look.sample.example, by=ANA)
    while (step := parts.services.practising.look(1, by=ANA).checklist.next) is not None:
        parts.services.practising.tick(1, step.key, by=ANA)


def practice_reply() -> Payload:
    text = "Hi, I'm Ana, customer care at Tindra. Sorry! Please write to us: https://tindra.example/write"
    return window("practice_check", {"practice": 1}, draft=text)


def right_answers() -> dict[str, Any]:
    quiz = courses()["tone"].quiz
    return {f"q{number}": option(question.right) for number, question in enumerate(quiz)}
