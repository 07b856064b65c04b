"""The words of a post as they are weighed: each for itself and with the one before it."""

import re
from collections.abc import Iterator

from bot.sift.plain_text import is_unspaced

_LETTER = r"[^\W\d_]"
_TOKEN = re.compile(rf"{_LETTER}++(?:'{_LETTER}++)?|\d++|[!?€$£%]|[\U0001F300-\U0001FAFF\u2600-\u27BF]")
_WORD = re.compile(rf"{_LETTER}++")
_WHITE = re.compile(r"\s+")
READ = 1500
"""Characters: what a post is stands in its beginning, and a story of 25,000 costs no more than this."""


def grams(speech: str) -> Iterator[str]:
    """Words, numbers, marks and emoji of `speech` (normalised, without links and handles), alone and in
    pairs, "^" and "$" for its beginning and end; of scripts without spaces all runs of two or
    three characters. Some come twice.
    """
    speech = speech[:READ]
    if is_unspaced(speech):
        text = _WHITE.sub("", speech)
        for length in (2, 3):
            for start in range(len(text) - length + 1):
                yield text[start : start + length]
        return
    before = "^"
    for word in _TOKEN.findall(speech):
        yield word
        yield f"{before} {word}"
        before = word
    yield f"{before} $"


def length(speech: str) -> int:
    """How many words it has, two characters counting as one in scripts without spaces."""
    if is_unspaced(speech):
        return len(_WHITE.sub("", speech[:READ])) // 2
    return len(_WORD.findall(speech[:READ]))
