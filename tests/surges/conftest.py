"""A brand that is heard since eight weeks, and people who write about it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.sources import Batch
from bot.surges.noticing import Surges
from tests.people import post


@pytest.fixture
def surges(office) -> Surges:
    return Surges(office)


@pytest.fixture
def writes(listener, clock) -> Callable[..., None]:
    """`count` people write at `at`, or a minute ago; it is heard at that time, by `by`."""
    numbers = iter(range(1_000_000))

    def write(count, text="My Tindra leaks all over the kitchen", *, at=None, by="x-search", **fields):
        when, number = at or clock.now - timedelta(minutes=1), next(numbers)
        given = {"created_at": when} | fields
        posts = [post(f"{text} {number}", **({"author": f"p{number}_{n}"} | given)) for n in range(count)]
        now, clock.now = clock.now, at or clock.now
        listener.take(by, Batch(posts))
        clock.now = now

    return write


@pytest.fixture
def known(writes, clock) -> None:
    """One source, x-search, with one post about something else each week since eight weeks."""
    for week in range(8, 0, -1):
        writes(1, "The Tindra manual is missing", at=clock.now - timedelta(weeks=week, hours=5))
