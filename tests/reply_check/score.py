"""Scores the reply check on labelled drafts: `python -m tests.reply_check.score [drafts.jsonl …]`."""

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.reply_check import Us, check_reply

DRAFTS = Path(__file__).with_name("drafts")
FLAGS = ("asks_in_public", "invites_private", "introduces")
PROBLEMS = (
    "repeats_theirs",
    "no_reason_for_private",
    "blames",
    "unanswered",
    "promise_without_time",
    "template",
    "short_link",
)
"""Labels that are keys of problems."""
TINDRA = Us(
    company="Tindra",
    names=("Tindra", "TindraCare"),
    order_pattern=r"\b\d{4}-\d{4}\b",
    phone_regions=("GB", "DK", "NL", "DE"),
)


@dataclass
class Score:
    """Right and wrong answers of one kind."""

    hits: int = 0
    misses: int = 0
    false_alarms: int = 0

    @property
    def recall(self) -> float:
        return self.hits / (self.hits + self.misses) if self.hits + self.misses else 1.0

    @property
    def precision(self) -> float:
        return self.hits / (self.hits + self.false_alarms) if self.hits + self.false_alarms else 1.0

    def add(self, expected: set[str], found: set[str]) -> None:
        self.hits += len(expected & found)
        self.misses += len(expected - found)
        self.false_alarms += len(found - expected)


def drafts(path: Path = DRAFTS) -> list[dict[str, Any]]:
    """Labelled drafts of a file, or of each file of a folder."""
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return [json.loads(line) for line in lines if line.strip()]


def answers(draft: dict[str, Any]) -> dict[str, set[str]]:
    """What the check says of a draft: for each flag and problem {"yes"} or nothing; what it gives away.

    A draft may bring the `customer`'s posts and our `recent` replies.
    """
    us = TINDRA
    if company := draft.get("company"):
        us = replace(TINDRA, company=company, names=(company,))
    finding = check_reply(
        draft["text"],
        draft["language"],
        us,
        customer=draft.get("customer", ()),
        recent=draft.get("recent", ()),
    )
    found = {flag: {"yes"} if getattr(finding, flag) else set() for flag in FLAGS}
    keys = {problem.key for problem in finding.found}
    problems = {key: {"yes"} if key in keys else set() for key in PROBLEMS}
    return {**found, **problems, "gives_away": set(finding.gives_away)}


def labels(draft: dict[str, Any]) -> dict[str, set[str]]:
    """What it should say; a draft may be labelled for some of it only."""
    expected = {flag: {"yes"} if draft[flag] else set() for flag in (*FLAGS, *PROBLEMS) if flag in draft}
    return {**expected, "gives_away": set(draft["gives_away"])} if "gives_away" in draft else expected


def scores(labelled: Iterable[dict[str, Any]]) -> dict[tuple[str, str], Score]:
    """By (language, what)."""
    table: dict[tuple[str, str], Score] = {}
    for draft in labelled:
        found = answers(draft)
        for what, expected in labels(draft).items():
            table.setdefault((draft["language"], what), Score()).add(expected, found[what])
    return table


def main() -> None:
    labelled = [draft for path in sys.argv[1:] or [str(DRAFTS)] for draft in drafts(Path(path))]
    print("| language | drafts | what | recall | precision |\n|---|---|---|---|---|")
    for (language, what), score in sorted(scores(labelled).items()):
        number = sum(draft["language"] == language and what in draft for draft in labelled)
        print(f"| {language} | {number} | {what} | {score.recall:.2f} | {score.precision:.2f} |")
    for draft in labelled:
        found = answers(draft)
        for what, expected in labels(draft).items():
            if found[what] != expected:
                print(
                    f"{draft.get('id', draft['language'])} {what}: {sorted(found[what])}: {draft['text']}",
                    file=sys.stderr,
                )


if __name__ == "__main__":
    main()
