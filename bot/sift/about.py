"""Whether a post is about one of the brands, and whether it really means us."""

import re
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from bot.sift.plain_text import LETTER, normalised
from bot.sift.words import WordBook, WordList
from config.brands import Brand
from models.post import Post

Handle = str
_LONG_ENOUGH = 4
_TAKES_AN_S = re.compile(rf"(?![\dsxzß_]){LETTER}$", re.IGNORECASE)


@dataclass(frozen=True)
class BrandWords:
    """A brand's keywords and handles, compiled."""

    brand: Brand
    any: WordList
    all: tuple[WordList, ...]
    none: WordList
    context: WordList
    handles: dict[str, frozenset[Handle]]
    """By source, without @, case-folded."""
    in_text: re.Pattern[str]
    """Any handle of ours, as people write it in a post."""

    @classmethod
    def of(cls, brand: Brand) -> "BrandWords":
        handles = {
            source: frozenset(handle_key(name) for name in names) for source, names in brand.handles.items()
        }
        every = sorted({h for names in handles.values() for h in names if h}, key=len, reverse=True)
        written = "|".join(re.escape(h) for h in every)
        must: dict[Hashable, tuple[str, ...]] = {
            ("all", word): with_possessives((word,)) for word in brand.keywords.all
        }
        any_of_ours = with_possessives(brand.keywords.any)
        book = WordBook({"any": any_of_ours, "none": brand.keywords.none, "context": brand.context, **must})
        return cls(
            brand=brand,
            any=book["any"],
            all=tuple(book[word] for word in must),
            none=book["none"],
            context=book["context"],
            handles={str(source): names for source, names in handles.items()},
            in_text=re.compile(rf"(?<!{LETTER})(?<![@.])@(?:{written})(?!{LETTER}|@)" if every else r"(?!)"),
        )

    def is_ours(self, source: str, author: str) -> bool:
        return handle_key(author) in self.handles.get(source, frozenset())

    def names_us(self, post: Post, text: str) -> bool:
        """A handle of ours is in the post, or the source says that it was written to us."""
        return post.mentions_us or self.has_handle(text)

    def has_handle(self, text: str) -> bool:
        """A handle of ours is in the post."""
        return "@" in text and self.in_text.search(text) is not None

    def why_not_about(self, post: Post, text: str) -> str | None:
        """None when the post is about the brand, else the reason why not. `text` is normalised."""
        word = self.none.first(text)
        if word is not None:
            return f"not about us: '{word}' is in it"
        if self.names_us(post, text):
            return None
        keywords = self.brand.keywords
        if not (keywords.any or keywords.all):
            # With nothing to look for, what the source found is about us; with handles, those decide.
            return "not about us: none of our handles is in it" if any(self.handles.values()) else None
        if keywords.any and self.any.first(text) is None:
            return "not about us: none of our words is in it"
        if any(words.first(text) is None for words in self.all):
            return "not about us: one of the words that must be there is missing"
        return None

    def is_namesake(self, post: Post, text: str) -> bool:
        """The brand's name is there, but nothing shows that our company is meant."""
        return bool(self.brand.context) and not self.names_us(post, text) and self.context.first(text) is None


def with_possessives(names: Iterable[str]) -> tuple[str, ...]:
    """`names`, and those of four letters or more with an s behind them: "i Tindras butik". An apostrophe and
    the particles of Japanese and Chinese end a word anyway."""
    names = tuple(names)
    long = (name for name in names if len(name) >= _LONG_ENOUGH and _TAKES_AN_S.search(name))
    return tuple(dict.fromkeys([*names, *(f"{name}s" for name in long)]))


def handle_key(name: str) -> Handle:
    """A handle as handles are compared: without @, whatever its case."""
    return normalised(name).strip().lstrip("@")
