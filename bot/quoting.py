"""Whether one text repeats another: to find what quotes a post that is gone."""

import re

WORDS, SIGNS = 5, 10
"""So many words in a row, or signs in scripts without spaces, are no accident."""
_UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
_SIGN = re.compile(rf"[{_UNSPACED}]")


def quotes(text: str, post: str, words: int = WORDS) -> bool:
    """Whether `text` has a run of `post`'s words, or all of them when those are few (but at least three)."""
    theirs = _TOKEN.findall(post.casefold())
    unspaced = sum(1 for token in theirs if _SIGN.match(token)) * 2 > len(theirs)
    length = min(SIGNS if unspaced else words, len(theirs))
    if length < 3:
        return False
    ours = _TOKEN.findall(text.casefold())
    runs = {tuple(theirs[at : at + length]) for at in range(len(theirs) - length + 1)}
    return any(tuple(ours[at : at + length]) in runs for at in range(len(ours) - length + 1))
