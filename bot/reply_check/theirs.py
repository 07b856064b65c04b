"""Personal data that the customer wrote themselves and the draft says again."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.reply_check.gives_away import ours
from bot.reply_check.us import Us
from bot.reply_check.words import Words
from bot.sift.personal_data import PersonalData, find_personal_data
from bot.sift.plain_text import is_unspaced

FEWEST_SIGNS = 4
"""Shorter pieces, such as a house number, also stand in a text by chance."""
SAME_NUMBER = 8
"""Telephone numbers that end in the same eight digits are the same, with a country code or without."""


@dataclass(frozen=True)
class _Signs:
    """The letters and digits of a text, in lower case; `at[i]` is where the i-th stands."""

    text: str
    at: tuple[int, ...]


def repeated(text: str, posts: Iterable[str], words: list[Words], us: Us) -> list[PersonalData]:
    """The customer's data, from their `posts`, in the draft `text`: exact substrings of the draft."""
    draft = _signs(text)
    own = find_personal_data(text, order_pattern=us.order_pattern, phone_regions=us.phone_regions)
    found: dict[str, PersonalData] = {}
    for post in posts:
        for datum in find_personal_data(post, order_pattern=us.order_pattern, phone_regions=us.phone_regions):
            for start, end in _places(draft, datum):
                whole = next((one for one in own if one.start < end and start < one.end), None)
                again = whole or PersonalData(datum.kind, text[start:end], start, end)
                if not ours(again, text, own, words):
                    found.setdefault(again.text, again)
    return sorted(found.values(), key=lambda one: one.start)


def _places(draft: _Signs, datum: PersonalData) -> Iterator[tuple[int, int]]:
    needle = _signs(datum.text).text
    number = datum.kind == "phone number"
    if number:
        needle = needle[-SAME_NUMBER:]
    if len(needle) < FEWEST_SIGNS:
        return
    begin = draft.text.find(needle)
    while begin >= 0:
        end = begin + len(needle)
        if number or not _goes_on(draft, begin, end):
            yield draft.at[begin], draft.at[end - 1] + 1
        begin = draft.text.find(needle, end)


def _goes_on(draft: _Signs, begin: int, end: int) -> bool:
    """Is the piece cut out of a longer word or number?"""
    return _is_one_word(draft, begin) or _is_one_word(draft, end)


def _is_one_word(draft: _Signs, at: int) -> bool:
    """Do the signs on both sides of `at` belong to one word? In scripts without spaces none ends there."""
    if not 0 < at < len(draft.at) or draft.at[at] - draft.at[at - 1] != 1:
        return False
    return not is_unspaced(draft.text[at - 1 : at + 1])


def _signs(text: str) -> _Signs:
    kept = [(sign, at) for at, char in enumerate(text) if char.isalnum() for sign in char.casefold()]
    return _Signs("".join(sign for sign, _ in kept), tuple(at for _, at in kept))
