"""Which posts of a public stream are for us: by the very rules of the sift, with a cheap look first."""

from collections.abc import Iterable, Sequence

from bot.sift.about import BrandWords
from bot.sift.plain_text import normalised
from config.brands import Brand
from models.post import Post

_SAME = {"nb": "no", "nn": "no"}
"""Norwegian has one pack."""


class Wanted:
    """The playbook's brands, as somebody needs them who hears everybody speak."""

    def __init__(self, brands: Sequence[Brand]) -> None:
        brands = [brand for brand in brands if _asks(brand)]
        self._brands = [BrandWords.of(brand) for brand in brands]
        self._pieces = tuple(dict.fromkeys(piece for brand in brands for piece in _pieces(brand)))

    @property
    def nothing(self) -> bool:
        """There is nothing to look for: no handle and no keyword in any brand."""
        return not self._brands

    def maybe(self, text: str) -> bool:
        """False: no brand can be meant. Made for thousands of texts a second."""
        folded = text.casefold()
        if any(piece in folded for piece in self._pieces):
            return True
        if folded.isascii():
            return False
        plain = normalised(text)
        return any(piece in plain for piece in self._pieces)

    def about_us(self, post: Post) -> bool:
        """Whether the sift would say that it is about one of our brands, and in a language of that brand."""
        text = normalised(post.text)
        return any(
            brand.why_not_about(post, text) is None and self._reads(brand, post, text)
            for brand in self._brands
        )

    def in_our_languages(self, post: Post) -> bool:
        """Whether some brand reads its language, as far as its author's program names one; a post that names
        us counts in every language."""
        text = normalised(post.text)
        return any(self._reads(brand, post, text) for brand in self._brands)

    @staticmethod
    def _reads(brand: BrandWords, post: Post, text: str) -> bool:
        languages, said = brand.brand.languages, post.language
        if not languages or said is None or _SAME.get(said, said) in languages:
            return True
        return brand.names_us(post, text)


def _asks(brand: Brand) -> bool:
    return bool(brand.keywords.any or brand.keywords.all or any(brand.handles.values()))


def _pieces(brand: Brand) -> Iterable[str]:
    """What must stand in a text for the brand to be in it: of each word or phrase its longest plain part."""
    words = brand.keywords.any or brand.keywords.all[:1]
    handles = [handle.removeprefix("@") for handles in brand.handles.values() for handle in handles]
    for word in (*words, *handles):
        parts = normalised(word).replace("*", " ").split()
        if parts:
            yield max(parts, key=len)
