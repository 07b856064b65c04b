"""How a draft speaks to the customer: blame, promises without a time, no word about why in private."""

import re
from collections.abc import Iterator

from bot.reply_check.problem import Problem, shown
from bot.reply_check.reading import Sentence, plain
from bot.reply_check.words import Words, read_over

_SHORT_LINK = re.compile(
    r"(?<![\w.@/-])(?:https?://)?(?:www\.)?(?:bit\.ly|t\.co|tinyurl\.com|goo\.gl|ow\.ly|buff\.ly|is\.gd|v\.gd|rb\.gy|"
    r"cutt\.ly|short\.io|shorturl\.at|rebrand\.ly|bl\.ink|tiny\.cc|t\.ly|lnkd\.in|dlvr\.it|soo\.gd|s\.id|"
    r"trib\.al|amzn\.to|youtu\.be|fb\.me|adf\.ly|bitly\.com|qr\.ae|tny\.im|u\.nu|clck\.ru|shor\.by|"
    r"urlz\.fr|x\.gd|dwz\.cn|url\.cn|t\.cn)(?:/[^\s<>\"')\]]*)?(?![\w.-]*\w)",
    re.IGNORECASE,
)


def blames(draft: list[Sentence], words: Words) -> Iterator[Problem]:
    """The first words in each sentence that blame, lecture or mock."""
    for sentence in draft:
        found = words.manners.blames.search(read_over(words.manners.not_blames, sentence.text))
        if found:
            said = shown(found[0])
            yield Problem(
                "blames", f"“{said}” can sound like a reproach. Say what you can do for them instead."
            )


def promises_without_time(draft: list[Sentence], words: Words) -> Iterator[Problem]:
    """A promise with no time in its sentence, nor in the one before or after."""
    if not _is_given(words.manners.times):
        return
    timed = [words.manners.times.search(sentence.text) is not None for sentence in draft]
    for index, sentence in enumerate(draft):
        found = words.manners.promises.search(sentence.text)
        if found and not any(timed[max(0, index - 1) : index + 2]):
            said = shown(found[0])
            yield Problem(
                "promise_without_time", f"“{said}” is a promise: say by when, such as “by tomorrow noon”."
            )
            return


def gives_reason(draft: list[Sentence], words: Words) -> bool:
    """Does the draft say why the talk goes on in private? True where the pack has no words for it."""
    reasons = words.manners.reasons
    return not _is_given(reasons) or any(reasons.search(sentence.text) for sentence in draft)


def short_links(text: str) -> Iterator[Problem]:
    """Links of link shorteners, each once."""
    for link in dict.fromkeys(found[0] for found in _SHORT_LINK.finditer(plain(text))):
        yield Problem("short_link", f"“{shown(link)}” hides where it leads. Use the full link.")


def _is_given(pattern: re.Pattern[str]) -> bool:
    return pattern.pattern != "(?!)"
