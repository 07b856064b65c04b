"""The patterns of a language pack, compiled once."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from bot.reply_check.length import x_length
from bot.sift.plain_text import LETTER, UNSPACED
from config.errors import SettingsError
from config.language_reply import ReplyWords
from config.languages import language_packs

NEVER = re.compile(r"(?!)")
# The edges of a word; in scripts without spaces there are none. Small and capital letters are not asked for:
# Python would look up both of each of these thirty thousand.
_BEGIN = rf"(?-i:(?<!{LETTER})|(?=[{UNSPACED}]))"
_END = rf"(?-i:(?!{LETTER})|(?<=[{UNSPACED}]))"
FILLER = "·"
"""Stands for every character of a phrase that is read over; no word, no space and no stop."""


@dataclass(frozen=True)
class Ask:
    """`AskWords`, each list as one pattern."""

    give: re.Pattern[str]
    give_after: re.Pattern[str]
    others_give: re.Pattern[str]
    wants: re.Pattern[str]
    openers: re.Pattern[str]
    closers: re.Pattern[str]
    question_words: re.Pattern[str]
    question_gap: re.Pattern[str]
    tails: re.Pattern[str]
    it: re.Pattern[str]
    breaks: re.Pattern[str]
    resumes: re.Pattern[str]
    negations: re.Pattern[str]
    negations_after: re.Pattern[str]
    unnegated: re.Pattern[str]
    ignore: re.Pattern[str]
    received: re.Pattern[str]
    alone: re.Pattern[str]
    thanks: re.Pattern[str]
    hints: re.Pattern[str]
    promises: re.Pattern[str]
    mentions: re.Pattern[str]
    tells: re.Pattern[str]


@dataclass(frozen=True)
class Channel:
    """`ChannelWords`, each list as one pattern."""

    private: re.Pattern[str]
    not_private: re.Pattern[str]
    sent: re.Pattern[str]
    there: re.Pattern[str]
    optional: re.Pattern[str]
    either: re.Pattern[str]
    elsewhere: re.Pattern[str]
    public: re.Pattern[str]
    it: re.Pattern[str]


@dataclass(frozen=True)
class Introduction:
    """`IntroductionWords`, each list as one pattern."""

    before_name: re.Pattern[str]
    after_name: re.Pattern[str]
    farewells: re.Pattern[str]
    not_names: re.Pattern[str]
    roles: re.Pattern[str]
    not_roles: re.Pattern[str]
    goes_on: re.Pattern[str]
    at: re.Pattern[str]
    not_ours: re.Pattern[str]
    names: tuple[re.Pattern[str], ...]


@dataclass(frozen=True)
class Manners:
    """`MannersWords`, each list of patterns as one pattern."""

    reasons: re.Pattern[str]
    blames: re.Pattern[str]
    not_blames: re.Pattern[str]
    promises: re.Pattern[str]
    times: re.Pattern[str]
    finds_out: re.Pattern[str]
    answers: re.Pattern[str]
    rhetorical: re.Pattern[str]
    small: frozenset[str]


@dataclass(frozen=True)
class Words:
    """`ReplyWords`, ready to match."""

    abbreviations: tuple[str, ...]
    data: dict[str, re.Pattern[str]]
    not_data: re.Pattern[str]
    perhaps: re.Pattern[str]
    questions: dict[str, re.Pattern[str]]
    ask: Ask
    channel: Channel
    introduction: Introduction
    manners: Manners
    own_contact: re.Pattern[str]
    own_contact_after: re.Pattern[str]


def words_for(language: str | None) -> list[Words]:
    """The pack of that language; all packs when it is None, unknown or has none."""
    known = [code for code, pack in language_packs().items() if pack.reply]
    return [_words(code) for code in ([language] if language in known else known)]


def warm_up(languages: Iterable[str], *, others: bool = True) -> None:
    """Compiles the patterns of these languages, and then of the `others`: seconds that nobody should wait for
    later."""
    for language in languages:
        words_for(language)
    x_length("")
    if others:
        words_for(None)


def read_over(pattern: re.Pattern[str], text: str) -> str:
    """`text` at its old length, with every match made of FILLER."""
    return pattern.sub(lambda found: FILLER * len(found[0]), text)


@cache
def _words(language: str) -> Words:
    """Raises SettingsError where the pack has something that is no regular expression."""
    words = language_packs()[language].reply
    assert words is not None  # noqa: S101  # asked only for languages that have it
    try:
        return compiled(words)
    except re.error as error:
        raise SettingsError(
            f"config/languages/{language}.yaml: reply: not a regular expression "
            f"({error}): {error.pattern!s:.200}"
        ) from None


def compiled(words: ReplyWords) -> Words:
    """The pack with each of its lists as one pattern that matches whole words."""

    def one(patterns: Iterable[str], flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
        filled = [_filled(words, pattern) for pattern in patterns]
        # The boundaries of whole words would forbid patterns that begin or end in a sign, such as "#".
        return re.compile(rf"{_BEGIN}(?:{'|'.join(filled)}){_END}", flags) if filled else NEVER

    ask, channel, hello, manners = words.ask, words.channel, words.introduction, words.manners
    return Words(
        abbreviations=words.abbreviations,
        data={name: one(patterns) for name, patterns in words.data.items()},
        not_data=one(words.not_data),
        perhaps=one(words.perhaps),
        questions={name: one(patterns) for name, patterns in words.questions.items()},
        ask=Ask(
            **{key: one(getattr(ask, key)) for key in type(ask).model_fields if key not in _ANCHORED},
            give_after=_before(words, ask.give_after),
            others_give=_before(words, ask.others_give),
            question_gap=re.compile(_filled(words, ask.question_gap)),
        ),
        channel=Channel(**{key: one(getattr(channel, key)) for key in type(channel).model_fields}),
        introduction=Introduction(
            **{
                key: one(getattr(hello, key), re.IGNORECASE)
                for key in type(hello).model_fields
                if key != "names"
            },
            names=tuple(re.compile(words.filled(pattern), re.MULTILINE) for pattern in hello.names),
        ),
        manners=Manners(
            **{key: one(getattr(manners, key)) for key in type(manners).model_fields if key != "small"},
            small=frozenset(manners.small),
        ),
        own_contact=one(words.own_contact, re.IGNORECASE),
        own_contact_after=one(words.own_contact_after, re.IGNORECASE),
    )


_ACCENTED = re.compile(r"\[[^]\\]*]|[À-ÖØ-öø-ž]")


def _filled(words: ReplyWords, pattern: str) -> str:
    pattern = words.filled(pattern)
    return _with_bare_letters(pattern) if words.accents_optional else pattern


def _with_bare_letters(pattern: str) -> str:
    """ "número" as "n[uú]mero"; an accented letter that is a word by itself ("é") stays what it is."""

    def both(found: re.Match[str]) -> str:
        if len(found[0]) > 1:  # a set of letters
            return found[0][:-1] + _bare(found[0][1:-1]) + "]"
        around = pattern[max(0, found.start() - 1) : found.start()] + pattern[found.end() : found.end() + 1]
        return f"[{_bare(found[0])}{found[0]}]" if any(c.isalpha() for c in around) else found[0]

    return _ACCENTED.sub(both, pattern)


def _bare(letters: str) -> str:
    return "".join(unicodedata.normalize("NFD", c)[0] for c in letters if unicodedata.decomposition(c))


_ANCHORED = ("give_after", "others_give", "question_gap")


def _before(words: ReplyWords, patterns: Iterable[str]) -> re.Pattern[str]:
    filled = [_filled(words, pattern) for pattern in patterns]
    # A pattern begins at the edge of a word or with a sign: "en" must not match the end of "een".
    return re.compile(rf"(?:(?<!{LETTER})|(?=\W))(?:{'|'.join(filled)})\W*$") if filled else NEVER
