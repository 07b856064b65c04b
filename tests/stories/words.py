"""What customers write in these tests."""

from random import Random
from typing import Any

from models.post import Post
from tests.people import post

CLAIM = (
    "Don't buy a Tindra One! The drip tray of mine is broken after two weeks, and all they say is that it "
    "is not covered by the warranty @TindraCare"
)
PRAISE = (
    "I love my Tindra One, it is the best machine I have ever had, two weeks in and I drink nothing but "
    "the coffee that it makes @TindraCare"
)
BEGINNINGS = (
    "Bought a Tindra for our kitchen last spring.", "Third week with the new Tindra.", "Dear @TindraCare,",
    "My neighbour warned me about Tindra.", "So much for a Tindra that lasts.", "Hello Tindra people!",
    "Has anybody else had this with a Tindra?", "Honest review of the Tindra after a year.",
    "The Tindra at our office:", "I never complain, but this Tindra", "Grandma got a Tindra for Christmas.",
    "Tindra, can you hear me?", "Second Tindra, same shop.", "What happened to Tindra quality?",
)  # fmt: skip
TROUBLES = (
    "the hinge of the lid is broken", "its pump is broken and makes a terrible noise",
    "it does not work in the morning",
    "the display is broken and shows only stripes", "the grinder is stuck and smells of rubber",
    "water runs out below and ruins the worktop", "one button is broken, the other one sticks",
    "the milk comes out cold, which is awful", "it stopped working in the middle of a cup",
    "the cable is too short and now broken", "the handle came off in my hand, broken",
    "beans get stuck, it is broken again", "the tray is cracked and broken at the corner",
    "it switches itself off, so it is broken", "the app says broken sensor since the update",
)  # fmt: skip
REST = (
    "I wrote to you twice and heard nothing.", "The shop sends me to you, you send me to the shop.",
    "My guests drank tea, thank you very much.", "Who pays for the repair now?", "It is not even paid off.",
    "Three letters, no answer at all.", "The parcel service says it is not their fault.",
    "I took pictures of everything.", "Even the manual has no word about it.", "Never again.",
    "My brother says that it can be mended with glue.", "It cost more than my bicycle.",
    "All I want is a coffee before work.", "Please tell me what to do.", "The warranty ends next week.",
)  # fmt: skip


def copy(number: int, text: str = CLAIM, **fields: Any) -> Post:
    """The same claim by another customer."""
    return post(text, author=f"copier_{number}", author_name=f"Copier {number}", **fields)


def different(number: int, text_after: str = "", **fields: Any) -> Post:
    """A complaint in words that nobody else chose."""
    pick = Random(number)
    several = [pick.choice(BEGINNINGS), *pick.sample(TROUBLES, 2), *pick.sample(REST, 2)]
    text = "{} {}, and {}. {} {}".format(*several) + text_after
    return post(text, author=f"customer_{number}", author_name=f"Customer {number}", **fields)
