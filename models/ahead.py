"""What is noted when it happens, and lies in the future: the wall clock was ahead then, and was set back.

Whoever waits for a time that was counted from such a moment would wait for as long as the clock was ahead.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

CLOCKS_DIFFER = timedelta(seconds=60)
"""By so much the clocks of several machines may differ."""


def is_ahead(happened: datetime, now: datetime) -> bool:
    return happened > now + CLOCKS_DIFFER


def ahead(
    happened: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None], now: datetime
) -> ColumnElement[bool]:
    """`is_ahead` of a column."""
    return happened > now + CLOCKS_DIFFER
