"""From posts to rows of numbers: pieces of two to four letters within words, hashed.

Hashing keeps no list of what customers wrote: a model is weights alone. A text is compared without links'
addresses, handles, numbers and the personal data that the sift found in it.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from bot.sift.plain_text import HANDLE, LINK, normalised

WIDTH = 2**15
"""Numbers in a row. Pieces of other letters that share one are rare enough not to matter."""
LONGEST = 500
"""Characters of a post that are compared."""
_PROBE = "Grüße, 咖啡 og 0 tak!"
_DIGITS = str.maketrans("123456789", "000000000")


def compared(text: str, personal_data: Sequence[str] = ()) -> str:
    """The form in which posts are compared; empty where nothing is left to compare."""
    for one in personal_data:
        text = text.replace(one, " ")
    text = text[: 2 * LONGEST].replace("#", " ")
    text = normalised(HANDLE.sub(" ", LINK.sub(" ↗ ", text)))
    return " ".join(text.translate(_DIGITS).split())[:LONGEST]


def rows(texts: Sequence[str]) -> Any:
    """A sparse matrix, one row of WIDTH numbers for each text that `compared` gave."""
    return _hasher().transform(texts)


def fingerprint() -> int:
    """Changes when the same text would give another row, as with another version of the library: then what
    was learned with the old rows means nothing."""
    row = rows([_PROBE])
    return int((row.indices.astype("int64") * 31 + 7).sum())


@cache
def _hasher() -> Any:
    # Importing it takes more than a second, which nobody should wait for who has no model.
    from sklearn.feature_extraction.text import HashingVectorizer

    return HashingVectorizer(
        analyzer="char_wb",
        ngram_range=(2, 4),
        n_features=WIDTH,
        alternate_sign=False,
        lowercase=False,
        norm="l2",
        dtype="float32",
    )
