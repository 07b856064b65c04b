"""A source that can't be read: on record at once, told when it lasts, and nobody else's trouble."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import Clock, jobs
from bot.doctor import examine
from bot.sources import Batch, Busy, SourceError
from config.settings import Settings
from handlers.parts import build
from models.case import Case
from models.mention import Mention
from models.outbox import Outbox
from models.source_state import SourceState
from tests.people import ANA, NOON, post
from tests.slack import eventually, settings_for


@dataclass
class Scripted:
    """A source that gives what the test has put there: a batch, or an error; the last one again and again."""

    name: str
    answers: list[Batch | Exception]
    every: float = 60
    asked: list[dict[str, Any] | None] = field(default_factory=list)

    def fetch(self, since):
        self.asked.append(since)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def check(self):
        return None


DOWN = SourceError("The feed answers with status 503")


def notices(db):
    with db.reading() as session:
        rows = session.scalars(select(Outbox).where(Outbox.channel == "care-leads").order_by(Outbox.id))
        return [row.payload["text"] for row in rows]


def state_of(db, name):
    with db.reading() as session:
        return session.get(SourceState, name)


def findings(office):
    lines = examine(Settings(), office.playbook, office.db, [], None)
    return [f"{line.state} {line.about}: {line.words}" for line in lines]


def test_a_source_that_fails_leaves_the_others_working(slack, book, tmp_path):
    parts = build(settings_for(slack.url, f"sqlite:///{tmp_path / 'sources.db'}"), book)
    parts.office.db.upgrade()
    sources = [
        Scripted("down", [DOWN], every=0.1),
        Scripted("broken", [RuntimeError("a mistake in the source")], every=0.1),
        Scripted("fine", [Batch([post()]), Batch([])], every=0.1),
    ]
    clock = Clock(jobs(replace(parts.works, sources=sources)))
    clock.start()
    try:
        slack.card(1)
        eventually(lambda: all(len(source.asked) >= 3 for source in sources))
        bad = [line for line in findings(parts.office) if line.startswith("bad")]
    finally:
        clock.stop()
        parts.works.delivery.stop()
        parts.office.db.close()
    assert len(bad) == 2
    assert any("source down" in line and "status 503" in line for line in bad)
    assert any("source broken" in line and "RuntimeError: a mistake in the source" in line for line in bad)


def test_a_failing_source_is_on_record_at_once_and_told_once_after_a_quarter_of_an_hour(
    office, listener, db, clock, capsys
):
    source = Scripted("forum", [DOWN])
    assert listener.poll(source) is None
    assert any(
        "bad source forum: failing since 2026-03-10 12:00 UTC: The feed" in f for f in findings(office)
    )
    assert "source failing" in capsys.readouterr().out
    for _ in range(14):
        clock.pass_(minutes=1)
        listener.poll(source)
    assert "source failing" not in capsys.readouterr().out  # the same trouble is not news
    assert notices(db) == []

    for _ in range(40):
        clock.pass_(minutes=1)
        listener.poll(source)
    [notice] = notices(db)
    assert notice == ":red_circle: forum can't be read for 15 minutes. The feed answers with status 503"

    source.answers = [Batch([])]
    listener.poll(source)
    assert notices(db)[1:] == [":large_green_circle: forum can be read again."]
    assert not any("forum" in finding for finding in findings(office))

    # A new outage is news again.
    source.answers = [DOWN]
    for _ in range(17):
        clock.pass_(minutes=1)
        listener.poll(source)
    assert len(notices(db)) == 3


def test_a_short_failure_is_told_to_nobody(listener, db, clock):
    source = Scripted("forum", [DOWN])
    listener.poll(source)
    clock.pass_(minutes=14)
    listener.poll(source)
    source.answers = [Batch([post()])]
    assert listener.poll(source).stored == 1
    assert notices(db) == []
    assert state_of(db, "forum").failing_since is None


def test_a_source_that_asks_to_wait_is_left_alone_until_then(listener, db, clock):
    source = Scripted("x-search", [Busy("X asked to wait", NOON + timedelta(minutes=10)), Batch([post()])])
    assert listener.poll(source) is None
    clock.pass_(minutes=9, seconds=59)
    assert listener.poll(source) is None
    assert len(source.asked) == 1
    assert state_of(db, "x-search").failing_since is None
    clock.pass_(seconds=1)
    assert listener.poll(source).stored == 1


def test_the_cursor_moves_with_the_mentions_and_stays_where_storing_broke(listener, db, clock):
    good, bad = post("Tindra leaks"), post("Tindra leaks too", author="jens")
    source = Scripted("forum", [Batch([good], {"seen": 1}), Batch([good, BREAKS, bad], {"seen": 2})])
    listener.poll(source)
    assert state_of(db, "forum").cursor == {"seen": 1}

    clock.pass_(minutes=1)
    assert listener.poll(source) is None
    assert state_of(db, "forum").cursor == {"seen": 1}
    assert count(db) == (1, 1)

    # The next fetch begins where the last one that was stored ended, and brings what was missed once.
    source.answers = [Batch([good, bad], {"seen": 2})]
    assert listener.poll(source).stored == 1
    assert source.asked == [None, {"seen": 1}, {"seen": 1}]
    assert state_of(db, "forum").cursor == {"seen": 2}
    assert count(db) == (2, 2)


def test_posts_that_can_not_be_stored_are_on_record_as_a_failing_source(office, listener, db, clock):
    source = Scripted("forum", [Batch([BREAKS], {"seen": 1})])
    assert listener.poll(source) is None
    assert any("bad source forum: failing since" in finding for finding in findings(office))


@pytest.mark.parametrize("sign", ["\x00", "\ud800"], ids=["NUL", "half a sign"])
def test_signs_that_no_database_takes_do_not_stop_a_source(sign, listener, db):
    fields = {
        name: f"{value}{sign}"
        for name, value in {
            "external_id": "190",
            "author": "mia",
            "author_id": "7",
            "author_name": "Mia",
            "url": "https://x.example/1",
            "conversation": "190",
        }.items()
    }
    strange = post(f"My Tindra {sign} leaks", **fields)
    assert listener.poll(Scripted("forum", [Batch([strange])])).shown == 1
    assert listener.poll(Scripted("forum", [Batch([strange])])).repeated == 1
    assert count(db) == (1, 1)


def test_a_post_with_a_very_long_id_joins_a_case_that_somebody_has(listener, desk, db):
    first, later = (
        post("My Tindra leaks", external_id="https://forum.example/" + n * 230, conversation="c" * 255)
        for n in "ab"
    )
    listener.poll(Scripted("forum", [Batch([first])]))
    desk.claim(1, by=ANA)
    assert listener.poll(Scripted("forum", [Batch([later])])).shown == 1
    with db.reading() as session:
        told = session.scalars(select(Outbox).where(Outbox.channel == ANA)).all()
    assert len(told) == 1


# Helpers.

BREAKS = replace(post("Tindra"), metrics={"likes": object()})  # type: ignore[dict-item]  # no database takes it


def count(db):
    with db.reading() as session:
        return len(session.scalars(select(Mention.id)).all()), len(session.scalars(select(Case.id)).all())
