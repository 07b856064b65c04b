"""A database with very many cases, made by the database itself within a minute or two.

Two years of work. Of any number of cases `still_open` are open and all others closed; each has a post, a card
and five events (an open one fewer), and half as many posts again were set aside. All comes from numbers, so
that SQLite and PostgreSQL get the same.
"""

# ruff: noqa: S608  # statements made of our own words and numbers
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Index, inspect

from bot.search.tokens import pieces_of
from config.playbook import Playbook
from models.database import Database
from models.migrating import migrate
from models.schema import metadata

OPEN = 500
MEMBERS = 40
"""Employees who have had cases: U00 … U39."""
_FRESH = timedelta(days=3)
"""The open ones came in so long; all others before."""
_LONG = timedelta(days=730)
_COMPARED = 3000
"""The newest of them have a likeness key; older ones are dropped."""
_FILLED = ("cases", "mentions", "events", "outbox", "post_words", "note_words")
_FEW = ("likeness_keys",)
_COUNTED = _FILLED[:4]
"""Those whose rows the database counts."""
_ALWAYS = "My Tindra is again, the third time since May. The was and nobody answers. Order customer"
_REST = ". Is anybody there who reads this? I have sent a picture twice."
_WORDS = (
    "leaking", "puddle", "steam", "grinder", "louder", "broken", "late", "parcel",
    "refund", "coffee", "cold", "milk", "pump", "hose", "sealed", "slow",
)  # fmt: skip


def fill(
    database: Database,
    cases: int,
    playbook: Playbook,
    *,
    still_open: int = OPEN,
    at: datetime | None = None,
    version: str | None = None,
) -> None:
    """Makes an empty database's tables and fills them with `cases` cases, as of `at` (none: now).

    `version`: of an earlier schema, with the tables and columns that it has.
    """
    now = at or datetime.now(UTC)
    if version is None:
        database.upgrade()
    else:
        migrate(database.engine, version)
    sqlite = database.engine.dialect.name == "sqlite"
    tables = [metadata.tables[name] for name in _FILLED if version is None]
    indexes = [index for table in tables if not (sqlite and table.info) for index in table.indexes]
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        if sqlite:  # before the transaction begins
            for pragma in ("foreign_keys=OFF", "synchronous=OFF", "cache_size=-200000"):
                driver.execute(f"PRAGMA {pragma}")
        else:
            connection.exec_driver_sql("SET maintenance_work_mem = '256MB'")
            connection.exec_driver_sql("SET synchronous_commit = off")
            connection.exec_driver_sql("SET session_replication_role = replica")  # they hold as they are made
        for index in indexes:
            index.drop(connection)
        there = {name: _columns(connection, name) for name in (*_FILLED, *_FEW)}
        for statement in _statements(cases, still_open, playbook, now, there, sqlite=sqlite):
            connection.exec_driver_sql(statement if sqlite else statement.replace("%", "%%"))
        _finish(connection, indexes, sqlite=sqlite)
    database.close()


def _finish(connection: Connection, indexes: list[Index], *, sqlite: bool) -> None:
    for index in indexes:
        index.create(connection)
    if not sqlite:
        for name in _COUNTED:
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"
            )
    connection.commit()


def _columns(connection: Connection, table: str) -> set[str]:
    """Empty where there is no such table yet."""
    known = inspect(connection)
    return {column["name"] for column in known.get_columns(table)} if known.has_table(table) else set()


def _statements(
    cases: int,
    still_open: int,
    playbook: Playbook,
    now: datetime,
    there: Mapping[str, Collection[str]],
    *,
    sqlite: bool,
) -> list[str]:
    """INSERTs from the numbers 1 … `cases`, the oldest case first, of the columns that are `there`."""
    first_open, fresh = cases - still_open, int(_FRESH.total_seconds())
    spread = int((_LONG - _FRESH).total_seconds())
    age = (
        f"(CASE WHEN i > {first_open} THEN ({cases} - i) * {fresh // still_open} "
        f"ELSE {fresh} + ({cases} - i) * {max(1, spread // cases)} END)"
    )

    def at(after: str = "0") -> str:
        """So many seconds after the case was opened."""
        if sqlite:
            epoch = f"{int(now.timestamp())} - {age} + {after}"
            return f"strftime('%Y-%m-%d %H:%M:%S.000000', {epoch}, 'unixepoch')"
        return f"timestamptz '{now.isoformat()}' - ({age} - ({after})) * interval '1 second'"

    def word(number: str) -> str:
        return f"trim(substr('{''.join(w.ljust(8) for w in _WORDS)}', 1 + ({number}) % {len(_WORDS)} * 8, 8))"

    def one_of(values: list[str], number: str) -> str:
        whens = " ".join(f"WHEN {k} THEN '{v}'" for k, v in enumerate(values))
        return f"(CASE ({number}) % {len(values)} {whens} END)"

    def numbers(end: int) -> str:
        return f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {end})"

    def insert(table: str, end: int, given: dict[str, str], where: str = "") -> str:
        columns = {name: value for name, value in given.items() if name in there[table]}
        if not columns:
            return "SELECT 1"
        select = f"{numbers(end)} SELECT {', '.join(columns.values())} FROM n {where}"
        return f"INSERT INTO {table} ({', '.join(columns)}) {select}"

    no, yes = ("0", "1") if sqlite else ("false", "true")
    json = "" if sqlite else "::json"
    is_open = f"i > {first_open}"
    claimed = f"({is_open} AND i % 5 < 2)"
    waits = f"({is_open} AND i % 5 >= 2)"
    member = f"'U' || substr('0' || CAST(i / 5 % {MEMBERS} AS text), -2)"
    if not sqlite:
        member = f"'U' || right('0' || CAST(i / 5 % {MEMBERS} AS text), 2)"
    number = "CAST(i AS text)"
    queues = one_of([q.name for q in playbook.queues], "i")
    channels = one_of([q.channel for q in playbook.queues], "i")
    about = {
        "source": "'x'",
        "author": f"'customer_' || CAST(i * 7 % {max(1, cases * 2 // 3)} AS text)",
        "conversation": f"'c' || {number}",
        "brand": f"'{playbook.brands[0].name}'",
        "queue": queues,
        "kind": one_of(["complaint", "complaint", "question", "praise", "idea"], "i"),
        "topic": one_of([t.name for t in playbook.topics], "i / 3"),
        "language": one_of(["en", "en", "da", "de"], "i / 7"),
        "severity": "CASE WHEN i % 50 = 0 THEN 2 ELSE 0 END",
    }
    case = about | {
        "id": "i",
        "version": f"CASE WHEN {waits} THEN 1 ELSE 4 END",
        "stage": f"CASE WHEN {waits} THEN 'waiting' WHEN {claimed} THEN 'claimed' "
        "WHEN i % 5 = 0 THEN 'dismissed' ELSE 'resolved' END",
        "owner": f"CASE WHEN {waits} OR (i % 5 = 0 AND NOT {is_open}) THEN NULL ELSE {member} END",
        "private": no,
        "opened_at": at(),
        "last_post_at": at(),
        "respond_by": at("14400"),
        "resolve_by": at("172800"),
        "claimed_at": f"CASE WHEN {waits} THEN NULL ELSE {at('900')} END",
        "touched_at": f"CASE WHEN {waits} THEN NULL ELSE {at('1200')} END",
        "first_response_at": f"CASE WHEN {waits} OR i % 5 = 0 THEN NULL ELSE {at('1800')} END",
        "closed_at": f"CASE WHEN {is_open} THEN NULL ELSE {at('7200')} END",
        "closed_because": f"CASE WHEN {is_open} THEN NULL WHEN i % 5 = 0 THEN 'no_reply' ELSE 'resolved' END",
        "target_missed_at": f"CASE WHEN {is_open} AND {at('14400')} <= {at(age)} THEN {at('14400')} END",
        "promise_reminded": no,
        "paused_at": f"CASE WHEN {claimed} AND i % 15 = 1 THEN {at('3600')} END",
        "promised_for": f"CASE WHEN {claimed} AND i % 15 = 6 THEN {at('999999')} END",
    }
    post = about | {
        "text": f"'My Tindra is ' || {word('i')} || ' again, the third time since May. The ' || "
        f"{word('i / 16')} || ' was ' || {word('i / 256')} || ' and nobody answers. Order ' || {number} || "
        f"'{_REST}'",
        "author_name": f"'Customer ' || {number}",
        "url": f"'https://x.com/i/status/' || {number}",
        "mentions_us": yes,
        "metrics": f"'{{}}'{json}",
        "created_at": at(),
        "stored_at": at("5"),
        "heard_from": "'x-search'",
        "reason": "'it mentions us'",
        "personal_data": f"'[]'{json}",
    }
    of_case = {"external_id": number, "address_key": f"'x:' || {number}", "shown": yes, "case_id": "i"}
    aside = {"external_id": f"'a' || {number}", "shown": no, "kind": "'ad'"}
    names = one_of(["open", "claim", "reply", "tick", "resolve"], "k")
    noted = "k = 3 AND i % 10 = 0"
    event = {
        "case_id": "i",
        "at": at("k * 900"),
        "actor": f"CASE WHEN k = 0 THEN 'bot' ELSE {member} END",
        "what": f"CASE WHEN k = 4 AND i % 5 = 0 THEN 'dismiss' WHEN {noted} THEN 'note' ELSE {names} END",
        "why": f"CASE WHEN k = 0 THEN 'heard' WHEN {noted} THEN 'asked about ' || {word('i / 9')} END",
    }
    five = f"CROSS JOIN ({' UNION ALL '.join(f'SELECT {k} AS k' for k in range(5))}) AS five"
    # Every tenth case told what another had told before it.
    case["like_id"] = "CASE WHEN i % 10 = 7 THEN i - i % 100 + 1 END"
    case["behind"] = f"CASE WHEN i % 10 = 7 AND {waits} THEN {yes} ELSE {no} END"
    card = {
        "key": f"'card:' || {number}",
        "kind": "'card'",
        "subject": "i",
        "channel": channels,
        "priority": "2",
        "version": "4",
        "sent_version": "4",
        "attempts": "0",
        "slack_channel": "'C01'",
        "ts": f"{number} || '.000100'",
        "created_at": at(),
        "sent_at": at("7200"),
    }
    pieces = one_of([" ".join(pieces_of(w)) for w in _WORDS], "{0}")
    post_words = {
        "rowid": "i",
        "words": f"'{' '.join(pieces_of(_ALWAYS, _REST))} ' || "
        + " || ' ' || ".join(pieces.format(n) for n in ("i", "i / 16", "i / 256"))
        + f" || ' ' || {number} || ' ' || CAST(i * 7 % {max(1, cases * 2 // 3)} AS text)",
    }
    tsvector = "" if sqlite else "::tsvector"
    post_words["words"] = f"({post_words['words']}){tsvector}"
    key = {"case_id": "i", "key": "i", "at": at(f"{age} - ({cases} - i) * 10")}
    return [
        insert("cases", cases, case),
        insert("mentions", cases, post | of_case),
        insert("mentions", cases, post | aside, "WHERE i % 2 = 0"),
        insert("events", cases, event, f"{five} WHERE NOT {is_open} OR k = 0 OR (k = 1 AND {claimed})"),
        insert("outbox", cases, card),
        insert("post_words", cases, post_words),
        f"INSERT INTO note_words (rowid, words) SELECT id, why{tsvector} FROM events WHERE what = 'note'"
        if there["note_words"]
        else "SELECT 1",
        insert("likeness_keys", cases, key, f"WHERE i > {cases - _COMPARED}"),
        f"INSERT INTO source_states (name, last_ok_at) VALUES ('x-search', {at().replace(age, '0')})",
    ]
