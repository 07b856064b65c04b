"""Makes a model from examples, and finds out on those held back whether it may be used."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from bot.lessons.examples import ASPECTS, Example, weighed
from bot.lessons.figures import DIRECTIONS, Score
from bot.lessons.model import MOST_ANSWERS, Head
from bot.lessons.pieces import rows
from bot.lessons.scoring import enough_different, score

HELD_BACK = 5
"""One lesson in so many, the newest ones, is held back to find out how good the model is."""
LEAST = 8
"""An answer with fewer examples is not learned."""
NOTHING = "it would have changed too little of what was held back to be judged"
STRENGTH = 20.0
"""How closely the regression follows its examples (scikit-learn's C); chosen in docs/learning.md."""


@dataclass(frozen=True)
class Trained:
    """The heads that may be used, and the score of each sort of decision, used or not."""

    heads: dict[str, Head]
    score: Score
    why_silent: str | None


def train(examples: Sequence[Example], ordinary: Sequence[Example]) -> Trained:
    """`examples` oldest first; `ordinary` are posts of late that the rules showed, whatever became of them.

    The figures are those of a model that has not seen what was held back; what is used has learned from all.
    """
    lessons = [one for one in examples if one.is_lesson]
    different = enough_different(lessons)
    if different is not None:
        return Trained({}, Score([], []), different)
    since = lessons[-max(1, len(lessons) // HELD_BACK)].at
    earlier, later = weighed(_before(examples, since)), weighed(_after(examples, since))
    tried = fit(earlier)
    found = score(tried, later, earlier, ordinary)
    if not found.in_use:
        whys = dict.fromkeys(gate.why for gate in found.gates if gate.changed and gate.why)
        return Trained({}, found, "; ".join(whys) or NOTHING)
    heads = {name: head for name, head in fit(weighed(examples)).items() if _is_used(name, found)}
    return Trained(heads, found, None)


def fit(examples: Sequence[Example]) -> dict[str, Head]:
    """A head for each aspect about which people said at least two things."""
    from sklearn.linear_model import LogisticRegression

    if not examples:
        return {}
    matrix = rows([one.text for one in examples])
    heads = {}
    for aspect in ASPECTS:
        given = [n for n, one in enumerate(examples) if aspect in one.said]
        answers = _taught([examples[n].said[aspect] for n in given])
        chosen = [n for n in given if examples[n].said[aspect] in answers]
        if len(answers) < 2:
            continue
        labels = [examples[n].said[aspect] for n in chosen]
        weights = np.array([examples[n].weight for n in chosen])
        # This solver runs without Python's lock, so others go on meanwhile. `max_iter` bounds its time; a fit
        # that stops there is judged by its score like any other.
        learned: Any = LogisticRegression(C=STRENGTH, solver="saga", max_iter=300, tol=1e-2, random_state=1)
        learned.fit(matrix[chosen], labels, sample_weight=weights)
        heads[aspect] = _head(learned)
    return heads


# Helpers, in the order in which they are called.


def _before(examples: Sequence[Example], since: datetime) -> list[Example]:
    return [one for one in examples if one.at < since]


def _after(examples: Sequence[Example], since: datetime) -> list[Example]:
    """A text that was there before proves nothing."""
    seen = {one.text for one in examples if one.at < since}
    return [one for one in examples if one.at >= since and one.text not in seen]


def _is_used(aspect: str, found: Score) -> bool:
    return bool(found.in_use & set(DIRECTIONS.get(aspect, {aspect: None})))


def _taught(said: Sequence[str]) -> set[str]:
    """The answers that were given often enough, the most frequent ones."""
    return {answer for answer, count in Counter(said).most_common(MOST_ANSWERS) if count >= LEAST}


def _head(learned: Any) -> Head:
    """Two answers have one row of weights at scikit-learn: here each has its own."""
    weights, offsets = learned.coef_, learned.intercept_
    if len(learned.classes_) == 2:
        weights = np.vstack([np.zeros_like(weights), weights])
        offsets = np.array([0.0, offsets[0]])
    answers = tuple(str(one) for one in learned.classes_)
    return Head(answers, weights.astype("float32"), offsets.astype("float32"))
