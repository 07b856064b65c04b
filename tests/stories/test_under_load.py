"""More at once than a channel can show: everyday posts share a card, and nothing is lost or doubled."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from bot.once import carrying_out
from bot.outbox.order import first_to_go
from bot.rendering import render
from bot.stories.claiming import claim_in
from bot.stories.clock import QUIET, StoryClock
from bot.stories.story import Stories
from models.case import Case
from models.errors import Repeated
from models.heap import Heap
from models.mention import Mention
from models.outbox import SOON, Outbox
from tests.people import ANA, BO
from tests.slack_limits import assert_message
from tests.stories.words import CLAIM, copy, different

PACE = timedelta(seconds=1.05)


def behind(db):
    with db.reading() as session:
        return session.scalar(select(func.count(Case.id)).where(Case.behind)) or 0


def of_kind(db, kind):
    with db.reading() as session:
        return session.scalars(select(Outbox).where(Outbox.kind == kind).order_by(Outbox.id)).all()


def sent(db, now):
    """Delivery's turn, as the channel's pace allows it: the message that is due first, marked as sent."""
    with db.transaction() as session:
        row = session.scalar(
            select(Outbox)
            .where(Outbox.due_at <= now, Outbox.channel == "mentions")
            .order_by(*first_to_go(now))
            .limit(1)
        )
        if row is not None:
            row.due_at, row.sent_at, row.sent_version, row.ts = None, now, row.version, "1.0"
        return row


def test_a_few_posts_at_once_have_a_card_each(hear, db):
    hear(*(different(n) for n in range(5)))
    assert (len(of_kind(db, "card")), behind(db)) == (5, 0)


def test_further_ones_lie_in_a_heap_with_one_card(hear, db, office):
    hear(*(different(n) for n in range(20)))
    [heap] = of_kind(db, "heap")
    assert (len(of_kind(db, "card")), behind(db)) == (5, 15)
    with db.reading() as session:
        drawn = render(session, session.get_one(Outbox, heap.id), office)
    assert_message({"text": drawn.text, "blocks": drawn.blocks})
    assert "15 more posts" in str(drawn.blocks[0])
    assert "15 complaints" in str(drawn.blocks[0])


def test_of_far_too_many_at_once_all_lie_in_the_heap(hear, db):
    hear(*(different(n) for n in range(30)))
    assert (len(of_kind(db, "card")), behind(db)) == (0, 30)


def test_what_is_severe_has_its_own_card_and_goes_before_the_rest(hear, db, clock):
    *_, smoke = hear(*(different(n) for n in range(40)), copy(99, "My Tindra is smoking and sparks fly!"))
    with db.reading() as session:
        assert session.get_one(Case, smoke.case_id).behind is False
        card = session.scalars(select(Outbox).where(Outbox.key == f"card:{smoke.case_id}")).one()
    assert card.priority == SOON
    assert sent(db, clock.now).key in (card.key, "heap:1")
    assert sent(db, clock.now).key in (card.key, "heap:1")


def test_each_of_300_posts_is_shown_within_ten_seconds_at_one_message_a_second(hear, db, clock):
    """Ten batches, one a second, of copies and of posts that are nobody else's."""
    posts = [copy(n) if n % 3 == 0 else different(n) for n in range(300)]
    arrived: dict[int | None, datetime] = {}
    seen: dict[int | None, datetime] = {}
    messages: list[str] = []
    for _ in range(30):
        batch, posts = posts[:30], posts[30:]
        for mention in hear(*batch) if batch else ():
            arrived[mention.case_id] = clock.now
        row = sent(db, clock.now)
        if row is not None:
            messages.append(row.key)
            with db.reading() as session:
                for number in shown_by(session, row):
                    seen.setdefault(number, clock.now)
        clock.now += PACE
    waits = [seen[number] - arrived[number] for number in arrived]
    assert len(arrived) == 300
    assert max(waits) <= timedelta(seconds=10)
    with db.reading() as session:
        assert session.scalar(select(func.count(Mention.id))) == 300
        assert session.scalar(select(func.count(Case.id))) == 300
    assert len(messages) <= 30
    assert len([key for key in messages if key.startswith("card:")]) >= len(set(messages)) - 3


def shown_by(session, row):
    """The cases that a message stands for, as it is sent."""
    if row.kind == "heap":
        return session.scalars(select(Case.id).where(Case.heap_id == row.subject, Case.behind)).all()
    story = select(Case.id).where(Case.like_id == row.subject, Case.heap_id.is_(None), Case.behind)
    return [row.subject, *session.scalars(story)]


def test_a_channel_has_three_heaps_at_most(hear, db, listener):
    def about(n):
        thing = ("leaks", "leaking", "utæt")[n % 3]
        return different(n) if n % 2 else copy(n, f"My Tindra number {n} {thing}, at the {n}th cup it is wet")

    hear(*(about(n) for n in range(60)))
    assert 1 <= len(of_kind(db, "heap")) <= 3


def test_a_heap_of_a_clock_that_was_ahead_does_not_wait_for_that_time(hear, db, office, clock):
    clock.pass_(hours=1)
    hear(*(different(n) for n in range(12)))
    with db.transaction() as session:  # what has a card is posted
        session.execute(update(Outbox).values(due_at=None))
    clock.pass_(hours=-1)
    clock.pass_(seconds=QUIET.total_seconds())
    assert behind(db) == 7
    StoryClock(office).look()
    assert behind(db) < 7
    with db.reading() as session:
        assert session.scalars(select(Heap.live)).one() is None, "later ones have one of their own"


def test_when_it_is_quiet_the_few_that_are_left_get_cards_of_their_own(hear, db, office, clock):
    hear(*(different(n) for n in range(12)))
    assert behind(db) == 7
    assert StoryClock(office).look() == 0, "posts still come"
    while behind(db) and clock.now.minute < 5:
        clock.pass_(seconds=5)
        while sent(db, clock.now):
            pass
        StoryClock(office).look()
    assert behind(db) == 0
    assert len(of_kind(db, "card")) == 12
    with db.reading() as session:
        [heap] = session.scalars(select(Heap)).all()
        row = session.scalars(select(Outbox).where(Outbox.kind == "heap")).one()
        assert "None of them waits here" in str(render(session, row, office).blocks)
    assert heap.live is None or clock.now - heap.last_at < timedelta(minutes=2)


def test_a_heap_of_many_stays_one_and_stories_rise_out_of_it(hear, db, office, clock):
    hear(*(different(n) for n in range(60)), *(copy(n) for n in range(100, 110)))
    with db.reading() as session:
        first = session.scalars(select(Case).where(Case.author == "copier_100")).one()
        assert (first.behind, first.heap_id is not None) == (True, True)
    clock.pass_(seconds=25)
    while sent(db, clock.now):
        pass
    assert StoryClock(office).look() == 1
    with db.reading() as session:
        first = session.get_one(Case, first.id)
        copies = session.scalars(select(Case).where(Case.like_id == first.id)).all()
    assert (first.behind, first.heap_id) == (False, None)
    assert {(one.behind, one.heap_id) for one in copies} == {(True, None)}
    assert behind(db) == 60 + 9
    clock.pass_(minutes=10)
    StoryClock(office).look()
    assert behind(db) == 60 + 9, "a heap of hundreds stays a heap"


def test_what_comes_after_the_rush_has_a_card_again(hear, db, office, clock):
    hear(*(different(n) for n in range(60)))
    clock.pass_(seconds=30)
    while sent(db, clock.now):
        pass
    [later] = hear(different(61))
    with db.reading() as session:
        assert session.get_one(Case, later.case_id).behind is False


def test_the_most_urgent_of_a_heap_is_claimed_from_it_and_gets_its_card(hear, db, desk):
    hear(*(different(n) for n in range(12)))
    with db.reading() as session:
        [heap] = session.scalars(select(Heap.id)).all()
    mine, theirs = claim_in(desk, heap, by=ANA), claim_in(desk, heap, by=BO)
    assert mine.case.id != theirs.case.id
    assert behind(db) == 5
    assert len(of_kind(db, "card")) == 7


def test_the_most_urgent_of_a_heap_is_one_case_though_the_click_arrives_twice(hear, db, desk):
    hear(*(different(n) for n in range(12)))
    with db.reading() as session:
        [heap] = session.scalars(select(Heap.id)).all()
    with carrying_out(db, "a click"):
        once = claim_in(desk, heap, by=ANA)
    with pytest.raises(Repeated) as twice, carrying_out(db, "a click"):
        claim_in(desk, heap, by=ANA)
    assert twice.value.case == once.case.id
    with db.reading() as session:
        assert session.scalar(select(func.count(Case.id)).where(Case.owner == ANA)) == 1


def test_the_heaps_list_has_every_post_page_by_page_and_withholds_personal_data(hear, db, office):
    private = copy(
        50, "My Tindra's lid is broken, call me on +45 20 12 34 56, order TN-204518, at once please"
    )
    hear(*(different(n) for n in range(40)), private)
    with db.reading() as session:
        [heap] = session.scalars(select(Heap)).all()
    stories, numbers, page = Stories(office), set(), 1
    while True:
        found = stories.listed(f"heap:{heap.id}", page)
        numbers |= {view.case.id for view in found.views}
        if page == found.pages:
            break
        page += 1
    assert len(numbers) == 41
    with db.reading() as session:
        row = session.scalars(select(Outbox).where(Outbox.kind == "heap")).one()
        text = str(render(session, row, office).blocks)
    assert "20 12 34 56" not in text
    assert "Withheld here" in text


def test_customers_words_on_the_heaps_card_are_data(hear, db, office):
    hostile = "<!channel> *My* Tindra <https://x.example|click> is broken & the lid too, number"
    hear(*(copy(n, f"{hostile} {n} {different(n).text}") for n in range(9)))
    with db.reading() as session:
        row = session.scalars(select(Outbox).where(Outbox.kind == "heap")).one()
        drawn = render(session, row, office)
    assert_message({"text": drawn.text, "blocks": drawn.blocks})
    assert "<!channel>" not in str(drawn.blocks)
    assert "&lt;!channel&gt;" in str(drawn.blocks)


def test_without_the_bound_each_post_has_its_card(hear, db, listener):
    groups = listener.office.playbook.groups.model_copy(update={"most_waiting_cards": 0})
    book = listener.office.playbook.model_copy(update={"groups": groups})
    object.__setattr__(listener.office, "playbook", book)
    hear(*(different(n) for n in range(30)))
    assert (len(of_kind(db, "card")), behind(db)) == (30, 0)


def test_a_claim_s_update_goes_before_new_cards(hear, db, desk, clock):
    [first, *_] = hear(*(different(n) for n in range(5)))
    while sent(db, clock.now):
        pass
    clock.pass_(seconds=20)
    hear(*(different(n) for n in range(10, 40)))
    desk.claim(first.case_id, by=ANA)
    assert sent(db, clock.now).key == f"card:{first.case_id}"


def test_a_claim_of_the_first_is_shown_at_once_though_its_counts_had_to_wait(hear, db, desk, clock):
    [first] = hear(copy(1, CLAIM))
    assert sent(db, clock.now).key == f"card:{first.case_id}"
    hear(copy(2, CLAIM))
    assert sent(db, clock.now) is None, "counts wait some seconds"
    desk.claim(first.case_id, by=ANA)
    assert sent(db, clock.now).key == f"card:{first.case_id}"
