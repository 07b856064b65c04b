"""One matcher for word lists: brand keywords, topics, cues. A list becomes one regular expression."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from bot.sift.plain_text import LETTER, UNSPACED, normalised

_IS_UNSPACED = re.compile(rf"[{UNSPACED}]")
_NEVER = re.compile(r"(?!)")


@dataclass(frozen=True)
class WordList:
    """Words and phrases as one pattern. Text has to be `normalised` before it is searched.

    The pattern is made when it is first needed: all of them in every language take seconds to compile, and
    a team hears only some of the languages.
    """

    words: tuple[str, ...]

    def first(self, text: str) -> str | None:
        """The first word of the list in `text`, as it stands there; None when there is none."""
        found = self.pattern.search(text)
        return found[0] if found else None

    def all(self, text: str) -> Iterator[re.Match[str]]:
        return self.pattern.finditer(text)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return _compiled(self.words)


@lru_cache(maxsize=4096)
def word_list(words: tuple[str, ...]) -> WordList:
    """`words` as a list to search with.

    A word matches whole, whatever its case and the punctuation around it; accents count. `word*` matches
    every word that begins so, `*word` every word that ends so, `*word*` any that has it inside. A space in
    a phrase matches any white space or a hyphen. The longest entry wins.
    """
    return WordList(words)


def _compiled(words: Iterable[str]) -> re.Pattern[str]:
    exact: list[str] = []
    starts: list[str] = []
    ends: list[str] = []
    anywhere: list[str] = []
    for entry in words:
        word = " ".join(normalised(entry).split())
        core = word.strip("*").strip()
        if not core:
            continue
        if _IS_UNSPACED.search(core) or (word.endswith("*") and word.startswith("*")):
            anywhere.append(core)
        elif word.endswith("*"):
            starts.append(core)
        elif word.startswith("*"):
            ends.append(core)
        else:
            exact.append(core)
    return _pattern(exact, starts, ends, anywhere)


def _pattern(exact: list[str], starts: list[str], ends: list[str], anywhere: list[str]) -> re.Pattern[str]:
    before, after = rf"(?<!{LETTER})", rf"(?!{LETTER})"
    parts = []
    if starts:
        parts.append(rf"{_trie(starts)}{LETTER}*+")
    if exact:
        parts.append(rf"{_trie(exact)}{after}")
    if ends:
        # Behind a whole word, look back for its ending: one pass, however long the word.
        parts.append(rf"{LETTER}++(?:{'|'.join(rf'(?<={_phrase(e)})' for e in sorted(set(ends)))})")
    both = [rf"{before}(?:{'|'.join(parts)})"] if parts else []
    if anywhere:
        both.append(_trie(anywhere))
    return re.compile("|".join(both)) if both else _NEVER


def _phrase(text: str) -> str:
    return re.escape(text).replace("\\ ", r"[\s-]")


def _trie(words: Iterable[str]) -> str:
    """Alternatives that share their beginnings, so that most positions of a text fail on the first letter."""
    tree: dict[str, object] = {}
    for word in words:
        node = tree
        for char in word:
            node = node.setdefault(char, {})  # type: ignore[assignment]
        node[""] = None
    return _branch(tree)


def _branch(node: dict[str, object]) -> str:
    ends_here = "" in node
    options = [_char(char) + _branch(below) for char, below in node.items() if isinstance(below, dict)]
    if not options:
        return ""
    if len(options) == 1 and not ends_here:
        return options[0]
    # The longer way first: "not working" before "not".
    return f"(?:{'|'.join(options)}){'?' if ends_here else ''}"


def _char(char: str) -> str:
    return r"[\s\-]+" if char == " " else re.escape(char)
