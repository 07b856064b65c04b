import pytest

from tests.sift.company import sift

KINDS = [
    ("complaint", "@KastoHelp love the lamp but the switch is broken"),
    ("complaint", "@KastoHelp my kettle leaks, what can I do?"),
    ("complaint", "@KastoHelp not happy with this at all"),
    ("complaint", "@NordlysCare appen virker stadig ikke"),
    ("complaint", "@NordlysCare die App funktioniert seit gestern einfach nicht"),
    ("complaint", "@NordlysCare de app doet het nog steeds niet"),
    ("complaint", "@KastoHelpさん、まだ返信がありません"),
    ("complaint", "客服一直没有回复我@KastoHelp"),
    ("complaint", "@KastoHelp 对这次的服务不太满意"),
    ("praise", "@KastoHelp 仕方ないのに、すぐ対応してくださって嬉しいです"),
    ("complaint", "@KastoHelp 😡😡"),
    ("question", "@KastoHelp how do I clean the filter?"),
    ("question", "@KastoHelp where can I buy spare bulbs"),
    ("question", "@KastoHelp hvornår åbner I på lørdag?"),
    ("question", "@KastoHelp ¿hacéis envíos a Canarias?"),
    ("praise", "@KastoHelp the kettle doesn't leak any more, thank you!"),
    ("praise", "@KastoHelp can't fault the service, brilliant people"),
    ("praise", "@NordlysCare tusind tak for hjælpen"),
    ("praise", "@KastoHelp ❤️❤️"),
    ("idea", "@KastoHelp you should sell the lamp in yellow"),
    ("idea", "@NordlysCare it would be great if I could pause my plan"),
    ("idea", "@NordlysCare I wish the app had a dark mode"),
    ("complaint", "@NordlysCare l'app ancora non funziona"),
    ("complaint", "@NordlysCare a app continua a não funcionar"),
    ("question", "@KastoHelp avete la lampada anche in verde?"),
    ("question", "@KastoHelp vocês entregam em Salvador?"),
    ("praise", "@KastoHelp la caldaia non perde più, siete bravissimi"),
    ("praise", "@KastoHelp nada a apontar, atendimento impecável"),
    ("idea", "@KastoHelp sarebbe bello averla anche in giallo"),
    ("idea", "@KastoHelp podiam vender a lâmpada em amarelo"),
    ("other", "@KastoHelp I have sent you a DM"),
    ("other", "@KastoHelp https://kasto.example/lamp"),
]


@pytest.mark.parametrize(("kind", "text"), KINDS)
def test_the_words_of_a_post_say_what_it_is(sifter, kind, text):
    assert sift(sifter, text).kind == kind


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("pt", "@NordlysCare a app da loja nao funciona desde ontem"),
        ("it", "@NordlysCare il pacco non e piu arrivato, che vergogna e poi basta"),
        ("fr", "@KastoHelp la chaise est abimee et je suis decu de vous"),
        ("es", "@KastoHelp el sillon llego dañado y todavia no lo cambian"),
    ],
)
def test_words_count_without_the_accents_that_hurried_people_leave_out(sifter, language, text):
    verdict = sift(sifter, text)
    assert (verdict.language, verdict.kind) == (language, "complaint")


def test_the_reason_names_the_words(sifter):
    assert (
        sift(sifter, "@KastoHelp my kettle is leaking again").reason == "complaint words: 'leaking', 'again'"
    )


def test_thanks_in_advance_is_no_praise(sifter):
    assert sift(sifter, "@KastoHelp the address is on its way to you, thanks in advance").kind != "praise"


def test_words_of_all_packs_serve_when_the_language_is_unknown(sifter):
    verdict = sift(sifter, "@KastoHelp kaputt!!")
    assert (verdict.language, verdict.kind) == ("unknown", "complaint")
