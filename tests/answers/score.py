"""How often the right answer is suggested: `python -m tests.answers.score` prints what docs/answers.md has.

The floor was chosen on `labelled.jsonl` and `labelled_2.jsonl`; `unseen.jsonl` was written and scored after
that. Every set has posts that no answer fits.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter

import yaml

from bot.answers.likeness import FLOOR, Likeness, Sample, samples_of
from config.demo_answers import demo_answers

HERE = Path(__file__).parent
SETS = ("labelled", "labelled_2", "unseen")
POSTS = ("sift/posts.jsonl", "held_out/posts.jsonl")
"""Other companies' customers: they tell which words are common."""
MANY, USED = 2000, 6
DEMO = (
    "en-leak", "en-descale", "en-parcel", "en-charged", "da-leak", "da-spare", "nl-filter", "nl-charged",
    "de-leak", "de-descale",
)  # fmt: skip
"""What the labelled sets call the demo's answers, in the order of its file."""


@dataclass(frozen=True)
class Case:
    """A post, and the key of the answer that fits; None: none does."""

    language: str
    text: str
    topic: str | None
    answer: str | None


@dataclass(frozen=True)
class Score:
    """`posts` in all, `answerable` with an answer; `suggested`, of which `right` were the right one."""

    posts: int
    answerable: int
    suggested: int
    right: int

    @property
    def precision(self) -> float:
        return self.right / self.suggested if self.suggested else 1.0

    @property
    def coverage(self) -> float:
        return self.right / self.answerable if self.answerable else 1.0


def cases(name: str) -> list[Case]:
    lines = (HERE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [Case(**json.loads(line)) for line in lines]


def answers() -> tuple[list[str], Likeness]:
    """The keys of all answers, and what posts are compared with; an answer's number is its place here."""
    told = yaml.safe_load((HERE / "answers.yaml").read_text(encoding="utf-8"))["answers"]
    found: list[tuple[str, str, str | None, str, str]] = [
        (key, a.language, a.topic, a.title, a.example) for key, a in zip(DEMO, demo_answers(), strict=True)
    ]
    found += [(a["key"], a["language"], a.get("topic"), a["title"], a["example"]) for a in told]
    samples = [
        sample
        for number, (_, language, topic, title, example) in enumerate(found)
        for sample in samples_of(number, language, topic, title, example)
    ]
    return [key for key, *_ in found], Likeness(samples, posts())


def posts() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in POSTS:
        for line in (HERE.parent / name).read_text(encoding="utf-8").splitlines():
            post = json.loads(line)
            found.setdefault(post["lang"], []).append(post["text"])
    return found


def score(posts: Iterable[Case], floor: float) -> Score:
    """What the best answer of each post is worth when nothing below `floor` is suggested."""
    keys, likeness = answers()
    return _score(_best(list(posts), keys, likeness), floor)


def main() -> None:
    """Before and after the floor, and per language after it; then how long it takes with many answers."""
    keys, likeness = answers()
    print(
        f"{len(keys)} answers. precision: of the suggested ones, right; coverage: of those with an answer.\n"
    )
    print(_row("posts", "floor", "language", "posts", "suggested", "precision", "coverage"))
    for name in SETS:
        best = _best(cases(name), keys, likeness)
        for floor in (0.0, FLOOR):
            print(_line(name, floor, "all", _score(best, floor)))
        for language in sorted({case.language for case, _, _ in best}):
            mine = [one for one in best if one[0].language == language]
            print(_line(name, FLOOR, language, _score(mine, FLOOR)))
    made, asked = speed()
    print(
        f"\n{MANY} answers, each used for {USED} posts: made ready in {made:.1f} s, asked in {asked:.0f} ms."
    )


def speed(used: int = USED) -> tuple[float, float]:
    """Seconds to make many answers in one language ready; milliseconds, at the median, to compare a post."""
    random = Random(7)
    words = [word for case in cases("labelled") if case.language == "en" for word in case.text.split()]

    def post(length: int) -> str:
        return " ".join(random.choice(words) for _ in range(length))

    samples = [
        sample
        for number in range(MANY)
        for sample in [
            *samples_of(number, "en", None, post(5), f"{post(12)}\n{post(12)}"),
            *(Sample(number, "en", None, post(25)) for _ in range(used)),
        ]
    ]
    begin = perf_counter()
    likeness = Likeness(samples, {"en": [post(25) for _ in range(3000)]})
    likeness.prepare()
    made = perf_counter() - begin
    asked = []
    for _ in range(15):
        begin = perf_counter()
        likeness.nearest(post(40), "en", None)
        asked.append((perf_counter() - begin) * 1000)
    return made, median(asked)


Best = list[tuple[Case, str | None, float]]


def _best(posts: Sequence[Case], keys: list[str], likeness: Likeness) -> Best:
    found: Best = []
    for case in posts:
        near = likeness.nearest(case.text, case.language, case.topic)
        found.append((case, keys[near[0][0]], near[0][1]) if near else (case, None, 0.0))
    return found


def _score(best: Best, floor: float) -> Score:
    shown = [(case, key) for case, key, score in best if key is not None and score >= floor]
    return Score(
        len(best),
        sum(case.answer is not None for case, _, _ in best),
        len(shown),
        sum(case.answer == key for case, key in shown),
    )


def _line(name: str, floor: float, language: str, found: Score) -> str:
    shares = (f"{found.precision:.2f}", f"{found.coverage:.2f}")
    return _row(name, f"{floor:.2f}", language, str(found.posts), str(found.suggested), *shares)


def _row(*cells: str) -> str:
    return "  ".join(cell.ljust(9) for cell in cells).rstrip()


if __name__ == "__main__":
    main()
