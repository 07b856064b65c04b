"""The figures in docs/learning.md: `python -m tests.lessons.score [FILE]`.

FILE, if given, is a table of comments with `text` and `is_spam` (1: spam), such as the UCI YouTube Spam
Collection: a team that dismisses each spam comment as an ad and solves the rest.
"""

import csv
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median

from bot.blocks.learned import learned_lines
from bot.lessons.comparing import compared
from bot.lessons.examples import Example
from bot.lessons.figures import Score
from bot.lessons.standing import Standing
from bot.lessons.training import train
from bot.listening import Listener
from bot.office import Office
from bot.sift.sift import Sifter
from config.languages import language_packs
from models.database import Database
from models.mention import Mention
from models.sift_model import SiftModel
from tests.databases import copy_migrated
from tests.lessons.conftest import Judge, Team, with_taste
from tests.lessons.team import customers
from tests.lessons.test_learning import anything, liar, two_liars
from tests.people import NOON, Time, playbook, post

TEAMS: dict[str, tuple[Judge, int]] = {
    "with a taste of its own": (with_taste, 460),
    "the same, with 1,000 lessons": (with_taste, 2000),
    "that says anything": (anything, 400),
    "with one who dismisses everything as ads": (liar, 400),
    "with two who do": (two_liars, 400),
}


def main(file: Path | None) -> None:
    for name, (judge, count) in TEAMS.items():
        with _team() as team:
            team.has_worked(count, judge)
            row = team.sleeps()[-1]
            _print(name, row)
            if name == "with a taste of its own":
                _print_unseen(team)
                _print_speed(team)
    _print_cost()
    if file is not None:
        _print_comments(file)


@contextmanager
def _team() -> Iterator[Team]:
    with tempfile.TemporaryDirectory() as folder:
        copy_migrated(Path(folder) / "score.db")
        database, clock = Database(f"sqlite:///{folder}/score.db"), Time()
        office = Office(database, playbook(), clock, lambda: None)
        yield Team(office, Listener(office, Sifter(office.playbook, language_packs())), clock)
        database.close()


def _print(name: str, row: SiftModel) -> None:
    state, size = row.state.replace("_", " "), len(row.weights or b"") // 1000
    print(f"\nA team {name}: {row.lessons} lessons, {state}, {size} kB")
    score = Score.of_json(row.scores) if row.scores else None
    for line in learned_lines([Standing(row.brand, row.lessons, row.state == "in_use", row.why, score)]):
        print(line.replace("*", ""))


def _print_unseen(team: Team) -> None:
    """On further customers, of whom nobody has said anything."""
    heard = team.hears(600, seed=9)
    wants: dict[str, Callable[[Mention], bool]] = {
        "wanted": lambda m: m.shown,
        "unwanted": lambda m: not m.shown,
        "slow": lambda m: m.kind == "complaint",
        "ordinary": lambda m: m.ruled is None,
    }
    for sort, right in wants.items():
        mine = [mention for written, mention in heard if written.sort == sort]
        print(f"  600 new posts, {sort}: {sum(map(right, mine))} of {len(mine)} as the team wants them")


def _print_speed(team: Team) -> None:
    posts = [one.post for one in customers(1000, seed=5)]
    sifted = [(post, team.listener.sifter.sift(post)) for post in posts]
    refining = team.listener.learned
    refining.refine(sifted)
    took = []
    for start in range(0, 1000, 250):
        begin = time.thread_time()
        refining.refine(sifted[start : start + 250])
        took.append((time.thread_time() - begin) / 250)
    length = sum(len(post.text) for post in posts) / 1000
    print(
        f"  refining: {median(took) * 1e6:.0f} µs of one core a post of {length:.0f} characters, 250 at once"
    )


def _print_cost() -> None:
    """Learning from as much as is ever read; and how long a thread beside it is kept waiting."""
    chance = random.Random(3)  # the same each time is the point
    words = [
        f"{a}{b}" for a in "bcdfglmnprst" for b in ("ar", "en", "ilo", "oma", "ust", "ery", "ink", "ade")
    ]
    examples = [
        Example(
            " ".join(chance.choices(words, k=22)), chance.choice(["UANA", "UBO", None]),
            NOON + timedelta(minutes=number),
            {"kind": "question", "topic": "", "language": "en", "needed": "yes"},
            {"kind": chance.choice(["question", "complaint", "praise", "idea"]), "topic": "",
             "language": "en", "needed": chance.choice(["yes", "no"])},
        )
        for number in range(12_000)
    ]  # fmt: skip
    late: list[float] = []
    done = threading.Event()

    def beside() -> None:
        while not done.is_set():
            begin = time.perf_counter()
            time.sleep(0.005)
            late.append(time.perf_counter() - begin - 0.005)

    thread = threading.Thread(target=beside)
    thread.start()
    begin = time.perf_counter()
    try:
        train(examples, [])
    finally:
        done.set()
        thread.join()
    took = time.perf_counter() - begin
    late.sort()
    print(f"\nLearning from 12,000 examples: {took:.1f} s; a thread beside it waits")
    usual, most = late[len(late) // 2] * 1e3, late[int(len(late) * 0.99)] * 1e3
    print(f"  {usual:.1f} ms longer (median), {most:.0f} ms (99 %), {late[-1] * 1e3:.0f} ms at most")


def _print_comments(file: Path) -> None:
    with file.open(encoding="utf-8", errors="replace", newline="") as table:
        rows = list(csv.DictReader(table))
    random.Random(7).shuffle(rows)  # the collection is ordered by its sources
    sifter = Sifter(playbook(brands=[{"name": "Tindra"}]), language_packs())
    examples = [one for number, row in enumerate(rows) for one in _comment(sifter, row, number)]
    trained = train(examples, [one for one in examples if one.ruled["needed"] == "yes"][-1000:])
    standing = Standing(
        "Tindra",
        sum(one.is_lesson for one in examples),
        not trained.why_silent,
        trained.why_silent,
        trained.score,
    )
    print(f"\nReal comments, {len(examples)} of them to learn from")
    for line in learned_lines([standing]):
        print(line.replace("*", ""))


def _comment(sifter: Sifter, row: dict[str, str], number: int) -> list[Example]:
    given = post(row["text"], author=f"a{number}")
    verdict = sifter.sift(given)
    ruled = {
        "kind": verdict.kind,
        "topic": "",
        "language": verdict.language,
        "needed": "yes" if verdict.shown else "no",
    }
    text = compared(given.text, verdict.personal_data)
    if not text:
        return []
    spam, at = row["is_spam"] == "1", NOON + timedelta(minutes=number)
    if spam and verdict.shown:
        return [Example(text, ("UANA", "UBO")[number % 2], at, ruled, {"kind": "ad", "needed": "no"})]
    if spam:
        return [Example(text, None, at, ruled, {"needed": "no"}, 0.5)]
    if not verdict.shown:
        return [Example(text, ("UANA", "UBO")[number % 2], at, ruled, {"needed": "yes"})]
    return [Example(text, None, at, ruled, {**ruled, "needed": "yes"}, 0.5)]


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
