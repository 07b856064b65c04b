"""From a brand to what X's recent search is asked: pure text, no network.

Rules of the language: https://docs.x.com/x-api/posts/search/integrate/build-a-query and …/operators.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from config.brands import Brand

MOST_CHARACTERS = 512
"""A query's length for self-serve access (docs.x.com, "Query limitations")."""
_ROOM_FOR_ONE_TERM = 130
"""A playbook word has at most 120 characters: narrowing never crowds out the longest of them."""
_HANDLE = re.compile(r"^@?([A-Za-z0-9_]{1,15})$")
_PLAIN = re.compile(r"^\w+$")
_TAG = re.compile(r"^[#$]\w+$")
_OPERATOR_WORDS = frozenset({"or", "and", "not"})
_X_LANGUAGES = {"id": "in", "he": "iw", "nb": "no", "nn": "no"}
"""Where X's code differs from ISO 639-1."""


@dataclass(frozen=True)
class Queries:
    """The queries that together find every post about the brands, and what could not be asked."""

    texts: tuple[str, ...]
    notes: tuple[str, ...] = ()


def compile_queries(brands: Sequence[Brand]) -> Queries:
    """One query for each brand, or several where 512 characters are too few.

    A handle counts by itself, in every language, as in the playbook's rule for keywords; keywords count
    together with all the `all` words and in the brand's languages. Narrowing terms that don't fit are left
    out, and said: then more is read and sifted here, but nothing is missed.
    """
    texts: list[str] = []
    notes: list[str] = []
    for brand in brands:
        _compile(brand, texts, notes)
    return Queries(tuple(dict.fromkeys(texts)), tuple(notes))


def handles_of(brands: Iterable[Brand]) -> tuple[str, ...]:
    """Our handles on X in the order of the playbook, without @; what can't be a handle is left out."""
    found = (_HANDLE.match(handle) for brand in brands for handle in brand.handles.get("x", ()))
    return tuple(dict.fromkeys(match[1] for match in found if match))


def _compile(brand: Brand, texts: list[str], notes: list[str]) -> None:
    handles = handles_of([brand])
    for handle in brand.handles.get("x", ()):
        if not _HANDLE.match(handle):
            notes.append(f"{brand.name}: {handle!r} can't be a handle on X and was not asked for")
    words = brand.keywords
    any_terms, all_terms = _terms(words.any), _terms(words.all)
    if any("*" in word for word in (*words.any, *words.all)):
        notes.append(f"{brand.name}: X has no word*, so words that only begin so are not asked for there")
    mentions = [f"@{handle}" for handle in handles]
    own = [f"-from:{handle}" for handle in handles]
    # A word* of `none` without its star excludes less than meant, which the sift makes up for.
    shared = ["-is:retweet", *own, *(f"-{term}" for term in _terms(words.none))]
    codes = dict.fromkeys(_X_LANGUAGES.get(code, code) for code in brand.languages)
    languages = [_either([f"lang:{code}" for code in codes])] if codes else []
    narrowing = [*all_terms, *languages]
    if any_terms:
        about = any_terms
    else:  # only `all` words: the first of them is what is looked for, the others narrow it
        about, narrowing = all_terms[:1], narrowing[1:]

    both = _together(mentions, about, narrowing, shared)
    if both and len(both) <= MOST_CHARACTERS:
        texts.append(both)
        return
    for positive, tail in ((mentions, shared), (about, narrowing + shared)):
        texts.extend(_split(brand.name, positive, tail, notes))


def _together(mentions: list[str], about: list[str], narrowing: list[str], shared: list[str]) -> str:
    """Handles or keywords in one query; "" when there is neither."""
    if not mentions and not about:
        return ""
    if not mentions or not about:
        return " ".join([_either(mentions or about), *(narrowing if about else []), *shared])
    if not narrowing:
        return " ".join([_either([*mentions, *about]), *shared])
    keywords = " ".join([_either(about), *narrowing])
    return " ".join([_either([*mentions, f"({keywords})"]), *shared])


def _split(brand: str, positive: list[str], tail: list[str], notes: list[str]) -> list[str]:
    """`positive` over as many queries as are needed, each with as much of `tail` as fits."""
    if not positive:
        return []
    longest = max(_ROOM_FOR_ONE_TERM, *(len(term) for term in positive))
    kept: list[str] = []
    for term in tail:
        if len(" ".join([*kept, term])) + longest + 3 <= MOST_CHARACTERS:
            kept.append(term)
        else:
            notes.append(f"{brand}: {term} was left out: a query has at most {MOST_CHARACTERS} characters")
    queries, group = [], [positive[0]]
    for term in positive[1:]:
        if len(" ".join([_either([*group, term]), *kept])) <= MOST_CHARACTERS:
            group.append(term)
        else:
            queries.append(" ".join([_either(group), *kept]))
            group = [term]
    return [*queries, " ".join([_either(group), *kept])]


def _either(terms: Sequence[str]) -> str:
    return terms[0] if len(terms) == 1 else f"({' OR '.join(terms)})"


def _terms(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(term for word in words if (term := _term(word))))


def _term(word: str) -> str:
    """One playbook word as X reads it; "" when nothing of it is left.

    Whatever is not one plain word, tag or handle goes between quotes, so that a word such as `from:me`
    stays a word.
    """
    bare = " ".join(word.replace('"', " ").replace("*", " ").split())
    if not re.search(r"\w", bare) and not any(ord(sign) > 0x2000 for sign in bare):
        return ""
    if _TAG.match(bare) or (bare.startswith("@") and _HANDLE.match(bare)):
        return bare
    if _PLAIN.match(bare) and bare.lower() not in _OPERATOR_WORDS:
        return bare
    return f'"{bare}"'
