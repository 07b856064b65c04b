"""Which language a post is written in, or that nobody can tell."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from math import exp, log

from bot.sift.language_model import LanguageModel
from bot.sift.plain_text import normalised, without_names_and_links
from config.language_sift import SiftWords
from config.languages import LanguagePack

UNKNOWN = "unknown"

# What a customer in Europe may well write in, besides the languages of the packs.
_LATIN = (
    "en",
    "da",
    "nl",
    "de",
    "fr",
    "sv",
    "no",
    "es",
    "it",
    "pt",
    "fi",
    "pl",
    "cs",
    "hu",
    "ro",
    "tr",
    "id",
)
_CYRILLIC = ("ru", "uk", "bg", "sr")
_ARABIC = ("ar", "fa", "ur")
# A script that settles the language by itself; the rest of the scripts only narrow the choice.
_BY_SCRIPT = {
    "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "CJK": "zh", "THAI": "th", "GREEK": "el",
    "HEBREW": "he", "DEVANAGARI": "hi", "ARMENIAN": "hy", "GEORGIAN": "ka", "BENGALI": "bn", "TAMIL": "ta",
}  # fmt: skip
_FEWEST_WORDS = 3
_MOST_CHARACTERS = 1000
# One distinctive word multiplies a language's odds by e to this power: enough to settle among neighbours,
# too little to overrule a clear answer.
_WORD_WEIGHT = 1.2
_MOST_WORDS = 5
_LETTERS = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")


class LanguageFinder:
    """Finds the language of a text among those of `packs` and a few more.

    `floor` is the confidence below which the answer is a hint, or "unknown".
    """

    def __init__(self, packs: Mapping[str, LanguagePack], floor: float) -> None:
        self._floor = floor
        candidates = told_apart(packs)
        self._by_script = {
            script: frozenset(code for code in candidates if script in _scripts_of(code))
            for script in ("LATIN", "CYRILLIC", "ARABIC")
        }
        self._of_words = _by_piece(_distinctive_words(packs))
        self._letters = {code: set(pack.sift.letters) for code, pack in packs.items() if pack.sift}
        self._of_letters = _by_piece(self._letters)

    def find(self, text: str, hints: Iterable[str | None] = ()) -> str:
        """The two-letter code, or "unknown". The first of `hints` is taken where the text is too short."""
        text = normalised(without_names_and_links(text))[:_MOST_CHARACTERS]
        script = _script(text)
        hint = next((_two_letters(h) for h in hints if h and _two_letters(h)), None)
        if script == "CJK":
            return self._of_han(text, hint)
        if script in _BY_SCRIPT:
            return _BY_SCRIPT[script]
        words = _LETTERS.findall(text)
        if not words:
            return hint or UNKNOWN
        language, confidence = self._best(" ".join(words), script)
        if len(words) < _FEWEST_WORDS or confidence < self._floor:
            return hint or UNKNOWN
        return language

    def _of_han(self, text: str, hint: str | None) -> str:
        """Without kana: the language whose own characters there are more of, then the hint, then Chinese."""
        own = {code: sum(map(text.count, self._letters.get(code, ()))) for code in ("ja", "zh")}
        if own["ja"] != own["zh"]:
            return max(own, key=lambda code: own[code])
        return "ja" if hint == "ja" else "zh"

    def _best(self, text: str, script: str | None) -> tuple[str, float]:
        scores: dict[str, float] = {}
        written_so = self._by_script.get(script or "", ())
        for label, probability in _model().rank(text):
            code = "no" if label in ("nb", "nn") else label
            if code in written_so and code not in scores:  # the likelier of both written forms comes first
                scores[code] = log(max(probability, 1e-12))
        if not scores:
            return UNKNOWN, 0.0
        hits: dict[str, int] = {}
        for pieces, told_by in ((text.split(), self._of_words), (text, self._of_letters)):
            for piece in told_by.keys() & pieces:
                for code in told_by[piece]:
                    hits[code] = hits.get(code, 0) + 1
        for code, count in hits.items():
            if code in scores:
                scores[code] += _WORD_WEIGHT * min(count, _MOST_WORDS)
        best = max(scores, key=lambda code: scores[code])
        return best, 1 / sum(exp(score - scores[best]) for score in scores.values())


def told_apart(packs: Iterable[str]) -> frozenset[str]:
    """All languages that a text is looked for in. The model calls both written forms of Norwegian by their
    own names as well."""
    return frozenset({*packs, *_LATIN, *_CYRILLIC, *_ARABIC, "nb", "nn"})


@cache
def _model() -> LanguageModel:
    return LanguageModel()


def everyday_words(packs: Iterable[SiftWords]) -> frozenset[str]:
    """Words by which languages are told apart ("the", "jeg"): every post has some, so they say nothing."""
    return frozenset(normalised(word) for pack in packs for word in pack.distinctive)


def _distinctive_words(packs: Mapping[str, LanguagePack]) -> dict[str, frozenset[str]]:
    """For each language the words that its pack calls distinctive, and those that stand in no other pack."""
    packed = {code: pack.sift for code, pack in packs.items() if pack.sift}
    every = {code: _words_of(words) for code, words in packed.items()}
    found = {}
    for code, words in packed.items():
        others = frozenset[str]().union(*(w for other, w in every.items() if other != code))
        found[code] = (every[code] - others) | {normalised(word) for word in words.distinctive}
    return found


def _by_piece(of: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """The other way round: for each word or letter the languages that have it."""
    found: dict[str, list[str]] = {}
    for code, pieces in of.items():
        for piece in pieces:
            found.setdefault(piece, []).append(code)
    return found


def _words_of(pack: SiftWords) -> frozenset[str]:
    """The single words of all lists of a pack."""
    words: set[str] = set()
    for value in pack.model_dump(exclude={"prices", "letters", "themes"}).values():
        lists = value.values() if isinstance(value, dict) else [value]
        for entries in lists:
            if isinstance(entries, tuple):
                words.update(_LETTERS.findall(normalised(" ".join(e for e in entries if "*" not in e))))
    return frozenset(word for word in words if len(word) > 2)


def _script(text: str) -> str | None:
    """The script of most letters; Japanese when there is any kana to speak of."""
    if text.isascii():
        return "LATIN"
    counts: Counter[str] = Counter()
    for char, times in Counter(text).items():
        if char.isalpha():
            counts[_script_of(char)] += times
    kana = counts["HIRAGANA"] + counts["KATAKANA"]
    if kana and kana * 10 >= counts["CJK"] and kana + counts["CJK"] > counts["LATIN"] / 3:
        return "HIRAGANA"
    # Brand names keep their Latin letters in every script, so a letter of another script counts twice.
    weighed = {name: n * (1 if name == "LATIN" else 2) for name, n in counts.items()}
    return max(weighed, key=lambda name: weighed[name], default=None)


@lru_cache(maxsize=20_000)
def _script_of(char: str) -> str:
    return unicodedata.name(char, "?").split()[0].split("-")[0]


def _scripts_of(code: str) -> tuple[str, ...]:
    if code in _CYRILLIC:
        return ("CYRILLIC", "LATIN") if code == "sr" else ("CYRILLIC",)
    return ("ARABIC",) if code in _ARABIC else ("LATIN",)


def _two_letters(hint: str) -> str | None:
    """ "nb-NO" and "no" are "no"; X's "und", "qme" and the like are nothing."""
    code = hint.strip().lower().replace("_", "-").split("-")[0]
    if code in ("nb", "nn"):
        return "no"
    return code if re.fullmatch(r"[a-z]{2}", code) else None
