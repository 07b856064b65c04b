"""Drafts in scripts that put no space between words."""

from bot.reply_check.reading import sentences, word_count


def texts(draft: str) -> list[str]:
    return [sentence.text for sentence in sentences(draft)]


def test_full_width_signs_end_sentences_and_clauses():
    draft = "ご不便をおかけしております。ご注文番号、お電話番号を教えていただけますか？よろしくお願いします！"
    assert texts(draft) == [
        "ご不便をおかけしております",
        "ご注文番号, お電話番号を教えていただけますか",
        "よろしくお願いします",
    ]
    assert [sentence.asks for sentence in sentences(draft)] == [False, True, False]


def test_handles_links_and_mailboxes_end_where_the_script_changes():
    assert texts("@mia_kさん、https://tindra.example/fからご連絡ください。") == [
        "さん, ⟨link⟩からご連絡ください"
    ]
    assert texts("请发到care@tindra.example，谢谢") == ["请发到⟨mail⟩, 谢谢"]


def test_decimals_and_times_stay_whole():
    assert texts("9:30から2.5リットル") == ["9:30から2.5リットル"]


def test_three_characters_count_as_a_word():
    assert word_count("order number") == 2
    assert word_count("订单号码") == 2
