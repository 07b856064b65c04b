"""Phone numbers in running text."""

import re
from collections.abc import Iterator

import phonenumbers
from phonenumbers import Leniency, PhoneNumberMatcher

Found = tuple[str, int, int]

_SEVEN_DIGITS = re.compile(r"(?:\d[^\w\n]{0,3}){6}\d")
# Where a number can begin: not within a word, as all digits of the name "c12345678" are.
_FREE_DIGIT = re.compile(r"(?<![^\W_])\d")
_CURRENCY_BEFORE = re.compile(r"(?:[$€£¥]|\b(?:kr|dkk|eur|usd|gbp|sek|nok)\.?)\s?$", re.IGNORECASE)
_CURRENCY_AFTER = re.compile(
    r"\s?(?:[€$£%]|,-|,\d|\.\d|:-|kr\b|dkk\b|eur\b|euros?\b|usd\b|gbp\b|sek\b|nok\b|pund\b|pounds?\b)",
    re.IGNORECASE,
)
_YEARS = re.compile(r"(?:19|20)\d\d(?:\D{1,3}(?:19|20)\d\d)+|(?:(?:19|20)\d\d){2}")
_DATE = re.compile(
    r"(?:[0-3]?\d[./-][01]?\d[./-](?:19|20)?\d\d|[0-3]?\d [01]?\d (?:19|20)\d\d|"
    r"(?:19|20)\d\d[./ -]?[01]?\d[./ -]?[0-3]?\d|[0-3]\d[01]\d(?:19|20)\d\d)(?:\D+\d.*)?"
)
_IP_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_THOUSANDS = re.compile(r"\d{1,3}(?:[., ]000)+|\d{1,3}(?:[.,]\d{3})+")
# Free and shared-cost lines are a company's.
_NOBODYS = re.compile(
    r"\(?(?:0(?:800|808|843|844|845|870|871|900)|1[- ]8(?:00|88|77|66)|\+\d{2}[ -]?800)(?!\d{0,1}$)[) -]"
)
# What stands right before a number that is somebody's, but not for calling.
_OTHER_NUMBER = re.compile(
    r"(?:\b(?:model(?:l|le|lo)?|serial|serie|serienr|series|type|typ|art|artikel|article|item|product|"
    r"produkt|"
    r"ean|sku|imei|version|firmware|build|part|varenr|ref|sku|isbn|v|error|fejl|fehler|code|kode|"
    r"flight|vol|flug|vlucht|sn|s/n|p/n)[ -]?"
    r"(?:nummer|nr|number|no|kode|code)?|nummer \w+nummer)[ .:#-]{0,3}$",
    re.IGNORECASE,
)
_CALL_WORDS = (
    r"tel(?:efon(?:nummer|nr)?|efoon(?:nummer)?|éfono|éphone|\.)?|tlf|phone(?: number)?|mobil(?:e|nummer|"
    r"nr|en|tel"
    r"efon)?|mob|cell(?:phone)?|handy(?:nummer)?|whatsapp|sms|text me (?:on|at)|(?:call|ring|reach|"
    r"phone)(?: me| us)?"
    r"(?: back)?(?: on| at| on this number| under)?|ring (?:til )?(?:mig|meg|på)(?: på)?|bel(?: me|"
    r" mij)?(?: op)?|"
    r"ruf(?:en sie)?(?: mich)?(?: unter| an unter)?|unter der nummer|nummer|appelez(?:-moi)?(?: au)?|"
    r"mon numéro|"
    r"llám(?:ame|eme|enme)(?: al)?|mi número|06-nummer|kontakt|my number"
)
_LABELLED = re.compile(
    rf"(?<![\w])(?:{_CALL_WORDS})[ .:,-]{{0,3}}(?:is|er|ist|est|es|är)?[ :]{{0,2}}"
    r"(?P<value>\+?\(?\d(?:[ ()./-]{0,2}\d){6,14})(?![\w])",
    re.IGNORECASE,
)
_INTERNATIONAL = re.compile(r"(?<![\w+])\+[1-9](?:[ ()./-]{0,2}\d){8,13}(?![\w])")


def phone_numbers(text: str, regions: tuple[str, ...]) -> Iterator[Found]:
    """Numbers that can be called from one of `regions` (two-letter codes), and any with a word for calling.

    Findings may overlap; those that come first are the better ones.
    """
    if not _SEVEN_DIGITS.search(text):
        return
    for found in _LABELLED.finditer(text):
        if not _is_something_else(text, found.start("value"), found.end("value"), labelled=True):
            yield "phone number", found.start("value"), found.end("value")
    for found in _INTERNATIONAL.finditer(text):
        yield "phone number", found.start(), found.end()
    if not _FREE_DIGIT.search(text):
        return
    matches = {
        (match.start + _open_bracket(match.raw_string), match.end)
        for region in regions
        if region in phonenumbers.SUPPORTED_REGIONS
        for match in PhoneNumberMatcher(text, region, leniency=Leniency.VALID, max_tries=200)
    }
    # What is a whole number in one country may begin with a whole number of another: the longest is meant.
    for start, end in sorted(matches, key=lambda m: (m[0] - m[1], m[0])):
        if not _is_something_else(text, start, end, labelled=False):
            yield "phone number", start, end


def _open_bracket(raw: str) -> int:
    """How many characters of a bracket that is never closed stand in front of the number."""
    found = re.match(r"[(\[]\s*", raw)
    return found.end() if found and not re.search(r"[)\]]", raw) else 0


def _is_something_else(text: str, start: int, end: int, *, labelled: bool) -> bool:
    raw = text[start:end]
    if _YEARS.fullmatch(raw) or _THOUSANDS.fullmatch(raw) or _CURRENCY_AFTER.match(text, end):
        return True
    if _CURRENCY_BEFORE.search(text, max(0, start - 6), start):
        return True
    if _NOBODYS.match(raw):
        return True
    if labelled:
        return False
    if _IP_ADDRESS.fullmatch(raw) or (_DATE.fullmatch(raw) and not raw.startswith("0")):
        return True
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    # "EQ-12345678" and "12345678-A" are model and part numbers.
    glued = bool(re.search(r"\w[-/.]$", text[max(0, start - 2) : start])) or bool(
        re.match(r"[-/]\w{0,3}\d|[-/]\w\b", text[end : end + 6])
    )
    return (
        before.isalnum()
        or after.isalnum()
        or glued
        or bool(_OTHER_NUMBER.search(text, max(0, start - 30), start))
    )
