import pytest

from tests.sift.company import sift

BUSINESS = [
    ("en", "still nothing from Velora, i asked customer service for my money on Monday"),
    ("da", "Velora har sendt mig en faktura på noget, jeg aldrig har bedt om"),
    ("sv", "Har ringt Veloras kundtjänst två gånger den här veckan, inget svar"),
    ("no", "Velora sendte meg en faktura for noe jeg aldri har bedt om"),
    ("de", "Velora hat mir schon wieder die Abos draufgebucht, obwohl die Sperre drin ist"),
    ("nl", "Velora stuurt me een factuur voor iets waar ik nooit om heb gevraagd"),
    ("fr", "Velora m'envoie une facture pour une chose que je n'ai jamais demandée"),
    ("es", "Velora me cobró dos veces lo mismo y nadie me explica por qué"),
    ("it", "Il servizio clienti di Velora mi ha fatto aspettare tutta la mattina"),
    ("pt", "A Velora mandou uma fatura de uma coisa que eu nunca pedi"),
    ("ja", "Veloraの請求が二重になっているのですが、どうしてでしょうか"),
    ("zh", "Velora的客服一直没有人接,等了一个上午"),
]
OTHERS = [
    "Velora won every header tonight and scored twice, what a match",
    "Our baby is called Velora and she slept through the night for the first time",
    "Der Velora schoss gestern das Tor zum 2:1, das ganze Stadion tobte",
    "Nous avons marché jusqu'à Velora, un hameau de douze maisons au bord de l'eau",
    "Café Velora, 12 Mill Lane, Bath BA1 5QR, opens at eight",
]


@pytest.mark.parametrize(("language", "text"), BUSINESS)
def test_a_word_of_business_shows_that_the_company_is_meant(sifter, language, text):
    verdict = sift(sifter, text, language=language)
    assert (verdict.language, verdict.shown) == (language, True), verdict.reason


@pytest.mark.parametrize("text", OTHERS)
def test_sport_babies_places_and_a_namesakes_address_are_set_aside(sifter, text):
    assert sift(sifter, text).reason == "namesake: no word shows that Velora the company is meant"


@pytest.mark.parametrize("text", ["Velora, KS-123456 please", "Velora? my booking reference is QX7K2M"])
def test_an_order_or_booking_number_shows_that_the_company_is_meant(sifter, text):
    assert sift(sifter, text).shown


NAMES = ["Nordlys' lamp", "Nordlys's lamp", "the Kastos lamp", "Veloras flyg", "Velora's flight"]


@pytest.mark.parametrize("text", [*NAMES, "Velora’s flight", "Veloraの飛行機 flight"])
def test_a_name_is_found_with_its_genitive(sifter, text):
    assert sift(sifter, text).shown


@pytest.mark.parametrize("text", ["Velorasaurus flight", "Velorass flight", "Veloran flight"])
def test_a_longer_word_is_not_the_name(sifter, text):
    assert sift(sifter, text).reason.startswith("not about us")
