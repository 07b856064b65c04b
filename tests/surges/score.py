"""False alarms in ordinary months, and how soon surges are noticed: `python -m tests.surges.score [FILE]`.

Prints the tables of docs/surges.md. The months are made up: hours and weekdays differ, days differ from each
other (log-normal), and people answer people (each post draws others within the quarter of an hour after it).
Counted each minute, as a program does that looks twice a minute.
"""

import csv
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

import numpy as np
from numpy.typing import NDArray

from bot.surges.counting import WEEKS
from bot.surges.noticing import OVER_AFTER
from bot.surges.statistic import SENSITIVITIES, Sensitivity, is_quiet, is_surge, usual_of

Times = NDArray[np.float64]
"""Minutes since the beginning, sorted; one for each person who writes."""
DAY, WEEK, QUARTER, HOUR = 24 * 60, 7 * 24 * 60, 15, 60
HISTORY, MONTH = WEEKS + 1, 30
"""Weeks before the month that is looked at, and its days."""
HOURS = [0.15] * 6 + [0.7] * 2 + [1.5] * 14 + [0.6] * 2
WEEKEND, DAYS_DIFFER, ANSWERS = 0.6, 0.35, 0.3
RATES = (5, 30, 100, 300, 1000, 5000)
GROWTHS = (3, 5, 10, 30)
LASTS = 120
MONTHS, SURGES = 10, 12


@dataclass(frozen=True)
class Met:
    """Minutes until a surge was noticed, of those that were."""

    delays: list[float]
    missed: int

    def __str__(self) -> str:
        if not self.delays:
            return "never"
        whole = len(self.delays) + self.missed
        some = "" if not self.missed else f" ({len(self.delays)} of {whole})"
        return f"{median(self.delays):.0f} min{some}"


def main(file: str | None) -> None:
    """Both tables, and with a file the surge in it."""
    print(
        "| posts a day | sensitivity | false alarms a month | "
        + " | ".join(_named(g) for g in GROWTHS)
        + " |"
    )
    print("|---|---|---|" + "---|" * len(GROWTHS))
    for rate in RATES:
        for name, sensitivity in SENSITIVITIES.items():
            numbers = np.random.default_rng(rate)
            months = [_month(rate, numbers) for _ in range(MONTHS)]
            false = sum(len(alarms(one, sensitivity, HISTORY * WEEK, _end())) for one in months) / MONTHS
            met = [_met(months, rate, growth, sensitivity, numbers) for growth in GROWTHS]
            print(f"| {rate} | {name} | {false:.1f} | " + " | ".join(map(str, met)) + " |", flush=True)
    if file is not None:
        _real(file)


def alarms(times: Times, sensitivity: Sensitivity, begin: int, end: int) -> list[int]:
    """The minutes at which an alarm is raised."""
    found: list[int] = []
    quiet_since: int | None = None
    live = False
    for minute in range(begin, end):
        people = _count(times, minute - QUARTER, minute)
        if not live and people < sensitivity.people:
            continue
        middle = minute - QUARTER / 2
        weeks = [
            _count(times, middle - week * WEEK - HOUR / 2, middle - week * WEEK + HOUR / 2)
            for week in range(1, WEEKS + 1)
        ]
        usual = usual_of(weeks)
        if not live:
            live = is_surge(people, usual, sensitivity)
            quiet_since = None
            found += [minute] if live else []
        elif not is_quiet(people, usual, sensitivity):
            quiet_since = None
        else:
            quiet_since = quiet_since or minute
            live = minute - quiet_since < OVER_AFTER.total_seconds() / 60
    return found


# Helpers.


def _named(growth: int) -> str:
    return f"{growth} times the usual"


def _end() -> int:
    return HISTORY * WEEK + MONTH * DAY


def _month(rate: float, numbers: np.random.Generator) -> Times:
    """So many posts on a weekday, give or take, with the weeks before."""
    parts: list[Times] = []
    for day in range(_end() // DAY):
        share = (WEEKEND if day % 7 >= 5 else 1.0) * numbers.lognormal(-(DAYS_DIFFER**2) / 2, DAYS_DIFFER)
        for hour, weight in enumerate(HOURS):
            count = numbers.poisson(rate * share * weight / sum(HOURS) / (1 + ANSWERS))
            parts.append((day * 24 + hour) * 60 + numbers.random(count) * 60)
    first = np.concatenate(parts)
    answers = numbers.poisson(ANSWERS, len(first))
    later = np.repeat(first, answers) + numbers.exponential(QUARTER, int(answers.sum()))
    return np.sort(np.concatenate([first, later]))


def _met(
    months: Sequence[Times], rate: float, growth: int, sensitivity: Sensitivity, numbers: np.random.Generator
) -> Met:
    """Surges of two hours, at two o'clock on weekdays."""
    delays: list[float] = []
    for n in range(SURGES):
        begin = HISTORY * WEEK + (n % 4) * DAY + 14 * 60
        more = numbers.poisson((growth - 1) * rate * HOURS[14] / sum(HOURS) * LASTS / 60)
        times = np.sort(np.concatenate([months[n % len(months)], begin + numbers.random(more) * LASTS]))
        raised = alarms(times, sensitivity, begin, begin + LASTS)
        delays += [raised[0] - begin] if raised else []
    return Met(delays, SURGES - len(delays))


def _count(times: Times, begin: float, end: float) -> int:
    return int(np.searchsorted(times, end, "right") - np.searchsorted(times, begin, "right"))


def _real(file: str) -> None:
    """Customers' posts that name a brand, in a file of twcs: when there would have been an alarm."""
    by_brand: dict[str, list[float]] = {}
    with open(file, newline="", encoding="utf-8") as rows:
        posts = [row for row in csv.DictReader(rows) if row.get("created_at") and row.get("text")]
    brands = {row["author_id"] for row in posts if row["inbound"] == "False"}
    for row in posts:
        if row["inbound"] == "True":
            at = datetime.strptime(row["created_at"], "%a %b %d %H:%M:%S %z %Y").timestamp() / 60
            for brand in brands.intersection(re.findall(r"@(\w+)", row["text"])):
                by_brand.setdefault(brand, []).append(at)
    loudest = max(by_brand, key=lambda brand: len(by_brand[brand]))
    times = np.sort(np.array(by_brand[loudest]))
    day = int(datetime.fromisoformat("2017-10-31T00:00+00:00").timestamp() // 60)
    peak = max(range(day, day + DAY), key=lambda minute: _count(times, minute - QUARTER, minute))
    print(
        f"\n{loudest}: at most {_count(times, peak - QUARTER, peak)} people, at {_clock(peak - day)} UTC.\n"
    )
    print("| sensitivity | alarms that day, UTC | people then | before it that day | other brands with one |")
    print("|---|---|---|---|---|")
    for name, sensitivity in SENSITIVITIES.items():
        raised = alarms(times, sensitivity, day, day + DAY)
        others = sum(
            bool(alarms(np.sort(np.array(theirs)), sensitivity, day, day + DAY))
            for brand, theirs in by_brand.items()
            if brand != loudest
        )
        when = ", ".join(_clock(minute - day) for minute in raised) or "none"
        then = [_count(times, minute - QUARTER, minute) for minute in raised[:1]]
        before = [_count(times, day, minute) for minute in raised[:1]]
        print(f"| {name} | {when} | {then} | {before} | {others} of {len(by_brand) - 1} |")


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
