"""PostgreSQL's connections as they leave the pool: with a transaction begun, which tells that they live."""

from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import InvalidatePoolError

_USED = "used"


def begin_on_leaving(engine: Engine) -> None:
    """One round trip for what a ping and then BEGIN would take two: nothing has been done yet, so a
    connection that was cut while it rested is replaced unseen, with all others that are as old.

    https://docs.sqlalchemy.org/en/21/core/pooling.html#custom-legacy-pessimistic-ping
    """
    broken = engine.dialect.loaded_dbapi.Error

    def begin(connection: Any, record: Any, _checked_out: Any) -> None:
        try:
            connection.execute("BEGIN", prepare=False)
        except broken:
            if _USED not in record.info:
                raise  # it was made just now: then it is the server that is in trouble
            raise InvalidatePoolError from None
        record.info[_USED] = True

    event.listen(engine, "connect", _set_up)
    event.listen(engine, "checkout", begin)
    event.listen(engine, "begin", _begin_another)


def _begin_another(connection: Connection) -> None:
    """A second transaction before the connection went back to the pool."""
    from psycopg.pq import TransactionStatus  # here, as who works on SQLite does without it

    driver: Any = connection.connection.driver_connection
    if driver.info.transaction_status == TransactionStatus.IDLE:
        driver.execute("BEGIN", prepare=False)


def _set_up(connection: Any, _record: Any) -> None:
    connection.autocommit = True  # of its own; COMMIT and ROLLBACK are sent as always
    # A statement that was prepared would be planned once for any values: with a million cases a lead's Home
    # took 176 ms by that plan, 39 by one for these values, and moves are as fast (docs/performance.md).
    connection.execute("SET plan_cache_mode = force_custom_plan", prepare=False)
