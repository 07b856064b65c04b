"""How long a draft is as X counts it."""

X_LIMIT = 280
"""Weighted characters: a link counts 23, most letters 1, East Asian letters and emoji 2 (X's own rules)."""


def x_length(text: str) -> int:
    """The weighted length of `text` on X."""
    from twitter_text import parse_tweet  # its patterns take a quarter of a second, which no start needs

    return int(parse_tweet(text).weightedLength)
