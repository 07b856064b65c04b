import pytest

from tests.sift.company import post, sift

WRITTEN = [
    ("en", "@KastoHelp the new shelf does not fit the old brackets"),
    ("da", "Jeg har ikke hørt noget fra jer siden i fredags"),
    ("no", "Jeg har ikke hørt noe fra dere siden fredag"),
    ("sv", "Jag har inte hört något från er sedan i fredags"),
    ("nl", "Ik heb sinds vrijdag niets meer van jullie gehoord"),
    ("de", "Seit Freitag habe ich nichts mehr von euch gehört"),
    ("fr", "Je n'ai plus de vos nouvelles depuis vendredi"),
    ("es", "No sé nada de vosotros desde el viernes pasado"),
    ("it", "Non ho più notizie da voi da venerdì scorso"),
    ("pt", "Não sei nada de vocês desde sexta-feira"),
    ("ja", "Kastoの椅子が昨日から壊れています"),
    ("zh", "我的订单还没有到"),
    ("zh", "椅子壞了，請幫我處理"),
    ("ja", "返金対応希望"),
    ("ko", "주문한 물건이 아직 안 왔어요"),
    ("ru", "Мой заказ до сих пор не пришёл"),
]


@pytest.mark.parametrize(("language", "text"), WRITTEN)
def test_the_language_of_a_sentence_is_known(sifter, language, text):
    assert sift(sifter, text).language == language


def test_handles_tags_links_and_emoji_say_nothing_about_the_language(sifter):
    noise = "@KastoHelp #thebest #shopping https://kasto.example/this-is-the-page 😡"
    assert sift(sifter, f"{noise} Jeg mangler stadig to skruer").language == "da"


def test_two_words_are_too_few(sifter):
    assert sift(sifter, "@KastoHelp hallo daar").language == "unknown"


def test_the_sources_hint_serves_where_the_text_is_too_short(sifter):
    assert sift(sifter, "@KastoHelp hallo!", language="nl-NL").language == "nl"
    assert sift(sifter, "@KastoHelp hei", language="nb").language == "no"


def test_characters_that_both_chinese_and_japanese_have_follow_the_hint(sifter):
    assert sift(sifter, "@KastoHelp 全品返品", language="ja").language == "ja"
    assert sift(sifter, "@KastoHelp 全品返品").language == "zh"


def test_what_the_author_wrote_in_before_serves_next(sifter):
    assert sifter.sift(post("@KastoHelp hallo!", language="und"), earlier_language="de").language == "de"


def test_a_clear_text_beats_the_hint(sifter):
    assert sift(sifter, "Jeg mangler stadig to skruer og en låge til skabet", language="en").language == "da"
