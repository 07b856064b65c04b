"""What the sift learned, in words: on cards, in the digest, on leads' Home."""

from collections.abc import Sequence

from bot.blocks.text import Block, context, escape, shorten
from bot.lessons.figures import DIRECTIONS, NEEDED, Figure, Score
from bot.lessons.standing import Standing
from models.mention import Mention

ASPECTS = {
    "needed": "who needs somebody",
    "kind": "what it is",
    "topic": "what it is about",
    "language": "the language",
}


def learned_blocks(mentions: Sequence[Mention], key: str) -> list[Block]:
    """What was learned changed the verdict on one of these posts: each such change, in one line."""
    said = [str(m.ruled["learned"]) for m in mentions if m.ruled is not None and m.ruled.get("learned")]
    if not said:
        return []
    words = escape("; ".join(dict.fromkeys(said)))
    return [context(f"{key}|learned", f":bulb: {words[0].upper()}{shorten(words[1:], 600)}")]


def learned_lines(standings: Sequence[Standing]) -> list[str]:
    """Precision and recall on the team's own last corrections, a few lines for each brand."""
    lines = []
    for one in standings:
        if one.score is None or not one.score.figures:
            continue
        lessons = max(figure.lessons for figure in one.score.figures)
        others = max(figure.others for figure in one.score.figures)
        whose = f" of {escape(shorten(one.brand, 40))}" if len(standings) > 1 else ""
        beside = f", and on {others} posts that nobody had to correct" if others else ""
        lines.append(f"*The sift{whose}* on your last {_corrections(lessons)}{beside}")
        lines += [_figure(figure, one.score) for figure in one.score.figures if figure.lessons]
        if not one.in_use and one.why:
            lines.append(f"Silent: {escape(shorten(one.why, 400))}")
    return lines


def learned_line(standings: Sequence[Standing]) -> str:
    """The same in one line for each brand, without figures."""
    lines = []
    for one in standings[:5]:
        whose = f" of {escape(shorten(one.brand, 40))}" if len(standings) > 1 else ""
        if one.in_use:
            state = f"learned from {_corrections(one.lessons)}: in use"
        elif one.score is None and one.why is None and one.lessons < NEEDED:
            state = f"has {one.lessons} of the {NEEDED} corrections from which it learns"
        elif one.why is None:
            state = f"has {_corrections(one.lessons)}, and learns from them at night"
        else:
            state = f"learned from {_corrections(one.lessons)} and is silent: {escape(shorten(one.why, 160))}"
        lines.append(f"*The sift{whose}* {state}")
    return "\n".join(lines)


def _figure(figure: Figure, score: Score) -> str:
    used = bool(score.in_use & set(DIRECTIONS.get(figure.aspect, {figure.aspect: None})))
    rules, learned, state = figure.rules, figure.learned, "in use" if used else "silent"
    return (
        f"• {ASPECTS[figure.aspect]}: rules precision {rules.precision:.0%}, recall {rules.recall:.0%} · "
        f"with what it learned {learned.precision:.0%}, {learned.recall:.0%} · {state}"
    )


def _corrections(count: int) -> str:
    return "1 correction" if count == 1 else f"{count} corrections"
