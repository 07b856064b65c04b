"""By which code a database says what is wrong: PostgreSQL's SQLSTATE, or the name that SQLite gives it.

https://www.postgresql.org/docs/current/errcodes-appendix.html, https://www.sqlite.org/rescode.html
"""

from sqlalchemy.exc import DBAPIError

FULL = ("53100", "SQLITE_FULL")
DEADLOCK = "40P01"
IN_USE = ("55P03", DEADLOCK, "SQLITE_BUSY")
"""Somebody has had a table in hand for too long."""
NOT_ALLOWED = "42501"
READ_ONLY = ("25006", "SQLITE_READONLY")


def code_of(error: DBAPIError) -> str:
    """Ask it with `startswith`: SQLite's names go on where it knows more. Empty where there is none."""
    return getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None) or ""
