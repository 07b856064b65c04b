"""Numbers that lead to one customer's order, booking or account, found by the word in front of them."""

import re
from collections.abc import Iterator

# kind → the words for it. A trailing "number" in each language is added by _NUMBER.
_LABELS = {
    "order number": (
        r"order|purchase|ordre|bestilling(?:en|s)?|ordren?|købsordre|bestelling|bestel|bestell(?:ung|ungs)?|"
        r"auftrag(?:s)?|commande|beställning(?:en|s)?|ordern|pedido|ordine|encomenda|compra|tilaus"
    ),
    "booking number": (
        r"booking|reservation|pnr|(?:record )?locator|localizador|localizzatore|"
        r"confirmation|reservering(?:s)?|boeking(?:s)?|buchung(?:s)?|"
        r"reservierung(?:s)?|"
        r"réservation|reserva|prenotazione|bokning(?:en|s)?|reservasjon(?:s)?|bestillingsreferanse"
    ),
    "customer number": (
        r"customer|client|member(?:ship)?|loyalty|frequent flyer|kunde|kunden|klant(?:en)?|kund|cliente|"
        r"tessera|fidelidade|medlems|meter|måler|mätar|zähler|compteur|contador|contatore|"
        r"lid(?:maatschaps)?|mitglieds|abonné|policy|police|polis|contract|kontrakt|vertrags|contrat|contrato|contratto"
    ),
    "account number": r"account|konto|rekening|compte|cuenta|conta|conto|sort code|reg",
    "tracking number": r"tracking|parcel|consignment|shipment|pakke|sendungs|sendungsverfolgungs|"
    "zending(?:s)?|suivi|tracciamento|spedizione|rastreio|rastreamento|seguimiento",
    "invoice number": r"invoice|faktura|factuur|rechnungs|facture|factura|fattura|fatura",
    "case number": r"case|ticket|reference|sags|referance|zaak|fall|vorgangs|ärende|saks|dossier|incidencia|"
    r"pratica|segnalazione|chamado|protocolo|processo|reclamação",
    "passport number": r"passport|pas|paspoort|reisepass|passeport|pasaporte|passaporto|passaporte|"
    r"passnummer|pass",
    "driving licence number": r"driving licen[cs]e|driver'?s licen[cs]e|kørekort|rijbewijs|führerschein|"
    "körkort",
}
_NUMBER = (
    r"(?:(?:[ -]?(?:number|num|no|nr|id|code|ref(?:erence)?|nummer(?:et)?|numret|numéro|numero|número|"
    r"referentie|"
    r"reference|referens|referenz|referência|riferimento)\b\.?)|[ ]?(?:n[°ºo]\.?|n\.(?=\s?\w*\d)|nro\.?|#|№))"
)
# "order number is", "ordrenummer: ", "Bestellnummer lautet"
_LINK = r"[ ]{0,2}(?:[:=#]|is\b|was\b|er\b|ist\b|lautet\b|est\b|es\b|är\b|è\b|é\b|-(?= ))?[ ]{0,2}[:#]?[ ]?"
_VALUE = r"(?P<value>[#]?(?=[\w/-]{0,12}\d)[A-Za-z0-9]{1,20}(?:[-/][A-Za-z0-9]{1,20}){0,4})(?![\w])"
# "numéro client", "número de cliente", "codice cliente"
_BEFORE = (
    r"(?:numéro|número|numero|codice|código|n[°ºo]\.?|nro\.?|num\.)\s?(?:de |d'|do |da |di |del |della )?"
    r"(?:la |le )?"
)
_PATTERNS = {
    kind: re.compile(
        rf"(?<![\w@#])(?P<before>{_BEFORE})?(?:{words})(?P<number>{_NUMBER})?{_LINK}{_VALUE}", re.IGNORECASE
    )
    for kind, words in _LABELS.items()
}
# One look for all of them, quick because it needs no two cases: nearly no post has any. Three digits, or the
# capitals and digits of a booking.
_ANY_VALUE = re.compile(r"\d(?:\D*+\d){2}|[A-Z0-9]{5}")
_ANY = re.compile(rf"(?<![\w@#])(?:{'|'.join(_LABELS.values())})(?:{_NUMBER})?{_LINK}{_VALUE}")
# Where case is ignored, these are an i.
_DOTTED = str.maketrans("İı", "ii")
# Only these may stand without the word "number" ("my order 4711-2231"); a bare "account 2" says nothing.
_SPEAKS_FOR_ITSELF = ("order number", "booking number")
_RECORD_LOCATOR = re.compile(r"(?=\w*\d)(?=\w*[A-Z])[A-Z0-9]{5,8}")
_BARE_ACCOUNT = re.compile(r"\d{8,12}")
# Their parts: a bank's sort code, the Danish registration number before an account, account with its branch.
_BANK = (
    re.compile(r"\bsort code(?: is)?[: ]{1,3}(?P<value>\d\d-?\d\d-?\d\d)(?!\d|-)", re.IGNORECASE),
    re.compile(
        r"\breg\.? ?(?:nr\.?|nummer)?[: ]{0,2}(?P<value>\d{4})(?=[ ,.:/-]{1,3}(?:konto|kto))", re.IGNORECASE
    ),
    re.compile(
        r"\b(?:konto(?:nummer|nr\.?)?|kto\.?)[: ]{1,2}"
        r"(?P<value>\d{4}[ .-]\d{2}[ .-]\d{5}|\d{4}[ -]\d{6,10})(?!\d)",
        re.IGNORECASE,
    ),
)
# Parcels: the postal union's S10 form, and those of two large carriers.
_PARCEL = re.compile(r"(?<![\w-])(?:[A-Z]{2}\d{9}[A-Z]{2}|1Z[0-9A-Z]{16}|JJ?D\d{12,20})(?![\w-])")
_AMOUNT_AFTER = re.compile(
    r"\s?(?:[€$£%]|(?:kr|reais|dkk|eur|euros?|usd|gbp|sek|nok|pcs|pieces|stk|stuks|stück|items?|times|days?|x|"
    r"kg|km|weeks?|minutes?|hours?|people|units|bottles|boxes)\b|[.,:]\d)",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\d{1,4}[-/]\d{1,2}[-/]\d{1,4}|\d{1,2}/\d{1,4}|(?:19|20)\d\d|\d+(?:st|nd|rd|th|x|er|kr|gb|h|am|pm)", re.I
)


def labelled_numbers(text: str) -> Iterator[tuple[str, int, int]]:
    """(kind, start, end) of each number whose label says that it is a customer's. `text` is plain."""
    yield from (("tracking number", *found.span()) for found in _PARCEL.finditer(text))
    if not (_ANY_VALUE.search(text) and _ANY.search(text.translate(_DOTTED).casefold())):
        return
    for pattern in _BANK:
        yield from (("account number", *found.span("value")) for found in pattern.finditer(text))
    for kind, pattern in _PATTERNS.items():
        for found in pattern.finditer(text):
            value = found["value"]
            if _AMOUNT_AFTER.match(text, found.end("value")) or _DATE.fullmatch(value.lstrip("#")):
                continue
            if _is_a_number_of(
                kind, value, bool(found["number"] or found["before"]) or "#" in found[0] or ":" in found[0]
            ):
                start = found.start("value") + value.startswith("#")
                yield kind, start, found.end("value")


def _is_a_number_of(kind: str, value: str, is_named: bool) -> bool:
    digits = sum(c.isdigit() for c in value)
    if (kind == "booking number" or is_named) and _RECORD_LOCATOR.fullmatch(value):
        return True
    if is_named:
        return digits >= 5 or (digits >= 3 and digits * 2 >= len(value.replace("-", "")))
    if kind == "account number" and _BARE_ACCOUNT.fullmatch(value):
        return True
    if kind not in _SPEAKS_FOR_ITSELF:
        return False
    if not value.isdigit():
        return digits >= 4
    # "order 1500 bricks" is an amount, "order 4711" is a number.
    return digits >= 5 or (digits == 4 and not value.endswith("00"))
