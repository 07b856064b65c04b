"""Taking apart what somebody else sent: what has another shape than promised is nothing."""

from datetime import UTC, datetime
from typing import Any


def as_dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def time_of(value: object) -> datetime | None:
    """A time in ISO 8601 with its zone, in UTC; None for anything else."""
    try:
        at = datetime.fromisoformat(value[:40]) if isinstance(value, str) else None
        return at.astimezone(UTC) if at is not None and at.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
