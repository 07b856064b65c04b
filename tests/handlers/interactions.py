"""Every way in which somebody changes something from Slack.

`CHANGES` has each with what happened before, and with what happens between its first delivery and a late
copy: something after which doing it again would change things anew.
"""

from dataclasses import dataclass

from tests.handlers.happened import (
    ANSWER,
    ASKS,
    GOOD,
    Step,
    accepted,
    alike,
    all_ticked,
    answer_approved,
    asked_back,
    asked_to_overrule,
    commented,
    corrected,
    escalated,
    in_a_heap,
    in_crisis,
    kept,
    later,
    nobody_at_work,
    offered,
    offered_as_answer,
    on_record,
    perhaps_there,
    practice_answered,
    practice_claimed,
    practice_reply,
    practising,
    promised,
    ready,
    right_answers,
    sent_back,
    set_aside,
    solved,
    surge,
    told_them,
    unknown,
)
from tests.handlers.payloads import Payload, chosen, click, command, option, person, window
from tests.people import ANA, BO, CARLA, DAG, GRY

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
