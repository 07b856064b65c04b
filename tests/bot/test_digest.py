"""The digest begins with what went unanswered, counts a window once, and goes out once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.blocks.digest import digest_text
from bot.digest import window
from models.errors import NotAllowed
from models.outbox import Outbox
from tests.people import ANA, GRY, post

TODAY = date(2026, 3, 11)


def at(text):
    return datetime.fromisoformat(text).astimezone(UTC)


def test_the_window_is_the_day_up_to_the_leads_time(book):
    since, until = window(book.leads[0], TODAY)
    assert (since, until) == (at("2026-03-10T08:30+01:00"), at("2026-03-11T08:30+01:00"))


def test_the_window_is_an_hour_shorter_when_the_clock_goes_forward(book):
    since, until = window(book.leads[0], date(2026, 3, 29))
    assert until - since == timedelta(hours=23)


def test_a_digest_goes_out_once_per_lead_and_date(hear, digests, clock, db):
    hear(post())
    clock.now = at("2026-03-11T08:29+01:00")
    assert digests.make_due() == 0
    clock.now = at("2026-03-11T08:31+01:00")
    assert (digests.make_due(), digests.make_due()) == (1, 0)
    clock.now = at("2026-03-12T09:00+01:00")
    assert digests.make_due() == 1
    with db.reading() as session:
        rows = session.scalars(select(Outbox).where(Outbox.kind == "digest").order_by(Outbox.id)).all()
    assert [(r.key, r.channel) for r in rows] == [
        (f"digest:{GRY}:2026-03-11", GRY), (f"digest:{GRY}:2026-03-12", GRY),
    ]  # fmt: skip


def test_nothing_is_sent_before_anything_was_heard(digests, clock):
    clock.now = at("2026-03-11T09:00+01:00")
    assert digests.make_due() == 0


def test_it_begins_with_what_went_unanswered(hear, digests, desk, replies, clock, book):
    first, second, _ = hear(
        post(author="one"),
        post(author="two"),
        post("For sale: used Tindra, 100 EUR, pick up in Leeds", author="three"),
    )
    desk.claim(first.case_id, by=ANA)
    checked = replies.check(
        first.case_id, "I'm Ana, customer care at Tindra. Sorry! Please send us a DM.", by=ANA
    )
    clock.pass_(minutes=30)
    replies.posted_by_hand(checked.reply, by=ANA, url=None)
    clock.now = at("2026-03-11T08:31+01:00")
    found = digests.of_date(book.leads[0], TODAY)
    assert [line.id for line in found.unanswered] == [second.case_id]
    assert (found.mentions, found.set_aside, found.opened, found.answered, found.in_time) == (3, 1, 2, 1, 1)
    assert found.median_first_response == 30 * 60
    assert digest_text(found, book).startswith(":red_circle: 1 unanswered")


def test_a_case_answered_after_the_window_was_unanswered_in_it(hear, digests, desk, replies, clock, book):
    [mention] = hear(post())
    clock.now = at("2026-03-11T10:00+01:00")
    desk.claim(mention.case_id, by=ANA)
    checked = replies.check(mention.case_id, "I'm Ana, customer care at Tindra. Sorry! Please DM us.", by=ANA)
    replies.posted_by_hand(checked.reply, by=ANA, url=None)
    assert digests.of_date(book.leads[0], TODAY).unanswered_total == 1
    assert digests.of_date(book.leads[0], TODAY + timedelta(days=1)).unanswered_total == 0


def test_the_day_so_far_begins_at_the_last_digest(digests, clock):
    clock.now = at("2026-03-11T08:00+01:00")
    assert digests.today_so_far(GRY).since == at("2026-03-10T08:30+01:00")
    clock.now = at("2026-03-11T09:00+01:00")
    assert digests.today_so_far(GRY).since == at("2026-03-11T08:30+01:00")


def test_a_lead_who_is_not_there_is_a_sentence(digests):
    with pytest.raises(NotAllowed, match="there are: Gry"):
        digests.lead_called("Nobody")


def test_a_digest_whose_day_is_not_over_is_not_sent(hear, digests, clock, book):
    hear(post())
    clock.now = at("2026-03-11T08:00+01:00")
    with pytest.raises(NotAllowed, match="not over yet"):
        digests.make(book.leads[0], TODAY)
    assert digests.last_day(book.leads[0]) == TODAY - timedelta(days=1)
    clock.now = at("2026-03-11T08:31+01:00")
    assert digests.make_due() == 1
