"""The digest as Slack shows it. One entry in SECTIONS per part; it begins with what went unanswered."""

from collections.abc import Callable
from datetime import datetime

from bot.blocks.card import KINDS
from bot.blocks.learned import learned_lines
from bot.blocks.surge import about, usually
from bot.blocks.switches import line as switch_line
from bot.blocks.text import Block, clock_time, context, escape, handle, local, person, section, span_words
from bot.digest import Figures
from bot.digest_cases import LISTED, CaseLine
from bot.surges.days import SurgeOfDay
from config.playbook import Playbook
from models.people import BOT_ID
from models.surge import NO_SURGE

Section = Callable[[Figures, Playbook], str | None]


def digest(figures: Figures, playbook: Playbook, key: str) -> tuple[str, list[Block]]:
    """Text for notifications, and the blocks; a section with nothing to say is left out."""
    zone = figures.lead.time_zone
    since, until = local(figures.since, zone), local(figures.until, zone)
    head = f"*Digest* · {since:%a} {since.day} {since:%b %H:%M} to {until:%a} {until.day} {until:%b %H:%M}"
    blocks: list[Block] = [section(f"{key}|head", head)]
    for name, words in SECTIONS.items():
        said = words(figures, playbook)
        if said:
            blocks.append(section(f"{key}|{name}", said))
    ways = "`/case 12` opens a case, `/claim` takes the most urgent one"
    blocks.append(context(f"{key}|foot", f"{escape(figures.whose)} · {ways}"))
    return f"Digest: {figures.unanswered_total} unanswered", blocks


def digest_text(figures: Figures, playbook: Playbook) -> str:
    """The same for a terminal."""
    said = [words(figures, playbook) for words in SECTIONS.values()]
    return "\n\n".join(s.replace("*", "") for s in said if s)


def _unanswered(f: Figures, playbook: Playbook) -> str:
    if not f.unanswered_total:
        return ":white_check_mark: *Nobody is waiting for a first answer.*"
    lines = [_line(one, f, playbook) for one in f.unanswered]
    more = f.unanswered_total - sum(1 + one.alike for one in f.unanswered)
    if more:
        lines.append(f"… and {more} more")
    return f":red_circle: *{f.unanswered_total} unanswered*\n" + "\n".join(lines)


def _promises(f: Figures, playbook: Playbook) -> str | None:
    """By name of the case, not of the person: it is about the customer."""
    if not f.promises_broken:
        return None
    head = f":alarm_clock: *{_promised(len(f.promises_broken))} not kept*"
    said = [_broken(one, f, playbook) for one in f.promises_broken[:LISTED]]
    more = len(f.promises_broken) - len(said)
    return "\n".join([head, *said, *([f"… and {more} more"] if more else [])])


def _escalations(f: Figures, playbook: Playbook) -> str | None:
    if not f.unaccepted_total:
        return None
    cases = "1 case" if f.unaccepted_total == 1 else f"{f.unaccepted_total} cases"
    more = f.unaccepted_total - sum(1 + one.alike for one in f.unaccepted)
    said = [f"• {_name(one, playbook)} · since {_at(one.opened_at, f)}" for one in f.unaccepted]
    return "\n".join(
        [
            f":large_orange_circle: *{cases} on the way to a specialist, and nobody said yes in time*",
            *said,
            *([f"… and {more} more"] if more else []),
        ]
    )


def _surges(f: Figures, playbook: Playbook) -> str | None:
    if not f.surges:
        return None
    said = [_surge(one, f, playbook) for one in f.surges[:LISTED]]
    more = len(f.surges) - len(said)
    head = ":chart_with_upwards_trend: *Surges*"
    return "\n".join([head, *said, *([f"… and {more} more"] if more else [])])


def _switched(f: Figures, playbook: Playbook) -> str | None:
    return "\n".join(switch_line(one, playbook, f.until) for one in f.switched[:LISTED]) or None


def _answers(f: Figures, playbook: Playbook) -> str:
    if not f.answered:
        return "*Answered* nobody yet"
    typical = span_words(f.median_first_response or 0)
    if f.answered == 1:
        return f"*Answered* 1, {'in time' if f.in_time else 'too late'}, after {typical}"
    in_time = "all in time" if f.in_time == f.answered else f"{f.in_time} of them in time"
    return f"*Answered* {f.answered}, {in_time} · half of them within {typical}"


def _flow(f: Figures, playbook: Playbook) -> str:
    return (
        f"*Came in* {f.mentions} mentions, {f.set_aside} of them set aside · {f.opened} new cases\n"
        f"*Closed* {f.resolved} resolved · {f.dismissed} needed no reply"
        + (f" · {f.with_story} answered with another case" if f.with_story else "")
        + (f"\n*With specialists* {f.awaiting_specialist} waiting for a yes" if f.awaiting_specialist else "")
        + (f"\n*With customers* {f.paused} waiting for their answer" if f.paused else "")
        + (f"\n*Promises* {f.promises_kept} kept" if f.promises_kept else "")
    )


def _learned(f: Figures, playbook: Playbook) -> str | None:
    return "\n".join(learned_lines(f.learned)) or None


def _trouble(f: Figures, playbook: Playbook) -> str | None:
    said = []
    if f.parked:
        said.append(f"{f.parked} messages that Slack refused: `python app.py doctor` names them")
    if f.failing_sources:
        said.append(f"can't be read: {', '.join(f.failing_sources)}")
    return f":warning: *Needs mending* {'; '.join(said)}" if said else None


SECTIONS: dict[str, Section] = {
    "unanswered": _unanswered,
    "promises": _promises,
    "escalations": _escalations,
    "surges": _surges,
    "switched": _switched,
    "answers": _answers,
    "flow": _flow,
    "learned": _learned,
    "trouble": _trouble,
}


def _surge(one: SurgeOfDay, f: Figures, playbook: Playbook) -> str:
    surge = one.surge
    ended = surge.ended_at if surge.ended_at is not None and surge.ended_at <= f.until else None
    until = f"to {_at(ended, f)}" if ended else "and still going on"
    said = f", which {person(surge.ended_by)} said is none" if surge.ended_because == NO_SURGE else ""
    line = (
        f"• *{about(surge, playbook)}* from {_at(surge.began_at, f)} {until}{said}: "
        f"at most {surge.peak} people in a quarter of an hour, at {_at(surge.peak_at, f)}, "
        f"{usually(surge.usual)}"
    )
    for crisis in one.crises:
        stops = crisis.stops if crisis.stops is not None and crisis.stops <= f.until else None
        by_hand = crisis.ended_by not in (None, BOT_ID)
        who = f", {person(crisis.ended_by)} stood it down" if stops and by_hand else ""
        over = f" to {_at(stops, f)}" if stops else ", still on"
        line += f" · crisis by {person(crisis.by)} from {_at(crisis.at, f)}{over}{who}"
    return line


def _line(one: CaseLine, f: Figures, playbook: Playbook) -> str:
    waited = span_words((f.until - one.opened_at).total_seconds())
    late = f"due {_at(one.respond_by, f)}" if one.respond_by <= f.until else f"for {waited}"
    who = f" · {person(one.owner)} has it" if one.owner else ""
    alike = f" · *and {one.alike:,} more like it*" if one.alike else ""
    return f"• {_name(one, playbook)} · {late}{who}{alike}"


def _broken(one: CaseLine, f: Figures, playbook: Playbook) -> str:
    by = f"promised by {_at(one.promised_for, f)}" if one.promised_for else "promised"
    return f"• {_name(one, playbook)} · {by}{', still waiting' if one.owed else ''}"


def _name(one: CaseLine, playbook: Playbook) -> str:
    topic = f" about {playbook.topic_label(one.topic).lower()}" if one.topic else ""
    return f"*Case {one.id}* · {KINDS.get(one.kind, one.kind).lower()}{topic} · {handle(one.author, 40)}"


def _at(at: datetime, f: Figures) -> str:
    return clock_time(at, f.lead.time_zone, f.until)


def _promised(count: int) -> str:
    return "1 promise" if count == 1 else f"{count} promises"
