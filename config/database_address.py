"""What is wrong with the words in DATABASE_URL. They may have a password in them and are never repeated."""

import re

FORMS = "write sqlite:///path/to/file.db or postgresql://user:password@host/name."
_SQLITE = re.compile(r"sqlite(?:\+pysqlite)?://(.*)", re.DOTALL)
_POSTGRESQL = re.compile(r"(?:postgres|postgresql|postgresql\+psycopg)://([^/?]*)(/[^?]*)?(\?.*)?", re.DOTALL)
_OTHER_DRIVER = re.compile(r"(sqlite|postgresql|postgres)\+\w+://")
_ENDS_IN_A_PORT = re.compile(r":([^:\]]*)$")


def mistake_in(address: str) -> str | None:
    """One sentence; None: it looks right. Whether anybody answers there is another question."""
    if there := _SQLITE.fullmatch(address):
        file = there[1].partition("?")[0].removeprefix("/")
        return None if file and file != ":memory:" else f"SQLite needs a file: {FORMS}"
    there = _POSTGRESQL.fullmatch(address)
    if there is None:
        other = _OTHER_DRIVER.match(address)
        return f"leave out the driver's name: {other[1]}:// is enough." if other else FORMS
    place, path = there[1], there[2] or ""
    if place.count("@") > 1 or "@" in path:
        return "in a password write @ as %40, : as %3A, / as %2F, ? as %3F and # as %23."
    port = _ENDS_IN_A_PORT.search(place.rpartition("@")[2])
    if port and not (port[1].isascii() and port[1].isdecimal() and 0 < int(port[1]) < 65536):
        return (
            "what stands after the host's : must be a port, a number from 1 to 65535 (a password with / or ? "
            "in it is taken for one: write %2F, %3F)."
        )
    return None
