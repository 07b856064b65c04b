"""What of a post is weighed by what was learned: its form, its cue words and the themes it speaks of."""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from functools import lru_cache

from bot.sift.kind_words import READ

_NUMBER = re.compile(r"\d+")
_MONEY = re.compile(r"[€£$¥]|\b(?:kr|eur|usd|gbp)\b|円|元")
_SENTENCE_END = re.compile(r"[.!?。！？](?:\s|$)")
_COUNTS = (1, 2, 3)
SHORT = 12
"""Words."""
CUES = ("complaint", "praise", "question", "idea")


def signs(
    text: str,
    tally: Mapping[str, int],
    themes: Mapping[str, int],
    kinds: Iterable[str],
    *,
    has_link: bool,
    has_tag: bool,
) -> set[str]:
    """What of a post is weighed. `text` is normalised, without links and handles; `tally` counts the cues by
    their list, `themes` the words of each theme; `kinds` is what the rules take the post for.
    """
    found = {"always", *(f"rule {kind}" for kind in kinds), *_form(text[:READ])}
    for name, count in tally.items():
        found.update(_steps(f"cue {name}", count, _COUNTS))
    for name, count in themes.items():
        found.update(_steps(f"theme {name}", count, _COUNTS))
    found.update(f"no {name}" for name in CUES if not tally.get(name) and not tally.get(f"{name}?"))
    if has_link:
        found.add("link")
    if has_tag:
        found.add("tag")
    return found


def settled(found: Set[str], kind: str, *, words: int) -> bool:
    """Whether the rules' answer stands: a short post with a strong word for it and none for another kind. A
    question about what is broken is a complaint all the same."""
    strong = f"cue {kind} 1+" in found or (kind == "complaint" and "cue not praise 1+" in found)
    rivals = {other for other in CUES if other != kind and (kind, other) != ("complaint", "question")}
    return words < SHORT and strong and not any(f"cue {rival} 1+" in found for rival in rivals)


def _form(text: str) -> Iterator[str]:
    yield from _steps("sentences", len(_SENTENCE_END.findall(text)), (2, 3, 4))
    yield from _steps("numbers", len(_NUMBER.findall(text)), _COUNTS)
    last = text.rstrip()[-1:]
    yield f"ends {last if last and last in '.!?…。' else 'open'}"
    for mark in "?!":
        if mark in text:
            yield f"has {mark}"
    if "..." in text or "…" in text:
        yield "dots"
    if _MONEY.search(text):
        yield "money"


@lru_cache(maxsize=10_000)
def _steps(name: str, value: int, steps: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(f"{name} {step}+" for step in steps if value >= step)
