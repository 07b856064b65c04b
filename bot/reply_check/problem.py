"""One thing that the check says of a draft."""

from dataclasses import dataclass

STOPS = frozenset({"asks_in_public", "gives_away", "repeats_theirs", "no_introduction"})
"""Keys of problems with which a draft must not be posted; all others are advice."""
LONGEST_SAID = 80
"""At most so many characters of a draft or post are shown in a sentence."""


@dataclass(frozen=True)
class Problem:
    """`key` is stable and names the kind; a draft may have several of one kind."""

    key: str
    sentence: str
    """For the writer: one or two short sentences."""

    @property
    def stops(self) -> bool:
        """Must the draft not be posted with it? Else it is advice."""
        return self.key in STOPS


def shown(words: str) -> str:
    """Words of a draft or post, short enough for a sentence about them."""
    words = " ".join(words.split())
    return words if len(words) <= LONGEST_SAID else f"{words[: LONGEST_SAID - 1].rstrip()}…"
