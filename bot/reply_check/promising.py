"""Whether a reply says that we will be back: then its writer is offered to be reminded."""

from bot.reply_check.reading import sentences
from bot.reply_check.words import words_for


def promises_an_answer(text: str, language: str) -> bool:
    """In a language whose pack has words for it; False for all others."""
    packs = words_for(language)
    if len(packs) != 1:
        return False  # an unknown language: any of twelve would find something
    [words] = packs
    said = sentences(text, words.abbreviations)
    return any(words.manners.promises.search(sentence.text) for sentence in said)
