"""`python -m tests.chaos`: faults for three minutes, and whether anything was lost or doubled."""

import argparse
import random
import sys
import time
from pathlib import Path

from tests.chaos.play import play


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=180, help="how long things break")
    parser.add_argument("--kills", type=int, default=100, help="how often a process is killed in that time")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="that of an earlier run")
    parser.add_argument("--logs", type=Path, help="where to keep what the processes said")
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    began = time.monotonic()
    report = play(given.seconds, given.kills, given.seed, lambda line: print(line, flush=True))
    if given.logs:
        given.logs.write_text(report.logs, encoding="utf-8")
    print()
    for row in report.rows:
        mark = "✗" if row.bad else " "
        print(f"{mark} {row.what:45} {row.count:7}  {row.which if row.bad else ''}")
    for note in report.notes:
        print(note)
    print(f"{time.monotonic() - began:.0f} s; again with --seed {given.seed}")
    return 0 if report.good else 1


if __name__ == "__main__":
    sys.exit(main())
