"""Every way in which somebody changes something from Slack, as the payload that Slack sends of it.

`CHANGES` has each with what happened before, and with what happens between its first delivery and a late
copy: something after which doing it again would change things anew. What only shows something, or opens a
window, is in `SHOWS`.
"""

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app import Parts
from bot.answers.form import Draft
from bot.asking_back import AskingBack
from bot.lessons.correcting import Correcting
from bot.listening import Listener
from bot.pausing import Pauses
from bot.sources import Batch
from bot.surges.crisis import Crises, Plan
from config.courses import courses
from models.case import Case
from models.corrected import Said
from models.escalation import Escalation
from models.heap import Heap
from models.overrule import mark
from models.private_reply import PrivateReply
from models.reply import UNKNOWN, Reply
from models.surge import Surge
from tests.people import ANA, BO, CARLA, DAG, GRY, NOON, post
from tests.slack import MENTIONS

Payload = dict[str, Any]
Step = Payload | Callable[[Parts], object]
_numbers = itertools.count(1)

# Payloads: each is another interaction.


def command(text: str, user: str = ANA, name: str = "/case") -> Payload:
    return {
        "command": name,
        "text": text,
        "user_id": user,
        "team_id": "T0LOCAL",
        "channel_id": MENTIONS,
        "trigger_id": f"{next(_numbers)}.1.typed",
    }


def click(action_id: str, value: object, user: str = ANA, **more: Any) -> Payload:
    action = {"action_id": action_id, "block_id": "card:1|do", "type": "button", "value": str(value)}
    return {
        "type": "block_actions",
        "user": {"id": user},
        "team": {"id": "T0LOCAL"},
        "trigger_id": f"{next(_numbers)}.1.clicked",
        "channel": {"id": MENTIONS},
        "container": {"type": "message", "message_ts": "1.0"},
        "message": {"ts": "1.0", "blocks": []},
        "actions": [action],
        **more,
    }


def chosen(action_id: str, value: str, user: str = ANA, **more: Any) -> Payload:
    payload = click(action_id, value, user, **more)
    payload["actions"][0] |= {"type": "static_select", "selected_option": {"value": value}}
    return payload


def window(callback_id: str, meta: dict[str, Any], user: str = ANA, **values: Any) -> Payload:
    number = next(_numbers)
    return {
        "type": "view_submission",
        "user": {"id": user},
        "team": {"id": "T0LOCAL"},
        "trigger_id": f"{number}.1.submitted",
        "view": {
            "id": f"V{number}",
            "type": "modal",
            "callback_id": callback_id,
            "private_metadata": json.dumps(meta),
            "state": {"values": {block: {"value": _filled(value)} for block, value in values.items()}},
        },
    }


def _filled(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {"type": "plain_text_input", "value": value}


def option(value: object) -> dict[str, Any]:
    return {"type": "static_select", "selected_option": {"value": str(value)}}


def person(member: str) -> dict[str, Any]:
    return {"type": "users_select", "selected_user": member}


# What happened before.

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


CLAIM = click("claim", 1)
TICK = click("tick", "1 helps")


@dataclass(frozen=True)
class Change:
    """`what` is delivered twice; `before` made it possible, `between` would make it count again."""

    what: Payload
    before: tuple[Step, ...] = ()
    between: tuple[Step, ...] = ()


def _mine(what: Payload, *before: Step, between: tuple[Step, ...] = ()) -> Change:
    return Change(what, (CLAIM, *before), between)


RELEASE = (command("release 1"),)
AGAIN = (click("claim", 1),)
WAY_BACK = (command("reopen 1", GRY), click("claim", 1))
MINE = {"case": 1}
REPLY = {"reply": 1, "case": 1}
DAY = {"type": "datepicker", "selected_date": "2026-03-12"}
CLOSED_DAY = {"type": "datepicker", "selected_date": "2026-03-20"}

CHANGES: dict[str, Change] = {
    # Taking, and giving away.
    "command /claim": Change(command("1", name="/claim"), between=RELEASE),
    "command /claim, alone": Change(command("", name="/claim"), between=RELEASE),
    "action claim": Change(click("claim", 1), between=RELEASE),
    "action claim_next": Change(click("claim_next", "-"), between=RELEASE),
    "action claim_heap": Change(click("claim_heap", 1), (in_a_heap,), RELEASE),
    "word release": _mine(command("release 1"), between=AGAIN),
    "word handover": _mine(command(f"handover 1 <@{BO}>"), between=(kept,)),
    "view handover": _mine(window("handover", MINE, to=person(BO)), between=(kept,)),
    "action handover_yes": _mine(
        click("handover_yes", 1, BO),
        offered,
        between=(command(f"handover 1 <@{ANA}>", BO), click("handover_yes", 2), offered),
    ),
    "view turn_down": _mine(
        window("turn_down", {"offer": 1}, BO, why="no time"), offered, between=(offered,)
    ),
    "word keep": _mine(command("keep 1"), offered, between=(offered,)),
    "word allow": Change(command(f"allow 1 <@{BO}>", GRY)),
    "view allow": Change(window("allow", MINE, GRY, whom=person(BO))),
    # The checklist.
    "action tick": _mine(click("tick", "1 helps"), between=(click("tick", "1 helps undo"),)),
    "action tick, taken back": _mine(
        click("tick", "1 helps undo"), TICK, between=(click("tick", "1 helps"),)
    ),
    "action tick_other": _mine(
        chosen("tick_other", "1 solved"), between=(chosen("tick_other", "1 solved undo"),)
    ),
    "view promise": _mine(
        window("promise", {"case": 1, "step": "next_step"}, day=DAY, hour=option("10:00")),
        between=(command("promise 1 kept"), click("tick", "1 next_step undo")),
    ),
    "word promise": _mine(command("promise 1 tomorrow noon"), between=(command("promise 1 kept"),)),
    "word promise, kept": _mine(command("promise 1 kept"), promised, between=(promised,)),
    "word wait": _mine(command("wait 1"), told_them, between=(command("continue 1"),)),
    "word continue": _mine(command("continue 1"), on_record, between=(command("wait 1"),)),
    # How a case ends, and begins anew.
    "action resolve": _mine(click("resolve", 1), all_ticked, between=WAY_BACK),
    "word resolve": _mine(command("resolve 1"), all_ticked, between=WAY_BACK),
    "view dismiss": _mine(window("dismiss", MINE, reason=option("no_reply")), between=WAY_BACK),
    "word reopen": _mine(
        command("reopen 1", GRY),
        window("dismiss", MINE, reason=option("no_reply")),
        between=(click("claim", 1), window("dismiss", MINE, reason=option("ad"))),
    ),
    "word answered": _mine(command("answered 1 2"), alike, between=(command("reopen 2", GRY),)),
    "view answered": _mine(window("answered", MINE), alike, between=(command("reopen 2", GRY),)),
    # What is said about it.
    "word note": Change(command("note 1 She rang.")),
    "view note": Change(window("note", MINE, text="She rang.")),
    "word ask": _mine(command(f"ask 1 <@{BO}> which hose?")),
    "view ask": _mine(window("ask", MINE, whom=person(BO), question="Which hose?")),
    "word is": _mine(command("is 1 praise"), between=(command("is 1 complaint"),)),
    "view is": _mine(
        window("is", MINE, kind=option("praise"), topic=option("leak"), language=option("en")),
        between=(command("is 1 complaint"),),
    ),
    "view is_aside": Change(
        window("is_aside", {"mention": 3}, kind=option("idea"), needed=option("no")),
        (set_aside,),
        (window("is_aside", {"mention": 3}, BO, kind=option("question"), needed=option("no")),),
    ),
    "view is_aside, somebody needs to see it": Change(
        window("is_aside", {"mention": 3}, kind=option("idea"), needed=option("yes")), (set_aside,)
    ),
    "action bring_back": Change(click("bring_back", 3), (set_aside,)),
    "action lesson_back": _mine(
        click("lesson_back", 1, GRY), corrected, between=(command("is 1 complaint"), command("is 1 praise"))
    ),
    "view log_case": Change(
        window(
            "log_case",
            {"id": "a1"},
            text="My kettle leaks all over",
            place=option("phone"),
            kind=option("complaint"),
            language=option("en"),
            queue=option("everyone"),
        )
    ),
    # Specialists.
    "view escalate": _mine(window("escalate", MINE, why="the pump"), between=(sent_back,)),
    "word takeback": _mine(
        command("takeback 1"),
        nobody_at_work,
        escalated,
        between=(click("claim", 1), escalated),
    ),
    "action accept": _mine(
        click("accept", 1, CARLA), escalated, between=(command("release 1", CARLA), click("claim", 1))
    ),
    "view send_back": _mine(
        window("send_back", {"escalation": 1}, CARLA, answer="a new seal"), escalated, between=(escalated,)
    ),
    "view ask_back": _mine(window("ask_back", {"escalation": 1}, CARLA, question="Which?"), escalated),
    "view answer_back": _mine(
        window("answer_back", {"question": 1}, answer="The new one."), escalated, asked_back
    ),
    "view send_on": _mine(
        window("send_on", {"escalation": 1}, CARLA, to=person(DAG), note="yours"), escalated
    ),
    "view still_on_it": _mine(
        window(
            "still_on_it",
            {"escalation": 1, "zone": "UTC", "day": "2026-03-12"},
            CARLA,
            day=DAY,
            hour=option("10:00"),
        ),
        escalated,
        accepted,
    ),
    "view hand_on": _mine(
        window("hand_on", {"escalation": 1}, CARLA, to=person(DAG), note="please"), escalated, accepted
    ),
    # Replies.
    "view reply_check": _mine(
        window("reply_check", MINE, draft=GOOD), between=(window("reply_check", MINE, draft=ASKS),)
    ),
    "view answer_pick": _mine(
        window("answer_pick", MINE, picked=option(1)),
        answer_approved,
        between=(window("reply_check", MINE, draft=ASKS),),
    ),
    "action reply_answer": _mine(
        chosen("reply_answer", "1", view=window("reply_check", MINE)["view"]),
        answer_approved,
        between=(window("reply_check", MINE, draft=ASKS),),
    ),
    "action reply_typed": _mine(
        click("reply_typed", "", view=window("reply_check", MINE, draft=f"{GOOD} One")["view"]),
        between=(
            later(seconds=1),
            click("reply_typed", "", view=window("reply_check", MINE, draft=f"{GOOD} Two")["view"]),
        ),
    ),
    "view reply_post": _mine(window("reply_post", REPLY), ready),
    "view reply_posted": _mine(window("reply_posted", REPLY), ready),
    "view reply_unknown": _mine(window("reply_unknown", REPLY, there=option("no")), unknown),
    "action overrule_allow": _mine(click("overrule_allow", 1, GRY), asked_to_overrule),
    "action overrule_decline": _mine(
        click("overrule_decline", 1, GRY), asked_to_overrule, between=(asked_to_overrule,)
    ),
    "view private_send": Change(
        window("private_send", {"case": 3, "mention": 3}, message=GOOD), (commented,)
    ),
    "view private_looked": Change(
        window("private_looked", {"case": 3, "reply": 1}, there=option("yes")), (perhaps_there,)
    ),
    # Approved answers.
    "view answer_save": Change(
        window(
            "answer_save",
            {},
            GRY,
            title="Water below",
            language=option("en"),
            text=ANSWER.text,
            example=ANSWER.example,
            topic=option("leak"),
        ),
        between=(click("answer_retire", 1, GRY),),
    ),
    "action answer_retire": Change(
        click("answer_retire", 1, GRY),
        (answer_approved,),
        (window("answer_save", {"number": 1}, GRY, title="Water", text=ANSWER.text),),
    ),
    "action answer_holds": Change(
        click("answer_holds", 1, GRY), (answer_approved, later(days=1)), (later(days=1),)
    ),
    "word offer": _mine(command("offer 1"), on_record, solved),
    "action answer_offer_decline": _mine(click("answer_offer_decline", 1, GRY), offered_as_answer),
    # People.
    "word away": Change(command("away until Friday"), between=(command("back"),)),
    "view away": Change(
        window("away", {"member": ANA}, day=DAY, hour=option("10:00"), why=""), between=(command("back"),)
    ),
    "word back": Change(command("back"), (command("away until Friday"),), (command("away until Friday"),)),
    "word languages": Change(command("languages en, da"), between=(command("languages da"),)),
    "view languages": Change(
        window("languages", {}, languages={"selected_options": [{"value": "en"}]}),
        between=(command("languages da"),),
    ),
    # Training.
    "command /training, record": Change(command(f"record tone <@{BO}>", GRY, name="/training")),
    "command /training, practice": Change(command("practice", name="/training")),
    "view course_quiz": Change(
        window("course_quiz", {"course": "tone", "language": "en"}, **right_answers())
    ),
    "action practice": Change(click("practice", "en")),
    "action practice_claim": Change(click("practice_claim", 1), (practising,)),
    "view practice_check": Change(practice_reply(), (practice_claimed,)),
    "action practice_tick": Change(click("practice_tick", "1 helps"), (practice_claimed,)),
    "action practice_resolve": Change(click("practice_resolve", 1), (practice_answered,)),
    # What leads switch.
    "word crisis": Change(command("crisis on leaks", GRY), between=(command("crisis off", GRY),)),
    "view crisis": Change(
        window("crisis", {}, GRY, queue=option("all"), why="leaks"), between=(command("crisis off", GRY),)
    ),
    "word hours": Change(
        command("hours everyone closed tomorrow", GRY),
        between=(command("hours everyone usual tomorrow", GRY),),
    ),
    "view hours": Change(
        window("hours", {"day": "2026-03-20"}, GRY, queue=option("all"), day=CLOSED_DAY, hours="closed"),
        between=(window("hours", {}, GRY, queue=option("all"), day=CLOSED_DAY, hours="usual"),),
    ),
    "view surge_crisis": Change(
        window(
            "surge_crisis",
            {
                "surge": 1,
                "given": {"queue": "queue:everyone", "why": "it bursts", "level": "0", "answer": "none"},
            },
            GRY,
        ),
        (surge,),
        (click("stand_down", 1, GRY), later(minutes=1)),
    ),
    "action stand_down": Change(
        click("stand_down", 1, GRY),
        (surge, in_crisis),
        (later(minutes=1), in_crisis),
    ),
    "action no_surge": Change(click("no_surge", 1, GRY), (surge,)),
}

OPENS, SHOWS = "opens a window", "shows something"
NO_CHANGE: dict[str, str] = {
    **dict.fromkeys(
        [
            "action aside_is", "action handover_no", "action send_back", "action ask_back",
            "action answer_back", "action send_on", "action still_on_it", "action hand_on", "action reply",
            "action answers_search", "action answer_new", "action answer_change", "action answer_offer_take",
            "action training", "action practice_reply", "action crisis", "action hours",
            "action surge_crisis", "word dismiss", "word escalate", "word private", "word training",
            "shortcut make_case", "shortcut log_conversation",
        ],
        OPENS,
    ),
    **dict.fromkeys(
        [
            "action checklist", "action answers_back", "action answers_earlier", "action answers_more",
            "action answer_open", "action group_back", "action group_on", "command /digest",
            "command /answers", "view find", "view answers_find", "view course_open", "view course_page",
            "word show", "word mine", "word queue", "word find", "word aside", "word help", "word lessons",
            "word answers", "word digest", "word group",
        ],
        SHOWS,
    ),
    "command /case": "its words are here, each by itself",
    "action case_menu": "stands for a word",
    "closed reply_check": "ends somebody's presence",
    "closed reply_post": "ends somebody's presence",
    "closed reply_posted": "ends somebody's presence",
    "event user_change": "says what is so",
    "event app_home_opened": "draws the tab",
}  # fmt: skip
