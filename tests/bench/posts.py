"""Posts about the made-up company Tindra, as many as wanted and nearly all of them different."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count

import yaml

from config.settings import ROOT
from models.post import Post

WORDS = ROOT / "tests" / "bench" / "posts.yaml"
ASIDE, NAMED, AGAIN, IN_CONVERSATION = 0.12, 0.7, 0.1, 0.15
"""How many of the posts nobody needs to see; name our handle; are by an author of late; answer another."""


def posts(seed: int = 4) -> Iterator[Post]:
    """Without an end; the same ones for the same seed, but for their time."""
    chance = random.Random(seed)
    words = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    languages = [name for name, one in words["languages"].items() for _ in range(one["share"])]
    lately: list[Post] = []
    for number in count(1):
        if chance.random() < ASIDE:
            language, text = "en", chance.choice(words["besides"])
        else:
            language = chance.choice(languages)
            between = "" if language == "ja" else " "
            text = between.join(chance.choice(some) for some in words["languages"][language]["parts"]).strip()
            if "@" not in text and chance.random() < NAMED:
                text = f"@TindraCare {text}"
        author = f"customer_{number}" if chance.random() < 0.75 else f"c{chance.randrange(10**7, 10**8)}"
        conversation = f"{seed}-{number}"
        if lately and chance.random() < AGAIN:
            author = chance.choice(lately).author
        elif lately and chance.random() < IN_CONVERSATION:
            conversation = chance.choice(lately).conversation or conversation
        post = Post(
            source="x",
            external_id=f"{seed}-{number}",
            text=text.format(n=chance.randrange(20, 900), town=chance.choice(words["towns"])),
            created_at=datetime.now(UTC),
            author=author,
            author_id=str(number),
            author_name=f"Martha {chance.choice(words['towns'])}",
            url=f"https://x.com/{author}/status/{number}",
            language=language if chance.random() < 0.8 else None,
            conversation=conversation,
            mentions_us="@TindraCare" in text,
            metrics={"likes": chance.randrange(30), "followers": chance.randrange(3000)},
        )
        lately = [*lately[-400:], post]
        yield post
