"""The digest begins with what went unanswered, counts a window once, and goes out once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.blocks.digest import digest, digest_text
from bot.digest import window
from bot.escalation_clock import EscalationClock
from bot.switches import Switches
from models.errors import NotAllowed
from models.outbox import Outbox
from tests.people import ANA, GRY, post
from tests.slack_limits import assert_message

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


@pytest.fixture
def promised(hear, desk):
    """A case of Ana's with a promise for that time; returns its number."""

    def case(author, for_):
        [mention] = hear(post(author=author, conversation=author))
        desk.claim(mention.case_id, by=ANA)
        desk.promise(mention.case_id, "next_step", at(for_), by=ANA)
        return mention.case_id

    return case


def test_broken_promises_are_named_by_their_case_and_not_by_a_person(
    promised, targets, desk, digests, clock, book
):
    late = promised("one", "2026-03-10T15:00+01:00")
    kept = promised("two", "2026-03-10T16:00+01:00")
    owed = promised("three", "2026-03-10T17:00+01:00")
    clock.now = at("2026-03-10T15:30+01:00")
    targets.remind_promises()
    desk.keep_promise(late, by=ANA)
    desk.keep_promise(kept, by=ANA)
    clock.now = at("2026-03-11T08:31+01:00")
    targets.remind_promises()
    found = digests.of_date(book.leads[0], TODAY)
    assert [(one.id, one.owed) for one in found.promises_broken] == [(late, False), (owed, True)]
    assert found.promises_kept == 1
    said = digest_text(found, book)
    section = said[said.index("2 promises not kept") :].split("\n\n")[0]
    assert section.split("\n")[1:] == [
        "• Case 1 · complaint about leaks · @one · promised by 10 Mar 15:00",
        "• Case 3 · complaint about leaks · @three · promised by 10 Mar 17:00, still waiting",
    ]
    next_day = digests.of_date(book.leads[0], TODAY + timedelta(days=1))
    assert [one.id for one in next_day.promises_broken] == [owed]


def test_it_says_what_was_switched_who_waits_for_whom_and_which_request_nobody_took(
    hear, desk, digests, replies, escalations, office, clock, book
):
    hear(post(author="one", conversation="1"), post(author="two", conversation="2"))
    desk.claim(1, by=ANA)
    reply = replies.check(1, "I'm Ana, customer care at Tindra. Sorry! Which machine is it?", by=ANA).reply
    replies.posted_by_hand(reply, by=ANA, url=None)
    escalations.escalate(2, by=GRY, why=None)
    clock.pass_(hours=1)
    EscalationClock(office).look()
    switches = Switches(office)
    switches.crisis_on(by=GRY, why="leaks <burst>")
    switches.change_hours(by=GRY, queue="nordic", day=TODAY, hours=[])
    switches.change_hours(by=GRY, queue="everyone", day=TODAY, hours=[])
    switches.undo_hours(by=GRY, queue="everyone", day=TODAY)
    clock.pass_(hours=1)
    switches.crisis_off(by=GRY)
    clock.now = at("2026-03-11T08:31+01:00")
    found = digests.of_date(book.leads[0], TODAY)
    assert (found.paused, found.unaccepted_total, [one.id for one in found.unaccepted]) == (1, 1, [2])
    said = digest_text(found, book)
    assert "Crisis mode for all queues since 10 Mar 14:00, until 10 Mar 15:00: “leaks &lt;burst&gt;”" in said
    assert "#mentions-nordic is closed on Wed 11 Mar" in said
    assert "#mentions is closed" not in said
    assert "With customers 1 waiting for their answer" in said
    assert "1 case on the way to a specialist, and nobody said yes in time" in said
    later = digests.of_date(book.leads[0], TODAY + timedelta(days=2))
    assert later.switched == []


def test_a_digest_with_everything_in_it_fits_slack(
    hear, desk, promised, targets, office, clock, digests, book
):
    for n in range(20):
        promised(f"a_customer_with_quite_a_long_name_{n}", "2026-03-10T15:00+01:00")
    switches = Switches(office)
    switches.crisis_on(by=GRY, why="w" * 400)
    for day in range(11, 31):
        switches.change_hours(by=GRY, queue="nordic", day=date(2026, 3, day), hours=["08:00-20:00"])
    clock.now = at("2026-03-11T08:31+01:00")
    targets.remind_promises()
    found = digests.of_date(book.leads[0], TODAY)
    text, blocks = digest(found, book, "digest:1")
    assert_message({"text": text, "blocks": blocks})
    assert "… and 8 more" in digest_text(found, book)
