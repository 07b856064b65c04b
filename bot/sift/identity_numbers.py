"""Numbers with a form or check digits of their own: IBANs, payment cards, national numbers."""

import re
from collections.abc import Callable, Iterator
from datetime import date

from stdnum import iban, luhn
from stdnum.br import cpf
from stdnum.de import idnr
from stdnum.es import dni, nie
from stdnum.fi import hetu
from stdnum.fr import nir
from stdnum.it import codicefiscale
from stdnum.no import fodselsnummer
from stdnum.pl import pesel
from stdnum.se import personnummer

Found = tuple[str, int, int]

# Lengths from the SWIFT IBAN registry. A mistyped IBAN still gives its owner away, so length is enough.
_IBAN_LENGTHS = {
    "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24,
    "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GI": 23, "GL": 18, "GR": 27, "HR": 21, "HU": 28, "IE": 22,
    "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15,
    "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SI": 19, "SK": 24, "TR": 26,
}  # fmt: skip
_IBAN_HEAD = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?=[ -]?[A-Za-z0-9]{2})")
_DIGIT_RUN = re.compile(r"(?<![\w])\d(?:[ -]?\d){11,}")
_CARD_WORDS = re.compile(
    r"\b(?:card|cc|visa|master ?card|amex|kort\w*|dankort|kreditkort\w*|karte\w*|\w+karte|kaart\w*|\w+kaart|"
    r"carte|tarjeta|carta|cartão|cvv|cvc)\b", re.IGNORECASE,
)  # fmt: skip
# Prefix and lengths of the card schemes (ISO/IEC 7812 ranges in use).
_CARD = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|"
    r"6(?:011|4[4-9]\d|5\d\d)\d{12,15}|35\d{14}|3(?:0[0-5]|[68]\d)\d{11}|(?:2131|1800)\d{11}|"
    r"(?:50|5[6-9]|6\d)\d{14,17}"
)


def ibans(text: str) -> Iterator[Found]:
    for head in _IBAN_HEAD.finditer(text):
        length = _IBAN_LENGTHS.get(head[0][:2].upper())
        lengths = [length] if length else range(34, 14, -1)
        for wanted in lengths:
            end = _end_of(text, head.start(), wanted)
            if end is None:
                continue
            value = re.sub(r"[ -]", "", text[head.start() : end]).upper()
            if iban.is_valid(value) or (length and sum(c.isdigit() for c in value) >= length - 8):
                yield "IBAN", head.start(), end
                break


def _end_of(text: str, start: int, count: int) -> int | None:
    """Where `count` letters or digits from `start` end, with single blanks or dashes between; or None."""
    position, seen = start, 0
    while seen < count:
        if position < len(text) and text[position] in " -" and seen:
            position += 1
        if position >= len(text) or not (text[position].isascii() and text[position].isalnum()):
            return None
        position, seen = position + 1, seen + 1
    ends = position == len(text) or not text[position].isalnum()
    return position if ends else None


def cards(text: str) -> Iterator[Found]:
    runs = list(_DIGIT_RUN.finditer(text))
    about_cards = bool(runs and _CARD_WORDS.search(text))
    for run in runs:
        groups = [(run.start() + g.start(), run.start() + g.end()) for g in re.finditer(r"\d+", run[0])]
        first = 0
        while first < len(groups):
            last = _last_group_of_card(text, groups, first, about_cards)
            if last is None:
                first += 1
            else:
                yield "card number", groups[first][0], groups[last][1]
                first = last + 1


def _last_group_of_card(
    text: str, groups: list[tuple[int, int]], first: int, about_cards: bool
) -> int | None:
    best, digits = None, ""
    for last in range(first, min(first + 19, len(groups))):
        digits += text[groups[last][0] : groups[last][1]]
        if len(digits) > 19:
            break
        if len(digits) < 12 or len(set(digits)) == 1:
            continue
        fours = [e - b for b, e in groups[first : last + 1]] == [4, 4, 4, 4]
        in_range = bool(_CARD.fullmatch(digits)) or (digits[0] in "56" and about_cards)
        if (in_range and luhn.is_valid(digits)) or (fours and about_cards and digits[0] in "23456"):
            best = last
    return best


def _is_date(day: str, month: str) -> bool:
    try:
        date(2000, int(month), int(day))  # 2000 has a 29 February
    except ValueError:
        return False
    return True


def _cpr(value: str) -> bool:
    return _is_date(value[:2], value[2:4])


def _swedish(value: str) -> bool:
    digits = re.sub(r"\D", "", value)[-10:]
    return personnummer.is_valid(value) or _is_date(digits[4:6], digits[2:4])


def _ssn(value: str) -> bool:
    area, group, serial = value[:3], value[4:6], value[7:]
    return area not in ("000", "666") and group != "00" and serial != "0000"


_ANY: Callable[[str], bool] = lambda value: True  # noqa: E731  (a table reads better with one word)
# Forms that say what they are, with the check that tells them from look-alikes.
_STRONG: tuple[tuple[str, Callable[[str], bool]], ...] = (
    (r"\d{6}-\d{4}", _cpr),
    (r"(?:\d{2})?\d{6}[-+]\d{4}", _swedish),
    (r"(?:19|20)\d{10}", personnummer.is_valid),
    (r"\d{6} ?\d{5}", fodselsnummer.is_valid),
    (r"\d{3}-\d{2}-\d{4}", _ssn),
    (r"\d{6}[-+A]\d{3}[0-9A-FHJ-NPR-Y]", hetu.is_valid),
    (r"\d{2}\.\d{2}\.\d{2}[- ]\d{3}[.-]\d{2}", _ANY),
    (r"[12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?\d[\dAB] ?\d{3} ?\d{3}(?: ?\d{2})", nir.is_valid),
    (r"\d{8}[- ]?[A-HJ-NP-TV-Z]", dni.is_valid),
    (r"[XYZ][- ]?\d{7}[- ]?[A-HJ-NP-TV-Z]", nie.is_valid),
    (r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]", _ANY),
    (r"QQ ?\d{2} ?\d{2} ?\d{2} ?[A-D]", _ANY),
    (r"[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]", codicefiscale.is_valid),
    (r"\d{3}\.\d{3}\.\d{3}-\d{2}", cpf.is_valid),
)
_STRONG_PATTERNS = tuple((re.compile(rf"(?<![\w/.-])(?:{form})(?![\w/-])"), check) for form, check in _STRONG)
# One look for all of them: nearly no post has any.
_ANY_STRONG = re.compile(rf"(?<![\w/.-])(?:{'|'.join(form for form, _ in _STRONG)})(?![\w/-])")
_SIX_DIGITS = re.compile(r"\d(?:\D*+\d){5}")
# A word for such a number, then the number itself at most three short words on ("BSN nummer is 123456782").
_WORDS = (
    r"cpr|personnummer|personnr|fødselsnummer|fødselsnr|födelsenummer|samordningsnummer|bsn|"
    r"burgerservicenummer|"
    r"sofi-?nummer|ssn|social security|national insurance|ni number|nino|steuer-?id(?:nr)?|"
    r"steueridentifikations"
    r"nummer|steuer-?identifikationsnummer|steuernummer|idnr|sozialversicherungsnummer|"
    r"rentenversicherungsnummer|"
    r"rijksregisternummer|numéro de sécurité sociale|sécurité sociale|sécu|nir|dni|nie|nif|pesel|"
    r"codice fiscale|cod\. ?fiscale|cpf|contribuinte|cartão de cidadão|rg|"
    r"svnr|ahv|personalausweis(?:nummer)?|id-?kort"
)
_LABELLED = re.compile(
    rf"(?<!\w)(?:{_WORDS})(?:[-.: ]{{0,3}}(?:nummer|number|num|nr|no|numéro|er|is|ist|est|es|är|lautet|my|"
    rf"mit|mijn)\b)"
    r"{0,3}[-.:# ]{0,3}(?P<value>[A-Z]{0,2}\d(?:[ ./-]?[\dA-Z]){5,14})(?![\w])",
    re.IGNORECASE,
)
_BSN_LIKE = re.compile(r"(?<![\w.-])\d{9}(?![\w-])")


def national_numbers(text: str) -> Iterator[Found]:
    if not _SIX_DIGITS.search(text):
        return  # none has fewer
    for labelled in _LABELLED.finditer(text):
        value = labelled["value"]
        # A number ends with its last digit unless letters stick to it: "123456782 en" is not a part of it.
        cut = re.match(r"[A-Za-z]{0,2}\d(?:[ ./-]?\d)*(?:[- ]?[A-Za-z](?![A-Za-z]))?", value)
        length = cut.end() if cut else len(value)
        shown = value[:length]
        if re.search(r"\d [A-Za-z]$", shown) and not shown[-1].isupper():
            shown = shown[:-2]
        if sum(c.isdigit() for c in shown) >= 6:
            yield "national number", labelled.start("value"), labelled.start("value") + len(shown)
    for pattern, check in _STRONG_PATTERNS if _ANY_STRONG.search(text) else ():
        for found in pattern.finditer(text):
            if check(found[0]):
                yield "national number", found.start(), found.end()
    if re.search(r"\bpesel\b", text, re.IGNORECASE):
        for found in re.finditer(r"(?<!\w)\d{11}(?!\w)", text):
            if pesel.is_valid(found[0]):
                yield "national number", found.start(), found.end()
    if re.search(r"\bsteuer-?(?:id|identifikations|nummer)", text, re.IGNORECASE):
        for found in re.finditer(r"(?<!\w)\d{11}(?!\w)", text):
            if idnr.is_valid(found[0]):
                yield "national number", found.start(), found.end()
    if re.search(r"\b(?:bsn|burgerservicenummer)\b", text, re.IGNORECASE):
        for found in _BSN_LIKE.finditer(text):
            yield "national number", found.start(), found.end()
