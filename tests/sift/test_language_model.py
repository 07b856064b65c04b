"""The language model as it is held, beside the library's own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.sift.language import told_apart
from bot.sift.language_model import FILE, LanguageModel
from config.languages import language_packs
from config.settings import ROOT
from tests.sift.learn_languages import library, written

TRAINING = Path(__file__).parent / "training"
AS_GOOD_AS_THE_SAME = 0.00001
"""The library adds in 32 bits, we in 64."""


@pytest.fixture(scope="module")
def librarys():
    return library(told_apart(language_packs()))


def test_it_answers_as_the_library_does(librarys):
    model = LanguageModel()
    posts = [line for path in sorted(TRAINING.glob("*.jsonl")) for line in path.open(encoding="utf-8")][::10]

    for text in [
        "",
        " ",
        "?!",
        "\0",
        "\udce9",
        "HELLO THERE",
        "ß" * 5_000,
        *(json.loads(p)["text"] for p in posts),
    ]:
        ours, theirs = model.rank(text), librarys.rank(text)
        assert dict(ours) == pytest.approx(dict(theirs), abs=AS_GOOD_AS_THE_SAME), text
        assert ours[0][0] == theirs[0][0], text


def test_the_file_is_made_of_the_library_that_is_installed_and_of_the_packs_that_are_there(librarys):
    assert FILE.read_bytes() == written(librarys), "run `python -m tests.sift.learn_languages`"


def test_a_language_that_is_written_in_two_scripts_is_one():
    languages = [language for language, _ in LanguageModel().rank("Не ради већ три дана, хвала лепо.")]

    assert languages[0] == "sr"
    assert len(languages) == len(set(languages))


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="only Linux tells what a process holds")
def test_it_takes_no_more_memory_than_its_file_and_needs_no_numpy():
    told = subprocess.run(
        [sys.executable, "-c", MEASURE], cwd=ROOT, capture_output=True, check=True, text=True
    )

    megabytes, has_numpy = told.stdout.split()
    assert float(megabytes) < 12
    assert has_numpy == "False"


MEASURE = """
import sys
from bot.sift.language_model import LanguageModel

def pages():
    with open("/proc/self/statm") as told:
        return int(told.read().split()[1])

before = pages()
LanguageModel().rank("En kop kaffe, tak. Et lille stykke kage. Merci beaucoup. Vielen Dank.")
print((pages() - before) * 4096 / 1_000_000, "numpy" in sys.modules)
"""
