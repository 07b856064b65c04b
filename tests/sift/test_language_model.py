"""The language model as it is held, beside the library's own."""

import json
from pathlib import Path

import numpy as np
import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from bot.sift.language_model import LanguageModel

LANGUAGES = ("da", "de", "en", "fr", "nl", "no", "ru", "sr", "xx")
TRAINING = Path(__file__).parent / "training"


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    return LanguageModel.of(LANGUAGES)


def test_it_answers_as_the_library_does(model):
    own = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    own.set_languages([language for language in LANGUAGES if language != "xx"])
    own.nb_ptc = own.nb_ptc.astype(np.float32)
    posts = [line for path in sorted(TRAINING.glob("*.jsonl")) for line in path.open(encoding="utf-8")][::10]

    for text in ["", " ", "?!", "\0", "\udce9", "HELLO THERE", *(json.loads(post)["text"] for post in posts)]:
        assert model.rank(text) == own.rank(text), text


def test_it_knows_the_languages_it_was_asked_for_and_no_others(model):
    assert {language for language, _ in model.rank("En kop kaffe, tak.")} == set(LANGUAGES) - {"xx"}


def test_it_takes_a_fifth_of_the_memory(model):
    tables = model._moves, model._piece_of, model._pieces_of_state, model._weights_of
    held = sum(table.itemsize * len(table) for table in tables) + model.nb_ptc.nbytes

    assert held < 12_000_000
    assert model._full_model[0] is model.nb_ptc
    assert model.tk_nextmove is None
