"""The sift's report on labelled posts, as tables of text."""

from collections.abc import Iterable, Iterator

from bot.sift.command import BadLine
from bot.sift.labels import Labelled, labelled
from bot.sift.scoring import LONG_ENOUGH, Score, Tally, score
from bot.sift.sift import Sifter
from config.sifting import KINDS

_HEAD = f"{'precision':>10}{'recall':>8}{'F1':>7}{'posts':>7}"


def score_lines(lines: Iterable[str], sifter: Sifter, *, misses: bool) -> Iterator[str]:
    """The report on labelled posts (JSON Lines): bad lines by number, the misses if wanted, the tables."""
    posts: list[Labelled] = []
    for number, line in enumerate(lines, start=1):
        if line.strip("\ufeff \t\r\n"):
            try:
                posts.append(labelled(line))
            except BadLine as error:
                yield f"line {number}: {error} (not counted)"
    result = score(posts, sifter)
    if misses:
        yield from result.misses
        yield ""
    yield from table(result)


def table(result: Score) -> Iterator[str]:
    """The figures as lines of text, those that nothing was labelled for left out."""
    yield f"{'':16}{_HEAD}"
    yield from _rows({kind: result.kinds.of[kind] for kind in KINDS if kind in result.kinds.of})
    if result.set_aside != Tally():
        yield from _rows({"set aside": result.set_aside})
    if result.personal_data != Tally():
        yield from _rows({"personal data": result.personal_data})
    yield from _language_rows(result)
    yield ""
    summary = [f"{result.posts} posts"]
    if result.kinds.posts:
        summary.append(f"kind right {result.kinds.accuracy:.1%}, macro-F1 {result.kinds.mean_f1:.2f}")
    if result.languages.posts:
        summary.append(f"language right {result.languages.accuracy:.1%}")
    if result.long_posts.posts:
        long = result.long_posts
        summary.append(f"on the {long.posts} of {LONG_ENOUGH} words or more {long.accuracy:.1%}")
    yield "; ".join(summary)


def _rows(tallies: dict[str, Tally]) -> Iterator[str]:
    for name, tally in tallies.items():
        yield f"{name:16}{_figures(tally)}"


def _language_rows(result: Score) -> Iterator[str]:
    """Each language: how well it is recognised, and the kinds of its posts."""
    names = sorted({*result.languages.of, *result.kinds_by_language} - {"?"})
    if not names:
        return
    yield ""
    yield f"{'language':16}{_HEAD}{'kinds right':>13}{'macro-F1':>10}"
    for name in names:
        kinds = result.kinds_by_language.get(name)
        of_kinds = f"{kinds.accuracy:13.2f}{kinds.mean_f1:10.2f}" if kinds else ""
        yield f"{name:16}{_figures(result.languages.of.get(name, Tally()))}{of_kinds}"


def _figures(tally: Tally) -> str:
    return f"{tally.precision:10.2f}{tally.recall:8.2f}{tally.f1:7.2f}{tally.right + tally.missed:7}"
