"""`python -m tests.chaos`: faults for some minutes, and whether anything was lost or doubled."""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.play import BOUND, play
from tests.chaos.reconcile import Row


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=160, help="how long things break")
    parser.add_argument("--kills", type=int, default=100, help="how often a process is killed in that time")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="that of an earlier run")
    parser.add_argument("--logs", type=Path, help="where to keep what the processes said")
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    began = time.monotonic()
    disk = _full_disk()
    left = BOUND - (time.monotonic() - began)
    report = play(given.seconds, given.kills, given.seed, lambda line: print(line, flush=True), bound=left)
    if given.logs:
        given.logs.write_text(report.logs, encoding="utf-8")
    print()
    for row in [*disk, *report.rows]:
        mark = "✗" if row.bad else " "
        print(f"{mark} {row.what:52} {row.count:7}  {row.which if row.bad else ''}")
    for note in report.notes:
        print(note)
    print(f"{time.monotonic() - began:.0f} s; again with --seed {given.seed}")
    return 0 if report.good and not any(row.bad for row in disk) else 1


def _full_disk() -> list[Row]:
    """What is wrong after the disk under SQLite was full for a while; no row where that can't be tried."""
    if sys.platform != "linux":
        return []
    from tests.chaos.full_disk import fill_the_disk  # what it limits a process with is Linux's

    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        try:
            wrong = [row.what for row in fill_the_disk(Path(folder)) if row.bad]
        except AssertionError as what:
            wrong = [str(what)]
    return [Row("lines that are wrong after a full disk under SQLite", len(wrong), True, ", ".join(wrong))]


if __name__ == "__main__":
    sys.exit(main())
