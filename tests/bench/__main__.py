"""`make bench`, or `python -m tests.bench [--json FILE]`: how fast it is, beside peers of the same run.

Nothing here passes or fails. Everything is on 127.0.0.1, and all that was started is ended.
"""

import argparse
import json
import os
import platform
import shutil
import signal
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from bot.logs import set_up_logs
from tests.bench import cards, claims, crowd, memory, moves, rush, size, start, throughput
from tests.bench.figures import Figure, table

LONGEST = 900
"""Seconds; what is not measured by then is left out."""
PARTS = {
    "claims": claims,
    "crowd": crowd,
    "moves": moves,
    "cards": cards,
    "start": start,
    "throughput": throughput,
    "rush": rush,
    "memory": memory,
    "size": size,
}
BY_NAME_ONLY = ("size",)
"""A million cases take ten minutes to make, so only who asks for them waits."""
LONGEST_OF_SIZE = 1500


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every sample there")
    parser.add_argument("--only", choices=PARTS, action="append", help="only this part; may be repeated")
    parser.add_argument("--scale", type=float, default=1.0, help="of a million cases, for `--only size`")
    given = parser.parse_args(arguments)
    size.scale = given.scale
    set_up_logs("ERROR")
    about = _about()
    began = time.monotonic()
    figures: list[Figure] = []
    imports: list[tuple[str, float]] = []
    folder = Path(tempfile.mkdtemp(prefix="listening-post-bench-"))
    stopped = _stop_after(LONGEST_OF_SIZE if "size" in (given.only or ()) else LONGEST)
    try:
        for name in given.only or [one for one in PARTS if one not in BY_NAME_ONLY]:
            print(f"measuring: {name} …", file=sys.stderr, flush=True)
            own = folder / name
            own.mkdir()
            figures += PARTS[name].measure(own)
            if name == "start":
                imports = start.heaviest_imports()
    except (TimeoutError, KeyboardInterrupt) as why:
        stopped.append(str(why) or "Interrupted.")
    finally:
        signal.alarm(0)
        shutil.rmtree(folder, ignore_errors=True)
    about["seconds"] = round(time.monotonic() - began)
    _print(about, figures, imports)
    if given.json:
        data = {"about": about, "figures": [f.as_json() for f in figures], "imports_ms": dict(imports)}
        given.json.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if stopped:
        sys.exit(stopped[0])


def _stop_after(seconds: int) -> list[str]:
    """From now on too long a run, or a SIGTERM, ends what was started. The list is for the reason why."""

    def too_long(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"Stopped after {seconds} s; what is above was measured until then.")

    def told(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGALRM, too_long)
    signal.signal(signal.SIGTERM, told)
    signal.alarm(seconds)
    return []


def _about() -> dict[str, Any]:
    return {
        "at": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 1),
    }


def _print(about: dict[str, Any], figures: list[Figure], imports: list[tuple[str, float]]) -> None:
    print(
        f"{about['at']} · {about['machine']} · Python {about['python']} · "
        f"load {about['load_before']} before · {about['seconds']} s\n"
    )
    print(table(figures))
    if imports:
        print("\nImports, ms (python -X importtime): ", end="")
        print(", ".join(f"{name} {ms:.0f}" for name, ms in imports))


if __name__ == "__main__":
    main(sys.argv[1:])
