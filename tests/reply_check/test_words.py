"""The patterns of the language packs: made when they are first needed, and each of them sound."""

import pytest

from bot.reply_check.words import words_for
from config.languages import language_packs


@pytest.mark.parametrize("language", [code for code, pack in language_packs().items() if pack.reply])
def test_every_pattern_of_a_pack_is_a_regular_expression(language):
    [words] = words_for(language)
    assert words.data


def test_without_a_pack_for_the_language_every_pack_is_tried():
    assert len(words_for("xx")) == len(words_for(None)) > 1
