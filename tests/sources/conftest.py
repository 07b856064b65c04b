"""Shared by the tests of sources: the far network, a clock that a test turns, and a brand."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from config.brands import Brand
from tests.far_network import FarNetwork, far_network

SEARCH = "/2/tweets/search/recent"
MENTIONS = "/2/users/783214/mentions"


class Clock:
    """Stands still until a test turns it."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def turn(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))


@pytest.fixture
def network() -> Iterator[FarNetwork]:
    with far_network() as network:
        yield network


def brand(**changed: Any) -> Brand:
    """Tindra, a made-up maker of lamps; `changed` keys replace its own."""
    document = {
        "name": "Tindra",
        "handles": {"x": ["Tindra"]},
        "x_user_id": "783214",
        "keywords": {"any": ["tindra"]},
    }
    return Brand.model_validate(document | changed)


def tweet(at: datetime, serial: int = 0, **changed: Any) -> dict[str, Any]:
    """A post as X gives it out, written at `at` (its id says so too)."""
    milliseconds = int(at.timestamp() * 1000) - 1288834974657
    number = str((milliseconds << 22) + serial)
    return {
        "id": number,
        "text": f"@Tindra my lamp {serial} flickers",
        "author_id": "55",
        "conversation_id": number,
        "created_at": at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "lang": "en",
        "edit_history_tweet_ids": [number],
    } | changed


def answer(rows: list[dict[str, Any]], next_token: str | None = None, **more: Any) -> dict[str, Any]:
    """An answer of X with `rows`, newest first as X sends them."""
    rows = sorted(rows, key=lambda row: int(row["id"]), reverse=True)
    meta: dict[str, Any] = {"result_count": len(rows)}
    if next_token:
        meta["next_token"] = next_token
    return {"data": rows, "meta": meta} | more if rows else {"meta": meta} | more
