"""Finds what gives a customer away in public: numbers, e-mail and street addresses."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.sift.addresses import street_addresses
from bot.sift.east_asian import east_asian_data, hyphened, messenger_names, without_unspaced
from bot.sift.identity_numbers import cards, ibans, national_numbers
from bot.sift.order_numbers import labelled_numbers
from bot.sift.phone_numbers import phone_numbers
from bot.sift.plain_text import HANDLE, LINK, TAG, is_unspaced, may_have_links, plain_text

Found = tuple[str, int, int]

_EMAIL = re.compile(
    r"(?<![\w.+%@-])[\w+%-]{1,64}(?:\.[\w+%-]{1,64}){0,5}@(?:[\w-]{1,63}\.){1,6}[^\W\d_]{2,24}(?![\w@])"
    r"|(?<![\w.+%@-])[\w.+%-]{1,64}\s?[\[({]\s?(?:at|@|snabel-?a)\s?[\])}]\s?[\w-]{1,63}"
    r"(?:\s?(?:\.|[\[({]\s?(?:dot|punkt|punt)\s?[\])}])\s?[\w-]{1,30}){1,3}",
    re.IGNORECASE,
)
_MAYBE_EMAIL = re.compile(r"@|[\[({]\s?(?:at|snabel)", re.IGNORECASE)
# "mail me: ana at mail dot com". Without a word for writing it may be a shop's address.
_SPELT_EMAIL = re.compile(
    r"\b(?:e-?mail|mail|mejl|correo|write|reach|skriv|schreib|schrijf|écri|escr[ei]|scriv)\w*\W.{0,25}?"
    r"(?<![\w.+%@-])(?P<value>[\w.+%-]{2,40}\s(?:at|snabel-?a|arroba|chiocciola|arobase|apenstaartje|ät)\s"
    r"[\w-]{2,30}\s(?:dot|punkt|punktum|punto|ponto|point|punt)\s(?:com|net|org|eu|[a-z]{2}))\b",
    re.IGNORECASE,
)
_MAYBE_SPELT = re.compile(r"\s(?:dot|p[uo]n?[kint]+\w{0,2})\s", re.IGNORECASE)
# "#A-99812" is a number, not a tag.
_TAG = re.compile(rf"{TAG.pattern}(?!-\d)")


@dataclass(frozen=True)
class PersonalData:
    """One finding: `text` is the exact substring of the post from `start` up to `end`."""

    kind: str
    """ "order number", "phone number", "e-mail address", "IBAN", "card number", "national number", "street
    address", "postcode", "booking number", "customer number" …"""
    text: str
    start: int
    end: int


def find_personal_data(
    text: str, *, order_pattern: str | None, phone_regions: tuple[str, ...]
) -> list[PersonalData]:
    """What in `text` leads to one person, in order of position and without overlaps.

    `order_pattern` is the team's own regular expression of order numbers; it wins over everything that is not
    longer and has a form of its own (a card number, an IBAN). `phone_regions` are two-letter codes of the
    countries whose numbers are recognised without their country code. Handles, links and hashtags are no
    personal data. Never raises on any text.
    """
    plain = plain_text(text)
    found: list[Found] = []
    for kind, start, end in _candidates(plain.text, order_pattern, phone_regions):
        if not any(start < e and s < end for _, s, e in found):
            found.append((kind, start, end))
    result = []
    for kind, start, end in sorted(found, key=lambda f: f[1]):
        if kind:
            first, last = plain.span(start, end)
            result.append(PersonalData(kind, text[first:last], first, last))
    return result


def _candidates(text: str, order_pattern: str | None, regions: tuple[str, ...]) -> Iterator[Found]:
    """Findings, those that win first. An empty kind keeps a place (a link, a handle) from being taken."""
    whole = text
    if unspaced := is_unspaced(text):
        whole = hyphened(text)
        text = without_unspaced(whole)
    if _MAYBE_EMAIL.search(text):
        yield from (("e-mail address", m.start(), m.end()) for m in _EMAIL.finditer(text))
    if _MAYBE_SPELT.search(text):
        yield from (("e-mail address", *m.span("value")) for m in _SPELT_EMAIL.finditer(text))
    for pattern, is_worth_while in (
        (LINK, may_have_links(whole)),
        (HANDLE, "@" in whole),
        (_TAG, "#" in whole),
    ):
        if is_worth_while:
            yield from (("", m.start(), m.end()) for m in pattern.finditer(whole))
    if unspaced:
        yield from messenger_names(whole)
    if _DIGIT.search(text) is None:
        yield from _own_order_numbers(whole, order_pattern, [])
        return  # nearly every post: all the rest has a digit in it
    formed = [*ibans(text), *cards(text)]
    yield from _own_order_numbers(text, order_pattern, formed)
    if unspaced:
        yield from _own_order_numbers(whole, order_pattern, formed)
        yield from east_asian_data(whole)
    yield from formed
    yield from labelled_numbers(text)
    yield from national_numbers(text)
    yield from street_addresses(text)
    yield from phone_numbers(text, regions)


def _own_order_numbers(text: str, order_pattern: str | None, formed: list[Found]) -> Iterator[Found]:
    if order_pattern is None:
        return
    for found in _compiled(order_pattern).finditer(text):
        start, end = found.span()
        within = any(s <= start and end <= e and e - s > end - start for _, s, e in formed)
        if start < end and not within and not _is_cut_out(text, start, end):
            yield "order number", start, end


def _is_cut_out(text: str, start: int, end: int) -> bool:
    """A match inside a longer number ("090-1234-5678"), or behind a country code, is not an order number."""
    if (
        start
        and text[start].isdigit()
        and (text[start - 1].isdigit() or _CODE_BEFORE.search(text, max(0, start - 6), start))
    ):
        return True
    return end < len(text) and text[end - 1].isdigit() and text[end].isdigit()


_DIGIT = re.compile(r"\d")
_CODE_BEFORE = re.compile(r"(?:\+|\b00)\d{1,3}[ -]?$|\d-$")


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
