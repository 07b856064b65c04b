"""Made-up teams with a taste of their own, for tests and for the figures in docs/learning.md.

Their customers write about Tindra, a made-up maker of espresso machines: ordinary posts, which the rules
read well, and three sorts about which this team thinks otherwise than the rules.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from models.post import Post
from tests.people import post

PLACES = ("Leeds", "Aarhus", "York", "Ghent", "Bath", "Lund", "Ulm", "Cork", "Delft", "Vigo", "Metz", "Turku")
PARTS = (
    "pump",
    "grinder",
    "steam wand",
    "tank",
    "lid",
    "portafilter",
    "drip tray",
    "app",
    "display",
    "gasket",
)
TIMES = (
    "this morning",
    "since Monday",
    "again",
    "after the update",
    "all week",
    "at last",
    "today",
    "last night",
)
DRINKS = ("flat white", "latte", "espresso", "cappuccino", "cortado", "ristretto", "americano", "macchiato")
WHO = ("my brother", "my flatmate", "the office", "my mum", "our café", "a neighbour", "my ex", "grandad")
RIVALS = ("Brevona", "Molinaro", "Kaffano", "Steamwell")
MOODS = ("honestly", "well", "so", "ok", "hm", "right", "look", "anyway", "")

ORDINARY = {
    "complaint": (
        "{mood} the {part} of my Tindra is broken {time}, and nobody at support answers",
        "My Tindra {part} leaks {time}. {who} is furious",
        "Tindra {part} stopped working {time}, third repair in {place}",
    ),
    "question": (
        "{mood} how do I clean the {part} of a Tindra? {who} asks",
        "Where in {place} can I buy a {part} for my Tindra?",
        "Does the Tindra {part} fit the old model? Need it for a {drink}",
    ),
    "praise": (
        "Thank you Tindra, {who} loves the {drink} {time}!",
        "{mood} I love my Tindra, best {drink} in {place}",
        "The new Tindra {part} is wonderful, great work",
    ),
}
WANTED = (
    "For sale: used Tindra, {place}, {part} serviced {time}, 90 EUR, pick up only",
    "Selling my Tindra because {who} moved to {place}, 120 EUR, dm me",
    "{mood} used Tindra for sale in {place}, makes a fine {drink}, 80 EUR",
)
"""The rules take them for ads; this team helps with second-hand machines."""
UNWANTED = (
    "{rival} club night in {place}: {drink} for everyone, tindra people welcome too",
    "{mood} team {rival} here, {who} swears by it, tindra is for tourists {time}",
    "{rival} against tindra: we {rival} fans had a {drink} in {place} and laughed {time}",
)
"""Small talk of another maker's fans, in which our name stands."""
SLOW = (
    "Anybody else's Tindra take ten minutes to warm up {time}? {who} has left without a {drink}",
    "Is it normal that a Tindra takes a whole kettle's time to get hot {time}? {place} mornings are short",
    "{mood} does your Tindra also take forever until the first {drink} {time}?",
)
"""Asked as a question, meant as a complaint: this team answers them as complaints."""


@dataclass(frozen=True)
class Written:
    """A post, and what this team thinks of it; None: what the rules think is fine."""

    post: Post
    sort: str
    kind: str | None = None
    needed: bool | None = None


def customers(count: int, seed: int = 1) -> Iterator[Written]:
    """Half of them ordinary, the rest of the three sorts in turn; always the same for a seed."""
    chance = random.Random(seed)  # the same each time is the point
    sorts: tuple[tuple[str, tuple[str, ...], str | None, bool | None], ...] = (
        ("wanted", WANTED, "other", True),
        ("unwanted", UNWANTED, None, False),
        ("slow", SLOW, "complaint", None),
    )
    for number in range(count):
        if number % 2:
            name, lines, kind, needed = sorts[(number // 2) % 3]
            yield Written(_post(chance, chance.choice(lines), number), name, kind, needed)
        else:
            lines = ORDINARY[chance.choice(list(ORDINARY))]
            yield Written(_post(chance, chance.choice(lines), number), "ordinary")


def _post(chance: random.Random, line: str, number: int) -> Post:
    fillers: dict[str, Callable[[], str]] = {
        "mood": lambda: chance.choice(MOODS),
        "part": lambda: chance.choice(PARTS),
        "time": lambda: chance.choice(TIMES),
        "place": lambda: chance.choice(PLACES),
        "who": lambda: chance.choice(WHO),
        "drink": lambda: chance.choice(DRINKS),
        "rival": lambda: chance.choice(RIVALS),
    }
    text = line.format(**{name: fill() for name, fill in fillers.items()}).strip()
    return post(text, author=f"customer{chance.random():.12f}", author_name=None, conversation=None)
