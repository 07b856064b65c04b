"""A draft as the check reads it: plain lower-case sentences."""

import html
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from bot.sift.plain_text import LETTER, UNSPACED

LINK, MAIL = "⟨link⟩", "⟨mail⟩"
LONGEST = 500
"""A sentence is cut here at the latest, so that no draft takes long to read."""

_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0e\ufe0f\ufeff]")
_QUOTES = str.maketrans({"‘": "'", "’": "'", "´": "'", "`": "'", "“": '"', "”": '"', "„": '"'})
# Not the letter that NFKC makes of it ("nº" would be "no"), and nothing at all.
_SIGNS = str.maketrans({"º": "°", "¿": " ", "¡": " "})
_PRIVATE_LINK = re.compile(
    r"(?:https?://)?(?:www\.)?(?:(?:x|twitter)\.com/messages/\S+|m\.me/\S+|messenger\.com/\S+|"
    r"lin\.ee/\S+|line\.me/\S+)",
    re.IGNORECASE,
)
_LINK = re.compile(
    rf"(?:https?://|www\.)[^\s<>\"'»)\]}}{UNSPACED}]*[^\s<>\"'»)\]}}.,;:!?{UNSPACED}]", re.IGNORECASE
)
_IN_DOMAIN = rf"(?:{LETTER}|-)"
_DOMAIN = re.compile(
    rf"(?<!{LETTER})(?<![@.]){_IN_DOMAIN}{{2,40}}(?:\.{_IN_DOMAIN}{{2,30}}){{0,3}}"
    rf"\.(?:com|co\.uk|org|net|dk|nl|de|eu|io|fr|es|it|pt|br|be|ch)(?:/[^\s{UNSPACED}]*)?(?!{LETTER}|@)"
)
_MAIL = re.compile(rf"(?:{LETTER}|[.+-]){{1,64}}@{_IN_DOMAIN}{{1,63}}(?:\.{_IN_DOMAIN}{{1,63}}){{1,4}}")
_MENTIONS_FIRST = re.compile(rf"^(?:\s*[.,]?@{LETTER}+,?)+")
_BULLET = re.compile(r"^\s*(?:[-–—•·*+]\s|[・●■◆○□]|\d{1,2}[.)]\s)\s*")
_SIGNATURE = re.compile(r"\s[\^*/=~–—-]{1,2}\s?[A-Z][\w.]{0,20}\s*$")
_END = re.compile(r"(?<=[.!?…])[\"')\]]*\s+|\n+")
_SPACES = re.compile(r"[^\S\n]+")
_IS_UNSPACED = re.compile(rf"[{UNSPACED}]")
# What ends a sentence or a clause in Japanese and Chinese, where no blank follows it.
_UNSPACED_END = re.compile(
    rf"(?<=[{UNSPACED}\"')）])([.!?,:;])(?=[^\s.!?,:;\"')])|([.!?,:;])(?=[{UNSPACED}])"
)
# "1. 订单号 2. 收货人": the numbers of a list in one line.
_INLINE_NUMBER = re.compile(rf"(?<![\d.\n])[1-9][.)] ?(?=[{UNSPACED}])")
_EAST_ASIAN_SIGNS = str.maketrans(
    {"。": ". ", "｡": ". ", "、": ", ", "､": ", "} | dict.fromkeys("「」『』【】《》〈〉", '"')
)


@dataclass(frozen=True)
class Sentence:
    """Lower-case, single-spaced; `asks` when it ends in a question mark."""

    text: str
    asks: bool


def plain(text: str) -> str:
    """The draft with its letters made ordinary (full-width, unseen, curly), its lines and case kept.

    Japanese and Chinese get the signs and the blanks between sentences and clauses that the patterns expect.
    """
    text = unicodedata.normalize("NFKC", html.unescape(text).translate(_SIGNS)).translate(_QUOTES)
    text = _UNSEEN.sub("", text)
    if _IS_UNSPACED.search(text):
        text = _INLINE_NUMBER.sub(", ", text)
        text = _UNSPACED_END.sub(r"\1\2 ", text.translate(_EAST_ASIAN_SIGNS))
    return text


def word_count(text: str) -> int:
    """How many words `text` has; without spaces, every three characters are one."""
    return len(text.split()) + len(_IS_UNSPACED.findall(text)) // 3


def sentences(text: str, abbreviations: Iterable[str] = ()) -> list[Sentence]:
    """The sentences of a draft; a list under a line that ends in a colon belongs to that line's sentence."""
    text = _PRIVATE_LINK.sub(" dm ", plain(text))
    text = _MAIL.sub(MAIL, _LINK.sub(LINK, text + " "))
    text = _DOMAIN.sub(LINK, text)
    text = "".join(" , " if _is_picture(c) else c for c in text)
    text = _SIGNATURE.sub("", _MENTIONS_FIRST.sub("", _join_lists(text)).strip())
    text = _SPACES.sub(" ", text).lower()
    # The stop of "order no." must not end the sentence; it is dropped, and words are matched without it.
    if short := "|".join(re.escape(word) for word in abbreviations):
        text = re.sub(rf"(?<!\w)({short})\.(?=\s*[\w(:#])", r"\1 ", text)
    found: list[Sentence] = []
    for piece in _END.split(text):
        for part in _cut(piece.strip()):
            bare = part.rstrip(" .!?…\"')")
            if bare:
                found.append(Sentence(_SPACES.sub(" ", bare), "?" in part[len(bare) :]))
            elif "?" in part and found:
                found[-1] = Sentence(found[-1].text, True)
    return found


def _join_lists(text: str) -> str:
    out = ""
    for line in text.splitlines():
        item = _BULLET.sub("", line)
        if out.endswith(":"):
            out = f"{out} {item.strip()}"
        elif item != line and out and not out.endswith((".", "!", "?")):
            out = f"{out}, {item.strip()}"
        else:
            out = f"{out}\n{line.strip()}"
    return out.strip()


def _cut(piece: str) -> list[str]:
    parts = []
    while len(piece) > LONGEST:
        at = piece.rfind(" ", 1, LONGEST)
        at = at if at > 0 else LONGEST
        parts.append(piece[:at])
        piece = piece[at:].strip()
    return [*parts, piece]


def _is_picture(char: str) -> bool:
    return unicodedata.category(char) in ("So", "Sk") and char not in "^`´¨©®™°"
