"""Personal data that a draft would publish; our own service numbers and mailboxes are none."""

import re

from bot.reply_check.us import Us
from bot.reply_check.words import Words
from bot.sift.personal_data import PersonalData, find_personal_data

_ROLE_MAILBOX = re.compile(
    r"(?:customer[._-]?(?:care|service|support)|customers?|support|service|care|help(?:desk)?|info|hello|hi|hej|hallo|"
    r"contact|kontakt|kundeservice|kundenservice|kundenbetreuung|kundendienst|klantenservice|klantenzorg|"
    r"reparation|repairs?|reparatur|reparatie|orders?|ordre|bestellung|bestelling|returns?|retur|retouren?|"
    r"warranty|garantie?|sales|salg|verkauf|verkoop|billing|faktura|press|presse|pers|social|team|mail|post|"
    r"office|privacy|datenschutz|dpo|gdpr|web(?:shop|master)?|shop|butik|feedback|noreply|no-reply|webcare|"
    r"service-?clients?|sav|bonjour|commandes?|assistance|clientes?|atencion(?:[._-]?al[._-]?cliente)?|soporte|"
    r"pedidos|ayuda|hola|ventas|prensa|servizio[._-]?clienti|assistenza|clienti|supporto|ciao|ordini|vendite|"
    r"stampa|apoio(?:[._-]?(?:ao[._-]?)?cliente)?|atendimento|suporte|ajuda|ola|sac|encomendas|vendas|imprensa|"
    r"spare-?parts|reservedele|ersatzteile|onderdelen|hotline|technik|teknik|techniek)"
    r"(?:[._+-]?(?:team|dk|nl|de|uk|us|eu|en|be|at|ch|fr|es|it|pt|br|int|international))?@",
    re.IGNORECASE,
)
_LOOKED_AT = 60
"""The words that say "this is our number" stand within so many characters before it."""


def given_away(text: str, words: list[Words], us: Us) -> list[PersonalData]:
    """The personal data in `text`, exact substrings, in order, each text once."""
    found = find_personal_data(text, order_pattern=us.order_pattern, phone_regions=us.phone_regions)
    theirs = [one for one in found if re.sub(r"\D", "", one.text) not in us.phones]
    kept = [one for one in theirs if not ours(one, text, found, words)]
    return list({one.text: one for one in reversed(kept)}.values())[::-1]


def ours(one: PersonalData, text: str, found: list[PersonalData], words: list[Words]) -> bool:
    """Is `one` of the things `found` in `text` our own service number or mailbox?"""
    if one.kind == "e-mail address":
        return _ROLE_MAILBOX.match(one.text) is not None
    if one.kind != "phone number":
        return False
    # "Call us on 0800 123 456 or +45 70 12 34 56": the second number is ours like the first.
    before = text[max(0, one.start - _LOOKED_AT) : one.start]
    earlier = [other for other in found if other.kind == "phone number" and other.end <= one.start]
    if earlier and _joins(text[earlier[-1].end : one.start]) and ours(earlier[-1], text, found, words):
        return True
    after = text[one.end :].lstrip(" )）」")
    return any(_ends_with(pack.own_contact, before) or pack.own_contact_after.match(after) for pack in words)


def _joins(between: str) -> bool:
    return len(between) <= 16 and not re.search(r"[.!?]\s", between)


def _ends_with(pattern: re.Pattern[str], before: str) -> bool:
    tail = before.rstrip(" :(\t*_–-,.☎📞：（、，「【→")
    return any(found.end() == len(tail) for found in pattern.finditer(tail))
