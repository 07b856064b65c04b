"""The variables of an approved answer, and what stands in their place in one case."""

import re
import unicodedata
from collections.abc import Mapping

from models.mention import Mention
from models.post import NO_NAME

KNOWN = {
    "customer": "the customer's name",
    "me": "your name",
    "role": "your role",
    "company": "the company",
    "link": "the link to a private message",
    "reference": "the case's number",
}
HANDLES = ("x", "bluesky", "mastodon")
"""Sources whose authors are handles: where a name says nothing, the customer is greeted by that."""
LONGEST_NAME = 40

# What somebody may have meant as a variable: a brace, words, a brace. Everything else in braces is text.
_MEANT = re.compile(r"\{[ \t]*([^\W\d_][\w '-]{0,30}?)[ \t]*\}")
_CUSTOMER = r"\{customer\}[ ]?(?:様|さま|さん|先生|女士)?"
# "Dear ," is no greeting: where there is no name, these words give way to one that needs none.
_NEEDS_A_NAME = re.compile(
    r"(?i:\b(?:dear|beste|geachte|lieve|kære|kjære|kära|liebe[rs]?|guten tag|sehr geehrte[rs]?|chère?|"
    r"estimad[oa]|querid[oa]|car[oa]|gentile|prezad[oa])|尊敬的|亲爱的)(?:[ ](?:herr|frau|mr|mrs|ms)\.?)?\s*"
    + _CUSTOMER
)
_HELLO = {
    "da": "Hej", "de": "Hallo", "en": "Hello", "es": "Hola", "fr": "Bonjour", "it": "Salve", "nl": "Hallo",
    "no": "Hei", "pt": "Olá", "sv": "Hej", "zh": "您好",
}  # fmt: skip
_AT_BEGIN = re.compile(rf"^{_CUSTOMER}[ ]*[,，、:：!！-]?\s*(?P<first>\w?)", re.MULTILINE)
_AMID = re.compile(rf"[ ,，、]*{_CUSTOMER}")
_TITLES = frozenset(["dr", "mr", "mrs", "ms", "prof", "herr", "frau", "hr", "fru", "dhr", "mevr"])
_NO_NAMES = frozenset(["the", "team", "de", "het", "die", "der", "das", "den"])
_MARKS = re.compile(r"[^\w\s'’.\-]|_")


def tidy(text: str) -> str:
    """Known variables as they are written here: `{ Customer }` is `{customer}`."""
    return _MEANT.sub(lambda m: f"{{{m[1].lower()}}}" if m[1].lower() in KNOWN else m[0], text)


def unknown_variables(text: str) -> list[str]:
    """What stands in braces as a variable does and is none, each once."""
    return list(dict.fromkeys(m[1] for m in _MEANT.finditer(text) if m[1].lower() not in KNOWN))


def has_variable(text: str, name: str) -> bool:
    return f"{{{name}}}" in tidy(text)


def fill(text: str, values: Mapping[str, str | None], language: str) -> str:
    """`text` with its variables filled in. A customer without a name is greeted without one.

    Values are put in as they are: what looks like a variable in a customer's name stays text.
    """
    text = tidy(text)
    if not values.get("customer"):
        text = _without_name(text, language)
    return _MEANT.sub(lambda m: values.get(m[1]) or m[0], text)


def customer_name(mention: Mention) -> str | None:
    """What one calls the author of a post: a first name, else their handle, else nothing."""
    for given in (mention.author_name, None if mention.source in HANDLES else mention.author):
        name = _first_name(given or "")
        if name:
            return name
    if mention.source in HANDLES and mention.author not in ("", NO_NAME):
        return f"@{mention.author[:LONGEST_NAME]}"
    return None


# Helpers.


def _without_name(text: str, language: str) -> str:
    text = _NEEDS_A_NAME.sub(_HELLO.get(language, "Hello"), text)
    if language == "ja":
        return re.sub(_CUSTOMER, "お客様", text)
    text = _AT_BEGIN.sub(lambda m: m["first"].upper(), text)
    return _AMID.sub("", text)


def _first_name(given: str) -> str | None:
    """`Mia` of "Mia Jensen ☕"; whole names where the family's comes first; None where it is no name."""
    if given == NO_NAME:
        return None
    words = re.split(r"[,|/(•·:–—]", given, maxsplit=1)[0]
    words = " ".join(_MARKS.sub(" ", unicodedata.normalize("NFC", words)).split())
    if any("CJK" in unicodedata.name(c, "") or "KANA" in unicodedata.name(c, "") for c in words):
        return words.replace(" ", "")[:LONGEST_NAME] if not any(c.isdigit() for c in words) else None
    parts = words.split(" ")
    first = parts[1] if len(parts) > 1 and parts[0].lower().rstrip(".") in _TITLES else parts[0]
    bare = first.replace("'", "").replace("’", "").replace("-", "")
    if len(bare) < 2 or not bare.isalpha() or first.lower() in _TITLES | _NO_NAMES or len(first) > 25:
        return None
    return first.capitalize() if first.islower() or (first.isupper() and len(first) > 2) else first
