"""How long a draft is on X."""

import subprocess
import sys

import pytest

from bot.reply_check.length import x_length
from config.settings import ROOT


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("Hello", 5),
        ("日本", 4),
        ("👍", 2),
        ("👨‍👩‍👧‍👦", 2),
        ("🙋🏽", 2),
        ("see example.com", 4 + 23),
        ("https://example.com/a/very/long/path/that/goes/on", 23),
    ],
)
def test_signs_count_as_x_counts_them(text, length):
    assert x_length(text) == length


def test_it_can_be_counted_where_setuptools_has_no_pkg_resources():
    told = subprocess.run([sys.executable, "-c", ALONE], cwd=ROOT, capture_output=True, check=True, text=True)

    assert told.stdout.split() == ["2", "False"]


ALONE = """
import sys
from bot.reply_check.length import x_length

print(x_length("👍🏽"), "pkg_resources" in sys.modules)
"""
