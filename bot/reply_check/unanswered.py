"""The question that a customer asked and a draft passes over. Rather silent than wrong."""

import re

from bot.reply_check.reading import MAIL, Sentence, plain
from bot.reply_check.us import Us
from bot.reply_check.words import Words
from bot.sift.plain_text import without_names_and_links

_SENTENCE = re.compile(r"[^.!?…。！？\n]+[.!?…。！？]*")
_ASKS = re.compile(r"\?|(?:か|かな|でしょうか|吗|嗎|呢|么)[。！!.…\s]*$")
_LATIN = re.compile(r"[^\W\d_ぁ-ヿ㐀-鿿]+(?:'[^\W\d_]+)?")
_EASTERN = re.compile(r"[ァ-ヿ㐀-鿿]+")
_ANSWERS = re.compile(r"\d|⟨link⟩|" + re.escape(MAIL))
_MOST = 2_000
"""So many characters of a post are looked at, from its beginning."""
_PIECE = 5
"""Words are the same when so many letters in a row are, so that endings and compounds do not matter."""


def unanswered(posts: list[str], draft: list[Sentence], words: Words, us: Us) -> str | None:
    """The last question of the newest post when the draft neither answers it nor goes into it, else None."""
    if not posts or not draft or not words.manners.small:
        return None
    asked = _questions(posts[-1][:_MOST], words)
    if not asked or _deals_with_it(draft, words):
        return None
    said = _terms(" ".join(sentence.text for sentence in draft), words, us)
    about = [(question, _terms(question, words, us)) for question in asked]
    if any(terms & said or not terms for _, terms in about):
        return None
    return about[-1][0]


def _questions(post: str, words: Words) -> list[str]:
    text = without_names_and_links(plain(post))
    found = [piece.strip() for piece in _SENTENCE.findall(text)]
    return [
        piece for piece in found if _ASKS.search(piece) and not words.manners.rhetorical.search(piece.lower())
    ]


def _deals_with_it(draft: list[Sentence], words: Words) -> bool:
    """A question back, a yes or no, a link, a figure, or the word that we'll find out."""
    return any(
        sentence.asks
        or _ASKS.search(sentence.text)
        or _ANSWERS.search(sentence.text)
        or words.manners.finds_out.search(sentence.text)
        or words.manners.promises.search(sentence.text)
        or words.manners.answers.search(sentence.text)
        for sentence in draft
    )


def _terms(text: str, words: Words, us: Us) -> set[str]:
    """What a text is about: pieces of its words that are not small."""
    terms: set[str] = set()
    for word in _LATIN.findall(us.pattern.sub(" ", text).lower()):
        if len(word) < 3 or word in words.manners.small:
            continue
        pieces = [word[n : n + _PIECE] for n in range(len(word) - _PIECE + 1)]
        terms.update(pieces or [word.rstrip("s")])
    for run in _EASTERN.findall(text):
        terms.update(run[n : n + 2] for n in range(len(run) - 1))
    return terms
