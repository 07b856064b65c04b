"""What employees log themselves: one mention, one case, in the queue that they chose."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from bot.blocks.card import card
from bot.blocks.log_modal import log_modal
from models.case import Case
from models.errors import NotAllowed
from models.mention import Mention
from models.outbox import Outbox
from models.post import NO_NAME
from tests.people import ANA, NOON, playbook, post
from tests.slack_limits import assert_message, assert_view


def told(text="The lid of her kettle broke, she wants a new one", **fields):
    given = {"source": "phone", "author": NO_NAME, "author_name": None, "url": None} | fields
    return post(text, **given)


def count(db, table):
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_what_is_logged_becomes_a_case_as_its_employee_says(listener, desk, db):
    logged = listener.log(told(), kind="complaint", language="da", queue="nordic", by=ANA)
    assert (logged.known, logged.joined) == (False, False)
    view = desk.view(logged.case)
    case = view.case
    assert (case.stage, case.kind, case.language, case.queue) == ("waiting", "complaint", "da", "nordic")
    assert "logged by <@UANA>" in str(view.events[0].why)
    with db.reading() as session:
        row = session.scalars(select(Outbox)).one()
    assert (row.key, row.channel) == (f"card:{case.id}", "mentions-nordic")
    text, blocks = card(view)
    assert_message({"text": text, "blocks": blocks})
    assert "· by phone" in str(blocks)


def test_the_same_thing_logged_twice_at_once_is_one_case(listener, db):
    same, together = told(), Barrier(4)

    def log(_):
        together.wait()
        return listener.log(same, kind="complaint", language="en", queue="everyone", by=ANA)

    with ThreadPoolExecutor(4) as pool:
        logged = list(pool.map(log, range(4)))
    [number] = {one.case for one in logged}
    assert sorted(one.known for one in logged) == [False, True, True, True]
    assert (count(db, Mention), count(db, Case)) == (1, 1)
    assert listener.case_of(same.source, same.external_id) == number
    assert listener.case_of("phone", "nothing") is None


def test_a_known_customer_joins_their_open_case_and_the_nameless_never_do(listener):
    def log(author, clock=NOON):
        return listener.log(
            told(author=author, created_at=clock), kind="other", language="en", queue="everyone", by=ANA
        )

    first, second = log("Mia"), log("Mia")
    assert (second.case, second.joined) == (first.case, True)
    assert log(NO_NAME).case != log(NO_NAME).case


def test_a_queue_that_is_gone_is_a_sentence(listener):
    with pytest.raises(NotAllowed, match="not in the playbook any more"):
        listener.log(told(), kind="other", language="en", queue="gone", by=ANA)


def test_what_no_database_takes_is_left_out(listener, desk):
    logged = listener.log(told("a\x00b \ud800 c"), kind="other", language="en", queue="everyone", by=ANA)
    assert desk.view(logged.case).mentions[0].text == "ab  c"


@pytest.mark.parametrize("text", ["", "short", "<&>" * 3000, "😤" * 4000, "क\n" * 3000])
def test_the_form_stays_within_slacks_limits(text, listener):
    queues = [
        {"name": f"q{n}", "channel": "mentions", "time_zone": "UTC", "languages": ["xx"] if n else [],
         "targets": {"first_response": "1h", "resolution": "1d"}}
        for n in range(120)
    ]  # fmt: skip
    many = playbook(queues=queues)
    guess = listener.sifter.sift(told(text))
    meta = {"source": "slack", "id": "C0MENTIONS:1700000000.000100", "url": "https://x.example/" + "u" * 200}
    for book in (playbook(), many):
        link = "https://x.example/" + "l" * 1400
        assert_view(log_modal(book, meta=meta, text=text, link=link, author="ö" * 200, guess=guess))
        assert_view(log_modal(book, meta={"id": "0" * 32}))
