"""A surge as leads see it: the alarm, and the message to those who are called in."""

from datetime import datetime

from bot.blocks.post import post_blocks
from bot.blocks.text import (
    Block,
    actions,
    button,
    clock_time,
    context,
    customer_section,
    escape,
    escape_but_people,
    language_name,
    person,
    section,
    span_words,
    unformatted,
)
from bot.surges.counting import Heard
from bot.surges.knowing import SurgeView
from config.playbook import Playbook
from models.people import BOT_ID
from models.surge import NO_SURGE, Surge

BARS = "▁▂▃▄▅▆▇█"
LANGUAGES = 5
POST = 280
Drawn = tuple[str, list[Block]]


def alarm_message(view: SurgeView, key: str) -> Drawn:
    """What is known, what has been done, and what a lead can do."""
    surge = view.surge
    what = about(surge, view.playbook)
    head = f"{_mark(view)} *{_state(view)}: {what}*\n{_figures(view)}"
    blocks: list[Block] = [section(f"{key}|head", head), context(f"{key}|course", _course(view))]
    blocks += _said(view, key)
    if surge.is_live:  # later nobody looks whether its author deleted it
        blocks += _loudest(view, key)
    blocks.append(section(f"{key}|waiting", _waiting(view)))
    if view.crisis:
        blocks.append(section(f"{key}|crisis", _crisis(view)))
    do = _buttons(view)
    if do:
        blocks.append(actions(f"{key}|do", *do))
    if surge.is_live:
        blocks.append(context(f"{key}|how", "Charts are in the thread. Only leads can press the buttons."))
    return (
        f"{_state(view)}: {about(view.surge, view.playbook)}, {surge.latest} people in a quarter of an hour",
        blocks,
    )


def called_message(view: SurgeView, key: str) -> Drawn:
    """To somebody who is called in: why, what is known, and what to do first."""
    on, what = view.crisis_on, about(view.surge, view.playbook)
    if on is None:
        head = f":white_check_mark: *The crisis about {what} is over.* Thank you for coming."
        return head, [section(f"{key}|head", head)]
    head = (
        f":rotating_light: *{person(on.by)} opened a crisis about {what} and calls you in.*\n"
        f">{escape_but_people(on.why or '')}\n{_figures(view)}"
    )
    blocks = [section(f"{key}|head", head), *_said(view, key)]
    blocks.append(section(f"{key}|waiting", _waiting(view)))
    first = ["`/claim` brings the most urgent case."]
    if on.level is not None:
        first.append(f"Cases about it are taken at level {on.level} or above, or by the topic's specialists.")
    if view.answer:
        first.append(f"*Reply…* offers the holding answer “{unformatted(escape(view.answer))}” first.")
    blocks.append(context(f"{key}|how", " ".join(first)))
    return f"Crisis: {what}. {person(on.by)} calls you in.", blocks


def surge_line(surge: Surge, playbook: Playbook, zone: str, now: datetime) -> str:
    """One that goes on, in a line."""
    since = clock_time(surge.began_at, zone, now)
    return (
        f":chart_with_upwards_trend: *{about(surge, playbook)}* since {since}: "
        f"{_people(surge.latest)} in the last quarter of an hour, {usually(surge.usual)}"
    )


def learning_line(heard: Heard, zone: str, now: datetime) -> str | None:
    """Until when nothing, or not everything, can be a surge."""
    if not heard.learning:
        return None
    if heard.since is None:
        until = clock_time(min(heard.learning.values()), zone, now)
        return f":seedling: Surges: learning what is usual until {until}; before that there is no alarm."
    until = clock_time(max(heard.learning.values()), zone, now)
    names = ", ".join(sorted(heard.learning)[:3])
    more = f" and {len(heard.learning) - 3} more" if len(heard.learning) > 3 else ""
    return f":seedling: Surges: learning what is usual at {names}{more} until {until}."


def about(surge: Surge, playbook: Playbook) -> str:
    """What it is about: the topic, and the brand where there are several. Safe to show."""
    brand = unformatted(escape(surge.brand))
    if surge.topic is None:
        return brand
    label = unformatted(escape(playbook.topic_label(surge.topic)))
    return f"{label} · {brand}" if len(playbook.brands) > 1 else label


def usually(usual: float) -> str:
    return "usually next to nobody" if usual < 0.5 else f"usually {usual:.0f}"


def _mark(view: SurgeView) -> str:
    if view.crisis_on:
        return ":rotating_light:"
    if view.surge.is_live:
        return ":chart_with_upwards_trend:"
    return ":heavy_multiplication_x:" if view.surge.ended_because == NO_SURGE else ":white_check_mark:"


def _state(view: SurgeView) -> str:
    if view.surge.is_live:
        return "Crisis" if view.crisis_on else "Surge"
    if view.surge.ended_because == NO_SURGE:
        return "No surge"
    return "Crisis, and no surge any more" if view.crisis_on else "Surge, over"


def _figures(view: SurgeView) -> str:
    surge = view.surge
    since = clock_time(surge.began_at, view.zone, view.now)
    if surge.ended_at is not None:
        until = clock_time(surge.ended_at, view.zone, view.now)
        by = f" {person(surge.ended_by)} says that it is none." if surge.ended_because == NO_SURGE else ""
        lasted = span_words((surge.ended_at - surge.began_at).total_seconds())
        return (
            f"From {since} to {until} ({lasted}): {_posts(view)}, {_peak(view)}, {usually(surge.usual)}.{by}"
        )
    return (
        f"*{_people(surge.latest)} within a quarter of an hour*, {usually(surge.usual)} at this hour of the "
        f"week. Since {since}: {_posts(view)}, {_peak(view)}."
    )


def _course(view: SurgeView) -> str:
    """For those who see no picture: a bar for each quarter of an hour."""
    most = max(*view.course, 1)
    bars = "".join(BARS[min(len(BARS) - 1, n * len(BARS) // (most + 1))] for n in view.course)
    return f"`{bars}` the last {span_words(len(view.course) * 15 * 60)}, by quarters of an hour"


def _said(view: SurgeView, key: str) -> list[Block]:
    lines = []
    if view.surge.words:
        words = ", ".join(f"“{unformatted(escape(word))}”" for word in view.surge.words)
        lines.append(f"*New in the words* {words}")
    if view.languages:
        named = [f"{language_name(code)} {count}" for code, count in view.languages[:LANGUAGES]]
        more = sum(count for _, count in view.languages[LANGUAGES:])
        lines.append("*Languages* " + " · ".join([*named, *([f"others {more}"] if more else [])]))
    return [customer_section(f"{key}|said", "\n".join(lines))] if lines else []


def _loudest(view: SurgeView, key: str) -> list[Block]:
    """Posts as they stand on cards, with who may see them."""
    blocks: list[Block] = []
    for mention in view.loudest:
        blocks += post_blocks(mention, f"{key}|loud", view.zone, limit=POST)
        counts = [
            f"{mention.metrics[name]:,} {name}"
            for name in ("followers", "reposts")
            if mention.metrics.get(name)
        ]
        case = f"case {mention.case_id}" if mention.case_id else ""
        blocks.append(context(f"{key}|reach{mention.id}", " · ".join([*counts, *([case] if case else [])])))
    return [context(f"{key}|loudest", "*The loudest*"), *blocks] if blocks else []


def _waiting(view: SurgeView) -> str:
    if not view.waiting:
        return "*Nobody of them waits for an answer.*"
    queues = " · ".join(f"#{channel} {count}" for channel, count in view.waiting)
    return f"*Waiting for somebody* {queues}"


def _crisis(view: SurgeView) -> str:
    first = view.crisis[0]
    since = clock_time(first.at, view.zone, view.now)
    where = _where(view)
    why = escape_but_people(first.why or "")
    on = view.crisis_on
    if on is None:
        stops = first.stops or view.now
        by_itself = first.ended_by in (None, BOT_ID)
        how = "it ran its time" if by_itself else f"{person(first.ended_by)} stood it down"
        lasted = span_words((stops - first.at).total_seconds())
        until = clock_time(stops, view.zone, view.now)
        return (
            f":white_check_mark: *Crisis over* since {until}: {how} after {lasted}. "
            f"{person(first.by)} opened it at {since} for {where}: “{why}”"
        )
    until = f" until {clock_time(first.stops, view.zone, view.now)}" if first.stops else ""
    lines = [
        f":rotating_light: *Crisis* since {since}{until} for {where}, opened by {person(first.by)}: “{why}”",
        "Targets run round the clock"
        + (f" · level {first.level} is needed to answer" if first.level is not None else "")
        + (f" · holding answer “{unformatted(escape(view.answer))}”" if view.answer else ""),
    ]
    if first.called_in:
        lines.append("Called in: " + " ".join(person(member) for member in first.called_in))
    return "\n".join(lines)


def _where(view: SurgeView) -> str:
    if any(not one.queue for one in view.crisis):
        return "all queues"
    return ", ".join(sorted(f"#{view.playbook.queue(one.queue).channel}" for one in view.crisis))


def _buttons(view: SurgeView) -> list[dict[str, object]]:
    number = view.surge.id
    if view.crisis_on:
        return [button("stand_down", "Stand down", number, style="primary")]
    if not view.surge.is_live:
        return []
    return [
        button("surge_crisis", "Open a crisis…", number, style="danger"),
        button("no_surge", "Not a surge", number),
    ]


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


def _posts(view: SurgeView) -> str:
    return f"{view.posts} posts by {_people(view.people)}" if view.posts != 1 else "1 post"


def _peak(view: SurgeView) -> str:
    return f"at most {view.surge.peak} at {clock_time(view.surge.peak_at, view.zone, view.now)}"
