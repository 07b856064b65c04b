"""How well the sift does on what was held back, with the rules alone and with what was learned."""

from collections.abc import Collection, Mapping, Sequence
from math import comb
from typing import Any

from bot.lessons.examples import Example
from bot.lessons.figures import DIRECTIONS, Figure, Figures, Gate, Score
from bot.lessons.model import Head
from bot.lessons.pieces import rows

NAMES = {
    "kind": "what it is",
    "topic": "what it is about",
    "language": "the language",
    "back": "showing what the rules set aside",
    "aside": "setting aside what the rules show",
}
"""The decisions that are judged, each on its own; the last two are answers of one head, "needed"."""
FEWEST = 5
"""It must have changed so many verdicts for anybody to say how well it does that."""
RIGHT = {"aside": 0.85, "back": 0.75}
RIGHT_ELSE = 0.65
"""The share of its changes that must be right."""
CHANCE = 0.05
"""How likely it may be that it beats the rules by luck."""
MOST_CHANGED = 1 / 3
"""Of what the rules show it may change so much at most: else somebody taught it to see nothing, or one thing
in everything. Unless solved cases speak for it."""
SPEAK_FOR_IT, LEFT_ALONE = 30, 0.95
"""So many solved cases that were held back, of which it would leave so large a share as they were."""
DIFFERENT = 0.5
"""The share of lessons that must be about posts of different words."""
LANGUAGES_ALIKE = ({"da", "no", "sv"}, {"es", "pt", "it"}, {"nl", "de"}, {"ja", "zh"})
"""Between others nobody confuses them, so a correction was a slip."""


def enough_different(lessons: Sequence[Example]) -> str | None:
    """None, or why the lessons are not worth learning from."""
    texts = len({one.text for one in lessons})
    if not lessons or texts < DIFFERENT * len(lessons):
        return f"the lessons are about {texts} different texts only"
    return None


def decisions(head: Head, aspect: str, matrix: Any, ruled: Sequence[str]) -> list[str]:
    """What the head makes of posts whose rows are in `matrix`; languages only among those that are alike."""
    decided = head.decide(aspect, matrix, ruled)
    if aspect != "language":
        return decided
    return [new if may_be(old, new) else old for old, new in zip(ruled, decided, strict=True)]


def may_be(old: str, new: str) -> bool:
    """Whether a post taken for one language may be one of the other."""
    return old == "unknown" or any(old in alike and new in alike for alike in LANGUAGES_ALIKE)


def score(
    heads: Mapping[str, Head],
    later: Sequence[Example],
    earlier: Sequence[Example],
    ordinary: Sequence[Example],
) -> Score:
    """Each decision judged on `later`, which was held back; `earlier` is what it was made from."""
    gates: list[Gate] = []
    figures: list[Figure] = []
    for aspect, head in heads.items():
        given = [one for one in later if aspect in one.said]
        if not given:
            continue
        ruled, said = [one.ruled[aspect] for one in given], [one.said[aspect] for one in given]
        decided = decisions(head, aspect, rows([one.text for one in given]), ruled)
        mine = []
        for name, answer in DIRECTIONS.get(aspect, {aspect: None}).items():
            triples = list(zip(ruled, _towards(answer, ruled, decided), said, strict=True))
            objection = None
            if not _solved_cases_speak_for_it(given, triples):
                objection = _one_sided(name, answer, aspect, head, ordinary)
            if name == "aside" and _taught_by_one(earlier):
                objection = f"{NAMES[name]}: only one person has taught what needs nobody"
            mine.append(_judged(name, triples, [one.weight for one in given], objection))
        gates += mine
        used = {answer for name, answer in _answers(aspect) if any(g.name == name and g.in_use for g in mine)}
        lessons = sum(one.is_lesson for one in given)
        figures.append(
            Figure(
                aspect,
                lessons,
                len(given) - lessons,
                _figures(aspect, ruled, said),
                _figures(aspect, with_directions(ruled, decided, used or {None}), said),
            )
        )
    return Score(gates, figures)


def with_directions(ruled: Sequence[str], decided: Sequence[str], used: Collection[str | None]) -> list[str]:
    """Of the changes those towards an answer in `used`; None stands for all."""
    return [new if None in used or new in used else old for old, new in zip(ruled, decided, strict=True)]


# Helpers, in the order in which they are called.


def _towards(answer: str | None, ruled: Sequence[str], decided: Sequence[str]) -> list[str]:
    return with_directions(ruled, decided, {answer})


def _answers(aspect: str) -> list[tuple[str, str | None]]:
    return list(DIRECTIONS.get(aspect, {aspect: None}).items())


def _judged(
    name: str, triples: list[tuple[str, str, str]], weights: list[float], objection: str | None
) -> Gate:
    """`triples`: what the rules said, what it would say, what people said."""
    changed = [(n, *one) for n, one in enumerate(triples) if one[0] != one[1]]
    better = sum(weights[n] for n, _, new, said in changed if new == said)
    worse = sum(weights[n] for n, old, _, said in changed if old == said)
    whole = sum(weights[n] for n, *_ in changed)
    rules, learned, said = ([one[side] for one in triples] for side in range(3))
    aspect = "needed" if name in DIRECTIONS["needed"] else name
    poorer = _figures(aspect, learned, said).sum < _figures(aspect, rules, said).sum
    why = _why_silent(name, better, worse, whole, len(changed)) or objection
    if why is None and poorer:
        why = f"{NAMES[name]}: more right in all, but blind to some of it"
    right = sum(new == said for _, _, new, said in changed)
    return Gate(name, len(changed), right, why is None, why)


def _why_silent(name: str, better: float, worse: float, whole: float, changed: int) -> str | None:
    about = NAMES[name]
    if whole < FEWEST:
        return f"{about}: it would have changed {changed} of what was held back, too few to judge"
    if better <= worse:
        return f"{about}: no better than the rules on what was held back"
    if better / whole < RIGHT.get(name, RIGHT_ELSE):
        return f"{about}: right in only {better / whole:.0%} of what it would have changed"
    if _luck(round(better), round(worse)) > CHANCE:
        return f"{about}: better than the rules on what was held back, but that may be luck"
    return None


def _luck(better: int, worse: int) -> float:
    """How likely `better` of `better + worse` tosses of a coin are, or more (a sign test, one-sided)."""
    tosses = better + worse
    return float(sum(comb(tosses, n) for n in range(better, tosses + 1)) / 2**tosses)


def _solved_cases_speak_for_it(given: Sequence[Example], triples: Sequence[tuple[str, str, str]]) -> bool:
    """Where half of all posts are noise, much may change, as long as what people worked on stays."""
    solved = [
        old == new
        for one, (old, new, said) in zip(given, triples, strict=True)
        if not one.is_lesson and said != "no"
    ]
    return len(solved) >= SPEAK_FOR_IT and sum(solved) >= LEFT_ALONE * len(solved)


def _taught_by_one(earlier: Sequence[Example]) -> bool:
    return len({one.by for one in earlier if one.said.get("needed") == "no" and one.by}) < 2


def _one_sided(
    name: str, answer: str | None, aspect: str, head: Head, ordinary: Sequence[Example]
) -> str | None:
    """What speaks against letting it decide, however right it seems: see docs/learning.md."""
    if not ordinary or name == "back":
        return None
    ruled = [one.ruled[aspect] for one in ordinary]
    decided = decisions(head, aspect, rows([one.text for one in ordinary]), ruled)
    changed = _towards(answer, ruled, decided)
    share = sum(old != new for old, new in zip(ruled, changed, strict=True)) / len(ruled)
    if share > MOST_CHANGED:
        return f"{NAMES[name]}: it would change {share:.0%} of what the rules show, too much"
    return None


def _figures(aspect: str, decided: Sequence[str], said: Sequence[str]) -> Figures:
    """For "needed" those of "yes": what is shown, and what needed somebody."""
    answers = ["yes"] if aspect == "needed" else sorted({*said})
    pairs = list(zip(decided, said, strict=True))
    precisions, recalls = [], []
    for answer in answers:
        hits = sum(one == other == answer for one, other in pairs)
        given, there = sum(one == answer for one, _ in pairs), sum(other == answer for _, other in pairs)
        precisions.append(hits / given if given else 0.0)
        recalls.append(hits / there if there else 0.0)
    count = max(1, len(answers))
    return Figures(sum(precisions) / count, sum(recalls) / count)
