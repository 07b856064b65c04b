"""The Home tab: my cases, what waits for my yes, what I may claim, my level; for leads the whole desk."""

from bot.blocks.card import grave, title
from bot.blocks.learned import learned_line
from bot.blocks.surge import learning_line, surge_line
from bot.blocks.switches import line
from bot.blocks.text import (
    Block,
    actions,
    button,
    clock_time,
    context,
    handle,
    header,
    person,
    section,
    span_words,
)
from bot.blocks.training import level_words
from bot.blocks.ways import lead_tools, tools
from bot.case_view import CaseView
from bot.home import PEOPLE, HomeView, Offered, Request, next_deadline
from bot.home_lead import MOST_ASIDE, LeadNow, QueueNow
from bot.waiting import Count
from models.moves import ESCALATED

QUEUES, CRISES, SURGES = 20, 5, 5
DIVIDER: Block = {"type": "divider"}


def home(view: HomeView) -> list[Block]:
    """At most 100 blocks, what has to be done first on top."""
    crises = [line(one, view.playbook, view.now) for one in view.crises[:CRISES]]
    blocks: list[Block] = [section("home|crisis", "\n".join(crises))] if crises else []
    blocks += _requests(view)
    if view.lead is not None:
        blocks += [*_lead(view, view.lead), DIVIDER]
    blocks += [*_mine(view), DIVIDER, *_queue(view)]
    if view.standing is not None and not (view.lead and view.lead.of_all):  # who leads all may take all
        blocks += [DIVIDER, *_level(view)]
    return [*blocks, DIVIDER, tools("home|tools")]


def _requests(view: HomeView) -> list[Block]:
    if not view.requests and not view.offered:
        return []
    blocks: list[Block] = [header("home|asked", "Waiting for your yes")]
    for one in view.requests:
        blocks += _request(one)
    for offered in view.offered:
        blocks += _offer(offered)
    return [*blocks, DIVIDER]


def _request(one: Request) -> list[Block]:
    by = clock_time(one.acknowledge_by, one.view.zone, one.view.now)
    words = f"{_case(one.view)}\n{person(one.asked_by)} asks you to take it · please answer by {by}"
    return [
        section(f"home|asked|{one.id}", words),
        actions(
            f"home|asked|{one.id}|do",
            button("accept", "Accept", one.id, style="primary"),
            button("send_back", "Send back…", one.id),
        ),
    ]


def _offer(one: Offered) -> list[Block]:
    key = f"home|offered|{one.id}"
    step = one.view.checklist.next
    following = f" · next: {step.label}" if step else ""
    return [
        section(key, f"{_case(one.view)}\n{person(one.asked_by)} asks you to take it over{following}"),
        actions(
            f"{key}|do",
            button("handover_yes", "Yes, I take it", one.id, style="primary"),
            button("handover_no", "No…", one.id),
        ),
    ]


def _mine(view: HomeView) -> list[Block]:
    blocks: list[Block] = [header("home|mine", "Your cases")]
    if not view.mine:
        return [*blocks, section("home|mine|none", "You have none right now.")]
    for one in view.mine:
        blocks += _my_case(one)
    if view.mine_total > len(view.mine):
        more = f"{view.mine_total - len(view.mine)} more, due later: `/case mine`"
        blocks.append(context("home|mine|more", more))
    return blocks


def _my_case(view: CaseView) -> list[Block]:
    case, key = view.case, f"home|mine|{view.case.id}"
    if case.stage == ESCALATED:
        return [section(key, f"{_case(view)}\nEscalated · {person(view.asked)} is asked")]
    step = view.checklist.next
    following = f"*Next:* {step.label}" if step else "Everything required is done: *Resolve* closes it"
    ways = [
        button("reply", "Reply…", case.id, style="primary" if step else None),
        button("checklist", "Checklist", case.id),
    ]
    if step is None:
        ways.append(button("resolve", "Resolve", case.id, style="primary"))
    return [section(key, f"{_case(view)}\n{following} · {_due(view)}"), actions(f"{key}|do", *ways)]


def _queue(view: HomeView) -> list[Block]:
    blocks: list[Block] = [header("home|queue", "Waiting for somebody")]
    count, others = view.waiting, _others(view.waiting)
    if not view.queue:
        nothing = others or "Nothing is waiting. Well done, everybody."
        return [*blocks, section("home|queue|none", nothing)]
    cases = "1 case waits" if count.takable == 1 else f"{count.takable} cases wait"
    urgent = button("claim_next", "Claim the most urgent", "next", style="primary")
    blocks.append(section("home|queue|count", f"{cases} that you can take.", accessory=urgent))
    for one in view.queue:
        claim = button("claim", "Claim", one.case.id)
        due = _due(one)
        words = f"{_case(one)}\n{due[0].upper()}{due[1:]}"
        blocks.append(section(f"home|queue|{one.case.id}", words, accessory=claim))
    if others:
        blocks.append(context("home|queue|above", others))
    return blocks


def _others(count: Count) -> str:
    """What waits and is not for this person."""
    lines = []
    if count.above_level:
        need = "1 more needs" if count.above_level == 1 else f"{count.above_level} more need"
        lines.append(f"{need} a higher level than yours.")
    if count.other_languages:
        are = "1 more is" if count.other_languages == 1 else f"{count.other_languages} more are"
        lines.append(f"{are} in languages that you don't answer in.")
    return " ".join(lines)


def _lead(view: HomeView, lead: LeadNow) -> list[Block]:
    queues = "\n".join(_queue_line(view, queue) for queue in lead.queues[:QUEUES])
    blocks: list[Block] = [header("home|lead", "Queues now"), section("home|lead|queues", queues)]
    surges = [surge_line(one, view.playbook, view.zone, view.now) for one in lead.surges[:SURGES]]
    learning = learning_line(lead.heard, view.zone, view.now)
    if surges or learning:
        blocks.append(section("home|lead|surges", "\n".join([*surges, *([learning] if learning else [])])))
    on = [f"{person(member)} {count or 'free'}" for member, count in lead.on]
    words = "*On now*, with how many cases\n" + (_some(on) or "Nobody, as far as is known.")
    blocks.append(section("home|lead|people", words))
    if lead.away:
        away = [
            f"{person(one.member)} until {clock_time(one.until, view.zone, view.now)}"
            if one.until
            else person(one.member)
            for one in lead.away
        ]
        blocks.append(section("home|lead|away", f"*Away* {_some(away)}"))
    if lead.aside:
        posts = "1 post was" if lead.aside == 1 else f"{lead.aside:,} posts were"
        if lead.aside == MOST_ASIDE:
            posts = f"{MOST_ASIDE:,} posts and more were"
        review = button("word_aside", "Review", "aside")
        blocks.append(
            section(
                "home|lead|aside", f"{posts} set aside in the last 7 days: was that right?", accessory=review
            )
        )
    if lead.learned:
        blocks.append(context("home|lead|learned", learned_line(lead.learned)))
    if lead.cost:
        blocks.append(context("home|lead|cost", lead.cost))
    return [*blocks, lead_tools("home|lead|tools")]


def _some(named: list[str]) -> str:
    more = [f"and {len(named) - PEOPLE} more people"] if len(named) > PEOPLE else []
    return " · ".join([*named[:PEOPLE], *more])


def _queue_line(view: HomeView, queue: QueueNow) -> str:
    late = f" · :red_circle: {queue.overdue} overdue" if queue.overdue else ""
    if not queue.waiting or queue.oldest is None:
        return f"*#{queue.channel}*: nothing waits{late}"
    since = span_words((view.now - queue.oldest).total_seconds())
    return f"*#{queue.channel}*: {queue.waiting} waiting, the oldest for {since}{late}"


def _level(view: HomeView) -> list[Block]:
    standing = view.standing
    if standing is None:
        return []
    words = level_words(standing)
    if view.next_courses:
        titles = ", ".join(f"“{one}”" for one in view.next_courses)
        words += f"\nNext: {titles}, for {view.next_level}."
    ways = [button("training", "Courses", "courses"), button("practice", "Practise", "en")]
    return [
        header("home|level", "Your level"),
        section("home|level|now", words),
        actions("home|level|do", *ways),
    ]


def _case(view: CaseView) -> str:
    return f"*Case {view.case.id}*{grave(view)} · {title(view)} · {handle(view.case.author, 60)}"


def _due(view: CaseView) -> str:
    case, at = view.case, next_deadline(view.case)
    by = clock_time(at, view.zone, view.now)
    if at == case.promised_for:
        what = f"promised by {by}"
    elif case.first_response_at is None and at == case.respond_by:
        what = f"an answer was due at {by}" if at <= view.now else f"answer by {by}"
    elif case.paused_at is not None:
        return f"waiting for the customer since {clock_time(case.paused_at, view.zone, view.now)}"
    else:
        what = f"solved by {by}"
    return f":red_circle: {what}" if at <= view.now else what
