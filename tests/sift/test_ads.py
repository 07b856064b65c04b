import pytest

from tests.sift.company import playbook, sift
from tests.sifters import sifter_of

ADS = [
    (
        "for-sale words: 'sælger', 'pæn stand', 'afhentes', price",
        "Sælger Kasto lænestol, pæn stand, 400 kr. Afhentes i Vejle",
    ),
    ("for-sale words", "For sale: Kasto bunk bed, barely used, £60"),
    ("for-sale words", "Te koop: Kasto kast, nette staat, € 40, ophalen in Gouda"),
    ("for-sale words", "Verkaufe Kasto Regal, 30 € VB, Abholung in Ulm"),
    ("job words", "We're hiring at Kasto! Warehouse staff, full time. Apply now"),
    ("job words", "Kasto sucht: Stellenangebot Lagerleitung (m/w/d), Vollzeit"),
    ("giveaway words", "Win a Kasto voucher! Follow us and tag a friend to enter"),
    ("giveaway words", "Vi lottar ut en Kasto-stol! Gilla och dela inlägget"),
    ("affiliate words", "20% off everything at Kasto with my code ANNA20, link in bio"),
    ("for-sale words", "引っ越しのためKastoの机を譲ります。美品、2,000円"),
    ("for-sale words", "转让Kasto书架，九成新，150元，同城自提"),
    ("affiliate words", "-15 % chez Kasto avec mon code EMMA, lien en bio #pub"),
    ("for-sale words", "Vendo scrivania Kasto, ottimo stato, 60 euro, ritiro a mano a Lecce"),
    ("giveaway words", "Sorteio de um vale Kasto! Segue o perfil e marca dois amigos para participar"),
]
NO_ADS = [
    "@KastoHelp I bought a used Kasto freezer for £80 and it died after two days. I'm furious",
    "Købte en brugt Kasto cykel for 900 kr, og kæden er knækket. Hvad gør jeg?",
    "Is the Kasto garden set still for sale in Leeds?",
    "@KastoHelp are you hiring?",
    "@KastoHelp stellt ihr noch Leute ein?",
    "@KastoHelp your promo code isn't working at checkout",
    "@KastoHelp I entered your giveaway in May and never heard who won",
    "@KastoHelp thinking of selling my desk, can I still get the missing screws?",
    "Ho comprato un divano Kasto usato a 90 euro e si è già rotto. Che faccio?",
    "Comprei uma bicicleta Kasto em segunda mão por 90 euros e a corrente partiu. E agora?",
    "@KastoHelp この机はまだ売っていますか？ 中古で買おうか迷っています",
    "@KastoHelp 我在闲鱼买的二手Kasto冰箱，用了两天就坏了",
    "@KastoHelp the seller on your marketplace never sent my parcel",
]


@pytest.mark.parametrize(("reason", "text"), ADS)
def test_an_advertisement_is_set_aside_with_its_words(sifter, reason, text):
    verdict = sift(sifter, text)
    assert (verdict.shown, verdict.kind) == (False, "ad")
    assert verdict.reason.startswith(reason)


@pytest.mark.parametrize("text", NO_ADS)
def test_a_customers_own_story_is_no_advertisement(sifter, text):
    verdict = sift(sifter, text)
    assert verdict.shown
    assert verdict.kind != "ad"


def test_a_team_may_want_to_see_ads():
    sifter = sifter_of(playbook(sift={"ads": {"set_aside": False}}))
    verdict = sift(sifter, ADS[1][1])
    assert (verdict.shown, verdict.kind) == (True, "ad")


def test_a_team_has_its_own_words_for_ads_and_its_own_exceptions():
    own = {"ads": {"any": ["bulk resale*"], "unless": ["fake shop"]}}
    sifter = sifter_of(playbook(sift=own))
    verdict = sift(sifter, "Kasto bulk resales for your office, ask us")
    assert (verdict.shown, verdict.reason) == (False, "ad words: 'bulk resales'")
    warned = "A fake shop offers: for sale Kasto bunk bed, £60, pick up today. Careful everybody"
    assert sift(sifter, warned).shown
