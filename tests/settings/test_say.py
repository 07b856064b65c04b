"""What is prepared for people to say: in all twelve languages, and such that our own check takes it."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from bot.reply_check.check import check_reply
from bot.reply_check.us import Us
from config.brands import Company
from config.languages import language_packs
from config.say import PLACES, Say, said_in, say
from tests.people import playbook

TWELVE = ["en", "da", "nl", "de", "fr", "sv", "no", "es", "it", "pt", "ja", "zh"]
US = Us.of(playbook())
LINK = "https://x.com/messages/compose?recipient_id=42"


def reads(language: str) -> bool:
    pack = language_packs().get(language)
    return pack is not None and pack.reply is not None


def test_every_language_of_the_packs_has_its_sentences():
    assert all(said_in(language) for language in [*TWELVE, *language_packs()])
    assert not said_in("xx")
    assert say("unknown") == say("en")


@pytest.mark.parametrize("language", TWELVE)
def test_the_introduction_is_complete_for_the_check_and_the_invitation_says_why(language):
    if not reads(language):
        pytest.skip(f"NO REPLY PACK for {language}: its introduction was not tried")
    role = Company(name="Tindra").role_in(language)
    hello = say(language)("introduction", name="Ana", role=role, company="Tindra")
    invitation = say(language)("invite", link=LINK)
    found = check_reply(f"{hello} {invitation}", language, US)
    assert found.introduces, hello
    assert found.stops == []
    assert found.invites_private, invitation
    assert "no_reason_for_private" not in [p.key for p in found.found], invitation


@pytest.mark.parametrize("language", TWELVE)
def test_the_telephone_invitation_is_no_stop(language):
    said = say(language)("invite_phone", phone="+45 70 12 34 56")
    us = replace(US, phones=frozenset({"4570123456"}))
    found = check_reply(said, language, us, introduction_needed=False)
    assert [p.key for p in found.found if p.stops] == [], said


def test_what_stands_in_a_value_is_never_filled_in_again():
    said = say("en")("introduction", name="{company}", role="{name}", company="Tin{role}dra")
    assert said == "I'm {company}, {name} at Tin{role}dra."


def test_a_sentence_without_its_place_is_refused_with_what_belongs_there():
    good = {field: " ".join(f"{{{p}}}" for p in places) or "x" for field, places in PLACES.items()}
    assert Say(**good)
    with pytest.raises(ValidationError, match=r"invite must have \{link\}, each once"):
        Say(**{**good, "invite": "Write to us: {url}"})
    with pytest.raises(ValidationError, match="opening must have"):
        Say(**{**good, "opening": "{company} {company} {reference}"})


def test_a_role_is_one_for_all_languages_or_one_for_each():
    assert Company(name="Tindra").role_in("da") == "kundeservice"
    assert Company(name="Tindra", role="barista").role_in("da") == "barista"
    each = Company(name="Tindra", role={"da": "barista", "de": "Barista-Hilfe"})
    assert (each.role_in("de"), each.role_in("fr")) == ("Barista-Hilfe", "du service client")
