"""Words as people in a hurry write them, without their accents."""

from collections.abc import Iterable

from bot.sift.plain_text import without_accents
from config.language_sift import Cues, SeverityWords, SiftWords, Themes


def with_hurried_forms(pack: SiftWords) -> SiftWords:
    """The pack with its words also as they are written without accents, if it says that they may be.

    Short words ("né") and single question words ("cómo") keep theirs: bare they are other words.
    """
    if not pack.accents_optional:
        return pack
    both: dict[str, object] = {}
    for name in ("complaint", "praise", "question", "idea", "for_sale", "jobs", "giveaway", "affiliate"):
        cues: Cues = getattr(pack, name)
        phrases_only = name == "question"
        both[name] = Cues(
            strong=_and_bare(cues.strong, phrases_only=phrases_only),
            weak=_and_bare(cues.weak, phrases_only=phrases_only),
        )
    for name in ("neutral", "expected", "negations", "offer", "own_story", "dealings"):
        both[name] = _and_bare(getattr(pack, name))
    grave = pack.severity
    both["severity"] = SeverityWords(
        danger=_and_bare(grave.danger), legal=_and_bare(grave.legal), press=_and_bare(grave.press)
    )
    both["themes"] = Themes(**{name: _and_bare(getattr(pack.themes, name)) for name in Themes.model_fields})
    return pack.model_copy(update=both)


def _and_bare(words: Iterable[str], *, phrases_only: bool = False) -> tuple[str, ...]:
    words = tuple(words)
    bare = (without_accents(word) for word in words if " " in word or (len(word) > 2 and not phrases_only))
    return tuple(dict.fromkeys([*words, *bare]))
