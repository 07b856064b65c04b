"""How well the sift does on a labelled file: `python -m tests.sift.score [FILE]`.

A line has `text`, `lang`, `kind`, `shown` and `pii` (exact substrings). Without FILE: our own posts.jsonl.
"""

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.sift.sift import Sifter
from config.sifting import KINDS
from tests.sift.company import packs, playbook, post

POSTS = Path(__file__).parent / "posts.jsonl"


@dataclass
class Tally:
    """Hits, false alarms and misses of one thing."""

    right: int = 0
    extra: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.extra) if self.right + self.extra else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass
class Score:
    """Tallies by name, and each miss in words."""

    kinds: dict[str, Tally] = field(default_factory=dict)
    languages: dict[str, Tally] = field(default_factory=dict)
    set_aside: Tally = field(default_factory=Tally)
    personal_data: Tally = field(default_factory=Tally)
    misses: list[str] = field(default_factory=list)
    posts: int = 0

    @property
    def kind_accuracy(self) -> float:
        return sum(t.right for t in self.kinds.values()) / max(self.posts, 1)

    @property
    def language_accuracy(self) -> float:
        return sum(t.right for t in self.languages.values()) / max(self.posts, 1)

    @property
    def mean_f1(self) -> float:
        """The mean over the kinds that occur."""
        return sum(t.f1 for t in self.kinds.values()) / max(len(self.kinds), 1)


def score(rows: Iterable[dict[str, Any]], sifter: Sifter) -> Score:
    """The sift's verdicts against the labels of `rows`."""
    result = Score()
    for row in rows:
        text = row["text"]
        verdict = sifter.sift(post(text))
        result.posts += 1
        _count(result, "kind", result.kinds, row["kind"], verdict.kind, f"{text} ({verdict.reason})")
        _count(result, "language", result.languages, row["lang"], verdict.language, text)
        _count_set_aside(result, row["shown"], verdict.shown, f"{text} ({verdict.reason})")
        _count_personal_data(result, row["pii"], verdict.personal_data, text)
    return result


def _count(result: Score, what: str, tallies: dict[str, Tally], label: str, answer: str, text: str) -> None:
    wanted = tallies.setdefault(label, Tally())
    if label == answer:
        wanted.right += 1
        return
    wanted.missed += 1
    tallies.setdefault(answer, Tally()).extra += 1
    result.misses.append(f"{what} {answer}, not {label}: {text}")


def _count_set_aside(result: Score, label: bool, answer: bool, text: str) -> None:
    if label != answer:
        result.misses.append(f"{'shown' if answer else 'set aside'}, wrongly: {text}")
    if not label and not answer:
        result.set_aside.right += 1
    elif not answer:
        result.set_aside.extra += 1
    elif not label:
        result.set_aside.missed += 1


def _count_personal_data(result: Score, labels: list[str], answers: list[str], text: str) -> None:
    missed, extra = [x for x in labels if x not in answers], [x for x in answers if x not in labels]
    result.personal_data.right += len(labels) - len(missed)
    result.personal_data.missed += len(missed)
    result.personal_data.extra += len(extra)
    if missed or extra:
        result.misses.append(f"personal data missed {missed}, extra {extra}: {text}")


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def table(result: Score) -> str:
    lines = [f"{'':16}{'precision':>10}{'recall':>8}{'F1':>7}{'posts':>7}"]
    parts = {kind: result.kinds[kind] for kind in KINDS if kind in result.kinds}
    parts |= dict(sorted(result.languages.items()))
    parts |= {"set aside": result.set_aside, "personal data": result.personal_data}
    for name, t in parts.items():
        lines.append(f"{name:16}{t.precision:10.2f}{t.recall:8.2f}{t.f1:7.2f}{t.right + t.missed:7}")
    lines.append("")
    lines.append(f"{result.posts} posts; kind right {result.kind_accuracy:.1%}, mean F1 {result.mean_f1:.2f}")
    lines.append(f"language right {result.language_accuracy:.1%}")
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    result = score(read(Path(arguments[0]) if arguments else POSTS), Sifter(playbook(), dict(packs())))
    print("\n".join(result.misses), end="\n\n")
    print(table(result))


if __name__ == "__main__":
    main(sys.argv[1:])
