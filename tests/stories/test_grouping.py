"""Near copies stand behind the first card; what must not be overlooked never does."""

import pytest
from sqlalchemy import func, select

from models.case import Case
from models.heap import Repost
from models.mention import Mention
from models.outbox import Outbox
from tests.people import ANA, BO, GRY, post
from tests.stories.words import CLAIM, PRAISE, copy


def case(db, number):
    with db.reading() as session:
        return session.get_one(Case, number)


def cards(db):
    with db.reading() as session:
        return set(session.scalars(select(Outbox.key).where(Outbox.kind == "card")))


def test_copies_are_cases_of_their_own_behind_the_first_card(hear, db):
    first, second, third = hear(copy(1), copy(2, f"RT this! {CLAIM} #fail"), copy(3, CLAIM.upper()))
    assert len({first.case_id, second.case_id, third.case_id}) == 3
    assert cards(db) == {f"card:{first.case_id}"}
    for one in (second, third):
        found = case(db, one.case_id)
        assert (found.like_id, found.behind, found.stage) == (first.case_id, True, "waiting")
        assert found.respond_by is not None


def test_a_copy_that_comes_later_finds_the_first_and_its_card_is_drawn_anew(hear, db, clock):
    [first] = hear(copy(1))
    with db.transaction() as session:
        row = session.scalars(select(Outbox)).one()
        row.due_at, row.sent_at, row.ts, row.sent_version = None, clock.now, "1.0", row.version
    clock.pass_(seconds=1)
    [second] = hear(copy(2))
    with db.reading() as session:
        row = session.scalars(select(Outbox)).one()
    assert case(db, second.case_id).like_id == first.case_id
    assert (row.due_at - clock.now).total_seconds() == 2, "not more than every three seconds"


def test_after_two_days_it_is_another_story(hear, db, clock):
    [first] = hear(copy(1))
    clock.pass_(hours=49)
    [second] = hear(copy(2, created_at=clock.now))
    assert case(db, second.case_id).like_id is None
    assert cards(db) == {f"card:{first.case_id}", f"card:{second.case_id}"}


def test_short_posts_do_not_group_unless_they_quote_the_same_post(hear, db):
    [first] = hear(copy(1, external_id="71"))
    alone, quote = hear(
        copy(2, "@TindraCare mine is broken too"),
        copy(3, "@TindraCare mine is broken too", about="71"),
    )
    assert case(db, alone.case_id).like_id is None
    assert (case(db, quote.case_id).like_id, case(db, quote.case_id).behind) == (first.case_id, True)


def test_who_quotes_a_copy_tells_the_story_of_the_first(hear, db):
    first, _, quote = hear(copy(1), copy(2, external_id="72"), copy(3, "@TindraCare broken!", about="72"))
    assert case(db, quote.case_id).like_id in (None, first.case_id)
    [later] = hear(copy(4, "@TindraCare mine is broken!", about="72"))
    assert case(db, later.case_id).like_id == first.case_id


def test_danger_always_has_a_card_of_its_own(hear, db):
    _, second = hear(copy(1), copy(2, f"{CLAIM}. And now there is smoke!"))
    found = case(db, second.case_id)
    assert (found.severity, found.behind) == (3, False)
    assert f"card:{second.case_id}" in cards(db)


def test_copies_of_praise_bury_no_complaint(hear, db):
    mentions = hear(*(copy(n, PRAISE) for n in range(5)), copy(9, f"{PRAISE}. But now it is broken"))
    assert case(db, mentions[4].case_id).behind is True, "the very same praise"
    assert case(db, mentions[-1].case_id).behind is False, "whatever the sift makes of it"
    hear(copy(20, "@TindraCare it is broken and nobody helps me", about=mentions[0].external_id))
    with db.reading() as session:
        newest = session.scalars(select(Case).order_by(Case.id.desc()).limit(1)).one()
    assert (newest.kind, newest.behind) == ("complaint", False)


def test_other_brands_tell_other_stories(hear, db, office):
    [first] = hear(copy(1))
    with db.transaction() as session:
        session.get_one(Case, first.case_id).brand = "Other"
    [second] = hear(copy(2))
    assert case(db, second.case_id).like_id is None


def test_a_repost_of_a_known_post_counts_on_its_case_and_another_one_stays_set_aside(hear, db, listener):
    [first] = hear(copy(1, external_id="71"))
    by_id, by_words, unknown = hear(
        copy(2, "RT @copier_1: something", repost=True, about="71"),
        copy(3, f"RT @copier_1: {CLAIM[:90]}…"),
        copy(4, "RT @somebody: Tindra has a new machine, and it is a very beautiful one, look", repost=True),
    )
    assert {by_id.case_id, by_words.case_id, unknown.case_id} == {None}
    assert by_words.reason == f"a repost of case {first.case_id}"
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Repost)) == 2
    assert [m.id for m in listener.set_aside()] == [unknown.id]


@pytest.mark.parametrize("move", ["claim", "escalate", "write again"])
def test_a_copy_that_is_taken_or_writes_again_gets_its_card_at_once(hear, db, desk, escalations, move):
    _, second = hear(copy(1), copy(2, conversation="c2"))
    if move == "claim":
        desk.claim(second.case_id, by=ANA)
    elif move == "escalate":
        escalations.escalate(second.case_id, by=GRY, why=None)
    else:
        hear(copy(2, "and nobody answers me", conversation="c2"))
    assert case(db, second.case_id).behind is False
    assert f"card:{second.case_id}" in cards(db)


def test_claim_alone_brings_the_story_and_then_other_work_but_not_its_copies(hear, desk):
    first, *_ = hear(*(copy(n) for n in range(5)))
    [other] = hear(post("Where can I buy a Tindra kettle?", author="lars"))
    assert desk.claim_next(by=ANA).case.id == first.case_id
    assert desk.claim_next(by=BO).case.id == other.case_id
    with pytest.raises(Exception, match=f"What waits tells what case {first.case_id} tells"):
        desk.claim_next(by=BO)
    assert desk.claim(first.case_id + 1, by=BO).case.owner == BO, "by its number"


def test_a_story_told_again_after_it_was_closed_begins_anew(hear, desk, db):
    [first] = hear(copy(1))
    desk.dismiss(first.case_id, by=ANA, because="no_reply")
    again, copied = hear(copy(2), copy(3))
    found = desk.view(again.case_id)
    assert (found.case.like_id, found.case.behind) == (None, False)
    assert found.events[-1].why == f"like case {first.case_id}, which is dismissed"
    assert case(db, copied.case_id).like_id == again.case_id


def test_two_batches_at_once_and_the_same_batch_twice_double_nothing(hear, listener, db):
    from bot.sources import Batch

    posts = [copy(n) for n in range(4)]
    hear(*posts)
    assert listener.take("test", Batch(posts)).repeated == 4
    with db.reading() as session:
        assert session.scalar(select(func.count(Case.id))) == 4
        assert session.scalar(select(func.count(Mention.id))) == 4


def test_the_switch_in_the_playbook_turns_it_off(hear, db, listener):
    book = listener.office.playbook.model_copy(
        update={"groups": listener.office.playbook.groups.model_copy(update={"alike": False})}
    )
    object.__setattr__(listener.office, "playbook", book)
    hear(copy(1), copy(2))
    assert len(cards(db)) == 2
