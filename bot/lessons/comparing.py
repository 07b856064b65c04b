"""The form in which posts are compared: without links' addresses, handles, numbers and the personal data that
the sift found in them."""

from collections.abc import Sequence

from bot.sift.plain_text import HANDLE, LINK, normalised

LONGEST = 500
"""Characters of a post that are compared."""
_DIGITS = str.maketrans("123456789", "000000000")


def compared(text: str, personal_data: Sequence[str] = ()) -> str:
    """The form in which posts are compared; empty where nothing is left to compare."""
    for one in personal_data:
        text = text.replace(one, " ")
    text = text[: 2 * LONGEST].replace("#", " ")
    text = normalised(HANDLE.sub(" ", LINK.sub(" ↗ ", text)))
    return " ".join(text.translate(_DIGITS).split())[:LONGEST]
