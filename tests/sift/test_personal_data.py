import time
from itertools import pairwise

import pytest

from bot.sift.personal_data import find_personal_data

REGIONS = ("GB", "DK", "NL", "DE", "NO")

FOUND = [
    # text, what is found, of which kind
    ("Order KS-448120 never came", ["KS-448120"], "order number"),
    ("my order 4711-2231 is late", ["4711-2231"], "order number"),
    ("order no. 90214", ["90214"], "order number"),
    ("Ordrenr. 12345678 er ikke kommet", ["12345678"], "order number"),
    ("Bestellnummer: AB-1234 fehlt", ["AB-1234"], "order number"),
    ("bestelling 12345 nog niet binnen", ["12345"], "order number"),
    ("commande n° 1234 pas reçue", ["1234"], "order number"),
    ("beställning 77120 saknas", ["77120"], "order number"),
    ("pedido 7719042 sin llegar", ["7719042"], "order number"),
    ("booking reference X7KP2Q", ["X7KP2Q"], "booking number"),
    ("mit kundenummer er 556677", ["556677"], "customer number"),
    ("write to ana.b+shop@mail.example.dk please", ["ana.b+shop@mail.example.dk"], "e-mail address"),
    ("ana (at) example.com", ["ana (at) example.com"], "e-mail address"),
    ("mail me: ana at mail dot com", ["ana at mail dot com"], "e-mail address"),
    ("Order #A-99812 is missing", ["A-99812"], "order number"),
    ("Bestillingsnummer 7H3KQP", ["7H3KQP"], "order number"),
    ("Localizador: K2M8TZ.", ["K2M8TZ"], "booking number"),
    ("numéro client 8812344", ["8812344"], "customer number"),
    ("il mio codice cliente 8812344", ["8812344"], "customer number"),
    ("Zählernummer 1ESY1160123456", ["1ESY1160123456"], "customer number"),
    ("account no 12345678 sort code 20-00-00", ["12345678", "20-00-00"], "account number"),
    ("reg. 9570 konto 0012345678", ["9570", "0012345678"], "account number"),
    ("kontonummer 1234.56.78903", ["1234.56.78903"], "account number"),
    ("parcel JJD000390007882823 lost", ["JJD000390007882823"], "tracking number"),
    ("RR123456789DK er væk", ["RR123456789DK"], "tracking number"),
    ("Keizersgracht 123-II", ["Keizersgracht 123-II"], "street address"),
    ("Calle Mayor 12, 3º B, 28013 Madrid", ["Calle Mayor 12, 3º B, 28013 Madrid"], "street address"),
    ("Rua Augusta, 1500, apto 32", ["Rua Augusta, 1500, apto 32"], "street address"),
    ("in via Garibaldi 27, 40124 Bologna la linea?", ["via Garibaldi 27, 40124 Bologna"], "street address"),
    (
        "Rua das Rosas 112, 3.º Esq, 4050-262 Porto",
        ["Rua das Rosas 112, 3.º Esq, 4050-262 Porto"],
        "street address",
    ),
    ("マイナンバーも427400192719です", ["427400192719"], "national number"),
    ("meine Steuer-ID? Steht im Chat (36574261809)", ["36574261809"], "national number"),
    ("Hentes på Gjøvik. Ring 934 56 781.", ["934 56 781"], "phone number"),
    ("Collect from Hexham. Ring 020 7946 0862.", ["020 7946 0862"], "phone number"),
    ("微信号 li_ming88", ["li_ming88"], "messenger name"),
    ("卡号6222 0212 3456 7890 123", ["6222 0212 3456 7890 123"], "card number"),
    ("pay to DK50 0040 0440 1162 43 please", ["DK50 0040 0440 1162 43"], "IBAN"),
    ("iban nl91abna0417164300", ["nl91abna0417164300"], "IBAN"),
    ("my card 4111 1111 1111 1111 was charged", ["4111 1111 1111 1111"], "card number"),
    ("5500-0000-0000-0004 declined", ["5500-0000-0000-0004"], "card number"),
    ("CPR 010190-1234", ["010190-1234"], "national number"),
    ("mijn BSN is 123456782", ["123456782"], "national number"),
    ("SSN 123-45-6789", ["123-45-6789"], "national number"),
    ("personnummer 811228-9874", ["811228-9874"], "national number"),
    ("Steuer-ID 12 345 678 901", ["12 345 678 901"], "national number"),
    ("ni number QQ 12 34 56 C", ["QQ 12 34 56 C"], "national number"),
    ("ring 20 34 56 78 efter fem", ["20 34 56 78"], "phone number"),
    ("call me on +44 7700 900123", ["+44 7700 900123"], "phone number"),
    ("call 07700 900456 or 07700 900457", ["07700 900456", "07700 900457"], "phone number"),
    ("bel me op 06-12345678", ["06-12345678"], "phone number"),
    ("unter 0171 2345678 erreichbar", ["0171 2345678"], "phone number"),
    ("appelez-moi au 06 12 34 56 78", ["06 12 34 56 78"], "phone number"),
    ("bor på Vestergade 12, 3. tv, 8000 Aarhus C", ["Vestergade 12, 3. tv, 8000 Aarhus C"], "street address"),
    ("I live at 12 Baker Street.", ["12 Baker Street"], "street address"),
    ("it is 4 Mill Lane, York YO1 7AA now", ["4 Mill Lane, York YO1 7AA"], "street address"),
    ("Keizersgracht 123, 1015 CJ Amsterdam", ["Keizersgracht 123, 1015 CJ Amsterdam"], "street address"),
    ("Hauptstraße 5 in Jena", ["Hauptstraße 5"], "street address"),
    ("Berliner Str. 12b, 10115 Berlin", ["Berliner Str. 12b, 10115 Berlin"], "street address"),
    ("Storgatan 8, 903 26 Umeå", ["Storgatan 8, 903 26 Umeå"], "street address"),
    ("Karl Johans gate 7 i Oslo", ["Karl Johans gate 7"], "street address"),
    ("12 rue de la Paix, 75002 Paris", ["12 rue de la Paix, 75002 Paris"], "street address"),
    ("Calle Mayor 14, 28013 Madrid", ["Calle Mayor 14, 28013 Madrid"], "street address"),
    ("in via Roma 3, 20121 Milano", ["via Roma 3, 20121 Milano"], "street address"),
    ("Rua das Flores 14, 4050-262 Porto", ["Rua das Flores 14, 4050-262 Porto"], "street address"),
    ("Rua Augusta, 1500, 01304-001 São Paulo", ["Rua Augusta, 1500, 01304-001 São Paulo"], "street address"),
    ("o meu CPF é 529.982.247-25", ["529.982.247-25"], "national number"),
    ("NIF 123456789 na fatura", ["123456789"], "national number"),
    ("codice fiscale RSSMRA85T10A562S", ["RSSMRA85T10A562S"], "national number"),
    ("ordine n. 90214 mai arrivato", ["90214"], "order number"),
    ("numero ordine: 88123", ["88123"], "order number"),
    ("minha encomenda 7719042 não chegou", ["7719042"], "order number"),
    ("Engdraget 17, 4000 Roskilde", ["Engdraget 17, 4000 Roskilde"], "street address"),
    ("I'm in SW1A 1AA", ["SW1A 1AA"], "postcode"),
    ("注文番号は KS-448120 です", ["KS-448120"], "order number"),
    ("注文KS-448120がまだ届きません", ["KS-448120"], "order number"),
    ("注文番号１２３４５６７８がまだ届きません", ["１２３４５６７８"], "order number"),
    ("订单号20260301234，一直没发货", ["20260301234"], "order number"),
    ("訂單編號：TD8899001", ["TD8899001"], "order number"),
    ("予約番号X7KP2Qです", ["X7KP2Q"], "booking number"),
    ("快递单号SF1234567890123", ["SF1234567890123"], "tracking number"),
    ("メールはana@example.comです", ["ana@example.com"], "e-mail address"),
    ("カード4111 1111 1111 1111が二重請求", ["4111 1111 1111 1111"], "card number"),
    ("マイナンバーは123456789018", ["123456789018"], "national number"),
    ("身份证号是11010519491231002X", ["11010519491231002X"], "national number"),
    ("寫了A123456789給你們", ["A123456789"], "national number"),
    ("090-1234-5678に電話ください", ["090-1234-5678"], "phone number"),
    ("電話は０９０ー１２３４ー５６７８", ["０９０ー１２３４ー５６７８"], "phone number"),
    ("手机13812345678，打我电话", ["13812345678"], "phone number"),
    ("0912-345-678 請回電", ["0912-345-678"], "phone number"),
    (
        "〒150-0041 東京都渋谷区神南1-2-3 ハイツ201号室です",
        ["〒150-0041 東京都渋谷区神南1-2-3 ハイツ201号室"],
        "street address",
    ),
    ("住所は大阪府大阪市北区梅田三丁目1番1号", ["大阪府大阪市北区梅田三丁目1番1号"], "street address"),
    ("寄到上海市徐汇区漕溪北路88号2栋301室", ["上海市徐汇区漕溪北路88号2栋301室"], "street address"),
    ("台北市大安區忠孝東路四段100號5樓之2", ["台北市大安區忠孝東路四段100號5樓之2"], "street address"),
    ("郵便番号は123-4567", ["123-4567"], "postcode"),
    ("邮编200030", ["200030"], "postcode"),
    ("微信号：lily_coffee", ["lily_coffee"], "messenger name"),
]
NOTHING = [
    "I called the helpline on 0800 123 4567 again",
    "only at kasto dot com this week",
    "serial number 99812377",
    "order 66 and order 1500 bricks",
    "@kasto_12345678 see https://kasto.example/orders/12345678?tel=20345678 #20345678x",
    "mail us: @ana.bsky.example",
    "1.499.000 kr. eller 2 500 000 kr",
    "it cost 12345678 kr",
    "between 2019 and 2024, so 2019-2020 and 2021/2022",
    "den 24.12.2024 kl. 12:30, or 2024-12-24 12:30",
    "model EQ-12345678 and EAN 5901234123457",
    "at gate 12 for 3 hours, then 2 weeks on the road",
    "I want to order 1500 bricks, 16 GB of RAM and 2 TB",
    "ordered in 2023, order from 2024-10-01",
    "Bahnhof 3, Parkplatz 12 und Hauptstraße 5 Minuten zu Fuß",
    "version 10.0.19045.3803 failed",
    "3 days, 5 minutes, 100%, 20°C, 1080p, 4711",
    "the 5 star service",
    "フリーダイヤル0120-123-456に電話したが3000万円のEQ-12345678は無いと言われた",
    "400-820-8820一直打不通，价格是12345678元",
    "2026年3月2日に渋谷区で3-4日待った",
    "@KastoHelpさん、https://kasto.example/1234567890を見て",
    "",
]


def find(text, order_pattern=r"\bKS-\d{6}\b"):
    return find_personal_data(text, order_pattern=order_pattern, phone_regions=REGIONS)


@pytest.mark.parametrize(("text", "wanted", "kind"), FOUND)
def test_what_leads_to_a_person_is_found_exactly_as_written(text, wanted, kind):
    found = find(text)
    assert [p.text for p in found] == wanted
    assert {p.kind for p in found} == {kind}
    assert all(text[p.start : p.end] == p.text for p in found)


@pytest.mark.parametrize("text", NOTHING)
def test_handles_links_prices_dates_and_models_are_no_personal_data(text):
    assert find(text) == []


def test_the_teams_own_order_pattern_wins_over_a_phone_number():
    [found] = find("it is 20345678", order_pattern=r"\b\d{8}\b")
    assert found.kind == "order number"


def test_the_order_pattern_does_not_cut_a_card_or_an_international_number_in_pieces():
    text = "card 4111 1111 1111 1111, tel +45 20345678"
    found = find(text, order_pattern=r"\d{8}|\d{4} \d{4}")
    assert [p.text for p in found] == ["4111 1111 1111 1111", "+45 20345678"]


def test_findings_stand_in_order_and_do_not_overlap():
    found = find("Ana, Vestergade 12, 8000 Aarhus, tel. 20 34 56 78, ana@mail.example, KS-123456")
    assert [p.kind for p in found] == ["street address", "phone number", "e-mail address", "order number"]
    assert all(a.end <= b.start for a, b in pairwise(found))


def test_look_alike_and_invisible_characters_hide_nothing():
    [found] = find("tlf ２０\u200b ３４ 56 78")
    assert found.text == "２０\u200b ３４ 56 78"


HOSTILE = [
    "1 " * 5000, "1" * 10_000, "a." * 5000, "A " * 5000, "@" * 10_000, "12 Aa " * 1600, "\x00\u202e" * 5000,
    "a@" * 5000, "1-" * 5000, "DK50 " * 2000, "order 12345 " * 800, "Aa-" * 3300, "12 rue de la " * 800,
    "+45 12 34 56 78 " * 600, "order number: " * 700, "vestergade 12, " * 700, "cpr nr nr " * 1000,
    "A'" * 5000, "東京都渋谷区" * 1700, "注文番号は1の" * 1300, "上海市一路1号" * 1300, "市一丁目1" * 2000,
    "0120-12" * 1500, "一" * 10_000, "電話は0" * 2500,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_ten_thousand_hostile_characters_are_read_in_bounded_time(text):
    begun = time.perf_counter()
    find(text[:10_000])
    assert time.perf_counter() - begun < 10  # a pattern that backtracks takes minutes
