"""What of a post is weighed by what was learned: its form, its cue words and the themes it speaks of."""

import re
from collections.abc import Iterator, Mapping, Set
from functools import lru_cache

from bot.sift.plain_text import LETTER, UNSPACED
from config.sifting import Kind

_TOKEN = re.compile(rf"(?:{LETTER}++|')+|[{UNSPACED}]+")
_IS_UNSPACED = re.compile(f"[{UNSPACED}]")
_NUMBER = re.compile(r"\d+")
_MONEY = re.compile(r"[€£$¥]|\b(?:kr|eur|usd|gbp)\b|円|元")
_SENTENCE_END = re.compile(r"[.!?。！？](?:\s|$)")
_LENGTHS, _COUNTS = (5, 8, 11, 17, 26), (1, 2, 3)
_READ = 1500
"""Characters: what a post is stands in its beginning, and a story of 25,000 costs no more than this."""
AD_LISTS = ("for_sale", "jobs", "giveaway", "affiliate")
CUES = ("complaint", "praise", "question", "idea")


def signs(
    text: str,
    tally: Mapping[str, int],
    themes: Mapping[str, int],
    kind: str,
    *,
    has_link: bool,
    has_tag: bool,
) -> set[str]:
    """What of a post is weighed. `text` is normalised, without links and handles; `tally` counts the cues by
    their list, `themes` the words of each theme; `kind` is what the rules take the post for.
    """
    found = {"always", f"rule {kind}", *_form(text[:_READ])}
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


def settled(found: Set[str], kind: str) -> bool:
    """Whether the rules' answer stands: there is hardly a word to weigh, or a strong cue word and none that
    speaks for another kind. In short posts a strong word is enough."""
    if "words 5+" not in found:
        return True
    strong = f"cue {kind} 1+" in found or (kind == "complaint" and "cue not praise 1+" in found)
    rival = any(f"cue {other} 1+" in found for other in CUES if other != kind)
    return strong and ("words 11+" not in found or not rival)


# What has to be there for a post to be read as a kind: without it the weights say so by chance.
_SPEAKS_FOR: dict[Kind, tuple[str, ...]] = {
    "praise": ("theme kindness 1+", "theme delight 1+", "cue praise 1+", "cue praise? 1+", "cue loving 1+"),
    "question": ("has ?", "theme asking 1+", "cue question 1+", "cue question? 1+"),
    "idea": ("theme wish 1+", "cue idea 1+", "cue idea? 1+"),
    "ad": ("theme offer 2+", *(f"cue {name} 1+" for name in AD_LISTS)),
}


def without_support(found: Set[str]) -> set[Kind]:
    """The kinds that nothing in a post speaks for."""
    return {kind for kind, signs in _SPEAKS_FOR.items() if found.isdisjoint(signs)}


def _form(text: str) -> Iterator[str]:
    words = _TOKEN.findall(text)
    length = len(words)
    if not text.isascii():
        length += sum(max(len(word) // 2, 1) - 1 for word in words if _IS_UNSPACED.match(word))
    yield from _steps("words", length, _LENGTHS)
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
