"""The chart of a surge, as a PNG: readable on a phone, on a light and on a dark screen.

matplotlib is loaded when the first chart is drawn: it takes a second and some 60 MB. It draws in
delivery's threads, one chart at a time, because it is not made for several at once.
"""

import io
import threading
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot.office import Office
from bot.slack_files import Picture
from bot.surges.counting import QUARTER
from bot.surges.knowing import Course, course
from models.outbox import Outbox
from models.surge import Surge

PAPER, INK, GRID = "#ffffff", "#1d1c1d", "#d5d5d8"
"""A ground of its own, so that a dark screen changes nothing."""
BEFORE, DURING, USUAL, CRISIS = "#9db4c8", "#d1495b", "#1f3a4d", "#edae49"
WIDTH, HEIGHT, DOTS = 6.4, 4.0, 160
SMALL = 17
"""Inches, dots in each, and points: a phone shows it 3 inches wide."""
_ONE_AT_A_TIME = threading.Lock()


def surge_chart(session: Session, row: Outbox, office: Office) -> Picture:
    """The picture that an outbox row stands for: its figures now, its drawing later."""
    surge = session.get_one(Surge, row.subject)
    shown = course(office, session, surge, datetime.fromisoformat(str((row.payload or {})["until"])))
    alt = (
        f"Bars: {shown.people[-1]} people in the last quarter of an hour, at most {max(shown.people)}, "
        f"usually {shown.usual[-1]:.1f}."
    )
    name = f"{row.key.replace(':', '-')}.png"
    return Picture(name, "People who write, in each quarter of an hour", alt, lambda: chart(shown))


def chart(shown: Course) -> bytes:
    """People in each quarter of an hour, what is usual, when the surge began, and the time of its crisis."""
    with _ONE_AT_A_TIME:
        return _drawn(shown)


def _drawn(shown: Course) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.dates import AutoDateLocator, DateFormatter
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    zone = ZoneInfo(shown.zone)
    figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DOTS, facecolor=PAPER, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot(facecolor=PAPER)
    middles = [_number(at - QUARTER / 2) for at in shown.times]
    during = [
        shown.began_at < at and (shown.ended_at is None or at - QUARTER < shown.ended_at)
        for at in shown.times
    ]
    width = QUARTER.total_seconds() / 86400 * 0.86
    first, last = shown.times[0] - QUARTER, shown.times[-1]
    for begin, end in shown.crises:
        until = min(end or last, last)
        if until > max(begin, first):
            axes.axvspan(
                _number(max(begin, first)), _number(until), color=CRISIS, alpha=0.28, lw=0, label="crisis"
            )
    axes.bar(middles, shown.people, width, color=[DURING if one else BEFORE for one in during], zorder=2)
    edges = [_number(first), *(_number(at) for at in shown.times)]
    axes.stairs(shown.usual, edges, color=USUAL, lw=3, baseline=None, zorder=3, label="usual")

    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(0, max(4.0, *shown.people, *shown.usual) * 1.12)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True, steps=[1, 2, 5, 10]))
    locator = AutoDateLocator(tz=zone, minticks=3, maxticks=5)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(DateFormatter("%H:%M", tz=zone))  # type: ignore[no-untyped-call]
    axes.tick_params(labelsize=SMALL, colors=INK, length=0)
    axes.grid(axis="y", color=GRID, lw=1)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(GRID)
    handles, labels = axes.get_legend_handles_labels()
    named = dict(zip(labels, handles, strict=True))
    figure.legend(
        list(named.values()), list(named), loc="outside upper left", ncols=3, fontsize=SMALL, frameon=False,
        labelcolor=INK,
    )  # fmt: skip
    figure.get_layout_engine().set(w_pad=0.12, h_pad=0.1)  # type: ignore[union-attr,call-arg]
    out = io.BytesIO()
    figure.savefig(out, format="png", facecolor=PAPER)
    return out.getvalue()


def _number(at: datetime) -> float:
    """Days since 1970, as matplotlib counts them."""
    return at.timestamp() / 86400
