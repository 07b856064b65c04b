"""What was measured: samples with their median, p99 and worst, beside a peer of the same run."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Samples:
    """Measurements of one thing, in `unit`."""

    values: Sequence[float]
    unit: str

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def p99(self) -> float:
        """By nearest rank: with fewer than 100 samples it is the worst."""
        return sorted(self.values)[math.ceil(len(self.values) * 0.99) - 1]

    @property
    def worst(self) -> float:
        return min(self.values) if self.unit.endswith("/s") else max(self.values)

    def as_json(self) -> dict[str, Any]:
        return {
            "unit": self.unit,
            "n": len(self.values),
            "median": round(self.median, 4),
            "p99": round(self.p99, 4),
            "worst": round(self.worst, 4),
            "values": [round(v, 4) for v in self.values],
        }


@dataclass(frozen=True)
class Figure:
    """One line of the table. `peer` was measured in the same run, interleaved with ours."""

    what: str
    ours: Samples
    peer_name: str = ""
    peer: Samples | None = None
    aim: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "what": self.what,
            "aim": self.aim,
            "ours": self.ours.as_json(),
            "peer_name": self.peer_name,
            "peer": self.peer.as_json() if self.peer else None,
        }


def table(figures: Sequence[Figure]) -> str:
    """The figures for a terminal, and for docs/performance.md."""
    head = ("What", "Median", "p99", "Worst", "n", "Beside it", "Median", "Worst", "Aim")
    rows = [head, tuple("---" for _ in head)]
    for f in figures:
        peer = (
            ("", "", "") if f.peer is None else (f.peer_name, _one(f.peer, "median"), _one(f.peer, "worst"))
        )
        p99 = _one(f.ours, "p99") if len(f.ours.values) >= 100 else ""
        rows.append(
            (
                f.what,
                _one(f.ours, "median"),
                p99,
                _one(f.ours, "worst"),
                str(len(f.ours.values)),
                *peer,
                f.aim,
            )
        )
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    lines = []
    for row in rows:
        cells = (c.ljust(w, "-" if c == "---" else " ") for c, w in zip(row, widths, strict=True))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _one(samples: Samples, which: str) -> str:
    value = float(getattr(samples, which))
    digits = 0 if abs(value) >= 20 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {samples.unit}"
