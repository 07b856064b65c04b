"""Whether a post speaks of business with a company: then it hardly means somebody of the same name."""

from collections.abc import Iterable, Mapping

from bot.sift.personal_data import PersonalData
from bot.sift.words import WordBook
from config.language_sift import SiftWords
from config.sifting import Kind

# A café of our name has an address and a telephone as well.
_OF_ANYBODY = {"street address", "postcode", "phone number", "e-mail address"}
_MANY = 2


class DealingsFinder:
    """Knows the packs' words of business: order, invoice, customer service."""

    def __init__(self, words: Mapping[str, SiftWords]) -> None:
        self._books = {code: _book(pack) for code, pack in words.items()}

    def speaks_of_one(self, text: str, language: str, kind: Kind, personal: Iterable[PersonalData]) -> bool:
        """Whether `text` (normalised) is about business with a company: a word of it in the post's language
        or in English, an order or customer number, or a complaint or question with a way to reach somebody.
        """
        told = {found.kind for found in personal}
        if told - _OF_ANYBODY or (told and kind in ("complaint", "question")):
            return True
        books = [self._books[code] for code in dict.fromkeys((language, "en")) if code in self._books]
        if language not in self._books:
            books = list(self._books.values())
        found = [book.found(text) for book in books]
        if any("dealings" in lists for lists in found):
            return True
        return not any("news" in lists for lists in found) and _different(text, found) >= _MANY


def _different(text: str, found: Iterable[Mapping[object, list[tuple[int, int, int, int]]]]) -> int:
    return len({text[start:end] for lists in found for start, _, _, end in lists.get("talk", ())})


def _book(pack: SiftWords) -> WordBook:
    talk = (*pack.themes.contact, *pack.themes.costs)
    return WordBook({"dealings": pack.dealings, "talk": talk, "news": pack.themes.news})
