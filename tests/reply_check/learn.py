"""Trains the learned part of the reply check on the labelled drafts.

`python -m tests.reply_check.learn` writes bot/reply_check/weights/xx.json for the languages in LANGUAGES.
`python -m tests.reply_check.learn --folds` prints instead how the whole check does on drafts that the learned
part has not seen: trained on four fifths of them, tried on the rest, five times. The rules have seen most of
these drafts, so that figure flatters them; what counts are new drafts.

The same drafts give the same weights, to the last digit.
"""

import hashlib
import json
import random
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, sqrt
from pathlib import Path
from typing import Any

from bot.reply_check.asks import asked_in_public
from bot.reply_check.learned import FOLDER, Weights, features
from bot.reply_check.private import places
from bot.reply_check.reading import sentences
from bot.reply_check.weighing import open_sentences
from bot.reply_check.words import Words, words_for
from tests.reply_check.score import DRAFTS, Score, drafts

LANGUAGES = ("da", "de", "en", "it", "nl", "sv")
HELD_OUT = DRAFTS.parent.parent / "held_out"
MORE = (HELD_OUT / "replies.jsonl", HELD_OUT / "replies_2.jsonl", HELD_OUT / "replies_3.jsonl")
"""Further labelled replies to learn from, each measured before it was learned from."""
LIGHTEST = 3
"""Lighter weights, in hundredths, are left out: there are many, and they change little."""
SHARED = ("sign ", "end ", "things ", "no thing ", "public", "private", "elsewhere", "always")
"""Features that begin so hold for every language: each learns them from the drafts of all."""
ROUNDS, PASSES, STEP, DECAY = 3, 10, 0.1, 0.01


@dataclass(frozen=True)
class Example:
    """A draft as it is learned from: the features of its open sentences."""

    asks: bool
    sentences: list[frozenset[str]]
    ruled: frozenset[int]
    """Those of the sentences in which a rule sees a request."""


def labelled(language: str, more: Iterable[Path] = MORE) -> list[dict[str, Any]]:
    """The drafts in that language with a label for `asks_in_public`."""
    every = [*drafts(DRAFTS / f"{language}.jsonl"), *(draft for path in more for draft in drafts(path))]
    return [draft for draft in every if draft["language"] == language and "asks_in_public" in draft]


def mark() -> str:
    """Changes whenever the texts or labels do that are learned from."""
    every = [draft for language in LANGUAGES for draft in labelled(language)]
    lines = "\n".join(f"{draft['asks_in_public']} {draft['text']}" for draft in every)
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


def example(draft: dict[str, Any], words: Words) -> Example:
    read = sentences(draft["text"], words.abbreviations)
    open_ = open_sentences(read, words, places(read, words))
    ruled = frozenset(
        place for place, one in enumerate(open_) if asked_in_public(read[one.index : one.index + 1], words)
    )
    return Example(draft["asks_in_public"], [features(one.seen) for one in open_], ruled)


def examples(language: str) -> list[Example]:
    (words,) = words_for(language)
    return [example(draft, words) for draft in labelled(language)]


def shared(of: Iterable[Example]) -> list[Example]:
    """The examples with what of them holds for every language."""
    return [
        Example(
            one.asks, [frozenset(f for f in fs if f.startswith(SHARED)) for fs in one.sentences], one.ruled
        )
        for one in of
    ]


def trained(examples: list[Example]) -> Weights:
    """Logistic regression by gradient steps of their own size for each feature (AdaGrad).

    A draft that asks says so of the draft: which of its sentences asks is what a rule caught, else what the
    weights of the round before find likeliest. The others of its sentences are left out.
    """
    weights = Weights({})
    for _ in range(ROUNDS):
        chosen: list[tuple[frozenset[str], float]] = []
        for one in examples:
            if not one.asks:
                chosen += [(sentence, 0.0) for sentence in one.sentences]
            elif one.ruled:
                chosen += [(one.sentences[place], 1.0) for place in sorted(one.ruled)]
            elif one.sentences:
                chosen.append((max(one.sentences, key=lambda fs: (_total(weights.of, fs), len(fs))), 1.0))
        weights = Weights(_regression(chosen))
    return weights


def _regression(chosen: list[tuple[frozenset[str], float]]) -> dict[str, float]:
    data = [(sorted(sentence), asks) for sentence, asks in chosen]
    weights = dict.fromkeys(sorted({feature for sentence, _ in chosen for feature in sentence}), 0.0)
    squares = dict.fromkeys(weights, 1e-8)
    order = random.Random(1)
    for _ in range(PASSES):
        order.shuffle(data)
        for sentence, asks in data:
            error = 1 / (1 + exp(-max(-30.0, min(30.0, _total(weights, sentence))))) - asks
            for feature in sentence:
                slope = error + DECAY * weights[feature]
                squares[feature] += slope * slope
                weights[feature] -= STEP * slope / sqrt(squares[feature])
    return weights


def _total(weights: dict[str, float], sentence: Iterable[str]) -> float:
    return sum(weights.get(feature, 0.0) for feature in sentence)


def write(every: dict[str, list[Example]]) -> None:
    """The weights of each language, into its file."""
    FOLDER.mkdir(exist_ok=True)
    for language, own in every.items():
        weights = trained([*own, *_of_others(language, every)])
        kept = {feature: round(value * 100) for feature, value in sorted(weights.of.items())}
        kept = {feature: value for feature, value in kept.items() if abs(value) >= LIGHTEST}
        data = {"learned_from": mark(), "drafts": len(own), "weights": kept}
        text = json.dumps(data, ensure_ascii=False, indent=0)
        (FOLDER / f"{language}.json").write_text(text + "\n", encoding="utf-8")
        print(f"{language}: {len(kept)} weights from {len(own)} drafts")


def _of_others(language: str, every: dict[str, list[Example]]) -> list[Example]:
    return [one for other, own in every.items() if other != language for one in shared(own)]


def score(labels: Iterable[dict[str, Any]], words: Words, weights: Weights | None) -> Score:
    """How rules and weights together do on labelled drafts."""
    tally = Score()
    for draft in labels:
        read = sentences(draft["text"], words.abbreviations)
        found = asked_in_public(read, words, weights)
        tally.add({"yes"} if draft["asks_in_public"] else set(), {"yes"} if found else set())
    return tally


def folds(language: str, every: dict[str, list[Example]], number: int = 5) -> Score:
    """The score on every draft, each by weights that have not seen it."""
    order = list(range(len(every[language])))
    random.Random(2).shuffle(order)
    labels, others = labelled(language), _of_others(language, every)
    (words,) = words_for(language)
    tally = Score()
    for fold in range(number):
        rest = [every[language][place] for n, place in enumerate(order) if n % number != fold]
        part = score((labels[place] for place in order[fold::number]), words, trained([*rest, *others]))
        tally = Score(
            tally.hits + part.hits, tally.misses + part.misses, tally.false_alarms + part.false_alarms
        )
    return tally


def main() -> None:
    every = {language: examples(language) for language in LANGUAGES}
    if sys.argv[1:] != ["--folds"]:
        return write(every)
    for language in LANGUAGES:
        tally = folds(language, every)
        print(f"{language}: recall {tally.recall:.2f}, precision {tally.precision:.2f}")
    return None


if __name__ == "__main__":
    main()
