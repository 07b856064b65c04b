"""From a batch of posts to mentions, cases and cards: exactly one of each."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.blocks.card import card
from bot.sources import Batch
from models.case import Case
from models.errors import NotAllowed
from models.mention import Mention
from models.outbox import Outbox
from models.post import NO_NAME, Post
from models.source_state import SourceState
from tests.people import ANA, BO, NOON, post


def count(db, table):
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_a_post_becomes_one_mention_in_one_case_with_one_card(hear, db):
    [mention] = hear(post())
    assert (mention.kind, mention.topic, mention.language, mention.queue) == (
        "complaint",
        "leak",
        "en",
        "everyone",
    )
    with db.reading() as session:
        case = session.get_one(Case, mention.case_id)
        card = session.scalars(select(Outbox)).one()
    assert (case.stage, card.key, card.channel) == ("waiting", f"card:{case.id}", "mentions")


def test_the_same_post_twice_is_one_mention(hear, listener, db):
    same = post()
    hear(same)
    taken = listener.take("test", Batch([same, same]))
    assert (taken.stored, taken.repeated) == (0, 2)
    assert (count(db, Mention), count(db, Case)) == (1, 1)


def test_the_same_id_from_two_sources_is_two_mentions(hear, db):
    hear(post(external_id="1"), post(external_id="1", source="rss", author="a_forum_reader"))
    assert count(db, Mention) == 2


def test_a_later_post_of_the_conversation_joins_the_case(hear, db):
    first, second = (
        post(conversation="c1"),
        post("@TindraCare still nothing", conversation="c1", author="other"),
    )
    one, two = hear(first, second)
    assert one.case_id == two.case_id
    assert count(db, Case) == 1


def test_a_later_post_of_the_author_about_the_same_thing_joins_within_a_day(hear, clock):
    [first] = hear(post(conversation=None))
    clock.pass_(hours=23)
    [second] = hear(post("Tindra why does it leak so much", conversation=None, created_at=clock.now))
    clock.pass_(hours=25)
    [third] = hear(post("My Tindra is leaking again", conversation=None, created_at=clock.now))
    assert second.case_id == first.case_id
    assert third.case_id != first.case_id


def test_a_post_without_the_name_joins_its_authors_conversation(hear):
    first, second = hear(post(conversation="c1"), post("and nobody answers me", conversation="c1"))
    assert second.shown
    assert second.case_id == first.case_id


def test_a_namesake_is_kept_with_its_reason_and_opens_no_case(hear, db):
    [mention] = hear(post("Lovely weather in Odense today", author="somebody"))
    assert (mention.shown, mention.case_id) == (False, None)
    assert mention.reason
    assert count(db, Outbox) == 0


def test_what_was_set_aside_can_be_brought_back_once(hear, listener, db):
    [mention] = hear(post("For sale: used Tindra, 100 EUR, hardly used, pick up in Leeds"))
    assert not mention.shown
    assert [m.id for m in listener.set_aside()] == [mention.id]
    number = listener.bring_back(mention.id, by=ANA)
    assert listener.bring_back(mention.id, by=BO) == number
    assert listener.set_aside() == []
    assert count(db, Case) == 1


def test_bringing_back_what_is_not_there_is_a_sentence(listener):
    with pytest.raises(NotAllowed, match="not there any more"):
        listener.bring_back(99, by=ANA)


def test_a_danish_post_goes_to_the_nordic_queue(hear):
    [mention] = hear(post("Min Tindra er utæt og drypper ud over hele køkkenbordet", author="lars"))
    assert (mention.language, mention.queue) == ("da", "nordic")


def test_the_owner_is_told_when_the_customer_writes_again(hear, desk, db):
    [mention] = hear(post(conversation="c1"))
    desk.claim(mention.case_id, by=ANA)
    hear(post("still leaking", conversation="c1"))
    with db.reading() as session:
        told = session.scalars(select(Outbox).where(Outbox.kind == "notice")).one()
    assert told.channel == ANA
    assert "wrote again" in told.payload["text"]


def test_the_cursor_is_stored_with_the_mentions(listener, db):
    listener.take("feed-x", Batch([post()], cursor={"seen": 1}))
    with db.reading() as session:
        assert session.get_one(SourceState, "feed-x").cursor == {"seen": 1}


def test_a_batch_that_breaks_leaves_neither_mentions_nor_cursor(listener, db):
    broken = post()
    object.__setattr__(broken, "text", None)
    with pytest.raises(AttributeError):
        listener.take("feed-x", Batch([post(), broken], cursor={"seen": 2}))
    assert (count(db, Mention), count(db, SourceState)) == (0, 0)


def test_personal_data_is_found_and_withheld_from_the_card(hear, office):
    [mention] = hear(post("My Tindra leaks, call me on +45 20 12 34 56, order TN-204518"))
    assert set(mention.personal_data) == {"+45 20 12 34 56", "TN-204518"}
    with office.db.reading() as session:
        text = str(card(office.view(session, session.get_one(Case, mention.case_id))))
    assert "20 12 34 56" not in text
    assert "Withheld here" in text


def test_an_overdue_case_is_told_to_the_leads_once(hear, targets, clock, db):
    hear(post())
    clock.pass_(minutes=59)
    assert targets.miss_targets() == 0
    clock.pass_(minutes=2)
    assert targets.miss_targets() == 1
    assert targets.miss_targets() == 0
    with db.reading() as session:
        told = session.scalars(select(Outbox).where(Outbox.kind == "notice")).all()
    assert [row.channel for row in told] == ["care-leads"]


def test_a_promise_is_remembered_once(hear, desk, targets, clock, db):
    [mention] = hear(post())
    desk.claim(mention.case_id, by=ANA)
    desk.promise(mention.case_id, "next_step", NOON + timedelta(hours=3), by=ANA)
    assert targets.remind_promises() == 0
    clock.pass_(hours=3)
    assert (targets.remind_promises(), targets.remind_promises()) == (1, 0)
    with db.reading() as session:
        told = session.scalars(select(Outbox).where(Outbox.kind == "notice")).one()
    assert told.channel == ANA


def test_the_reply_goes_to_the_customer_whoever_else_joined_the_conversation(hear, desk, replies):
    [first] = hear(post(conversation="c1", external_id="7100000001"))
    hear(post("tindra is a scam", conversation="c1", author="troll", external_id="7100000002"))
    desk.claim(first.case_id, by=ANA)
    checked = replies.check(first.case_id, "I'm Ana, customer care at Tindra. Sorry! Please DM us.", by=ANA)
    assert "in_reply_to=7100000001" in checked.links.post


def test_a_stranger_does_not_open_a_closed_case_again(hear, desk):
    [first] = hear(post(conversation="c1"))
    desk.dismiss(first.case_id, by=ANA, because="no_reply")
    [other] = hear(post("my tindra leaks too", conversation="c1", author="stranger"))
    assert other.case_id != first.case_id


def test_a_dismissed_case_that_opens_again_is_nobodys_and_has_time(hear, desk, clock):
    [first] = hear(post(conversation="c1"))
    desk.claim(first.case_id, by=ANA)
    desk.dismiss(first.case_id, by=ANA, because="no_reply")
    clock.pass_(days=5)
    hear(post("hello?", conversation="c1", created_at=clock.now))
    case = desk.view(first.case_id).case
    assert (case.stage, case.owner, case.is_overdue(clock.now)) == ("waiting", None, False)


def test_two_people_without_a_name_are_two_cases(hear, db):
    hear(*(post(author=NO_NAME, author_name=None, source="rss", conversation=None) for _ in range(2)))
    assert count(db, Case) == 2


def test_personal_data_in_a_name_or_a_link_is_dropped(hear):
    [mention] = hear(post(author_name="Mia +45 22 33 44 55", url="https://f.example/?mail=mia@f.example"))
    assert (mention.author_name, mention.url) == (None, None)


def test_a_customer_who_writes_for_the_third_time_in_a_month_gets_a_second_look(hear, clock, db):
    for number in range(3):
        [mention] = hear(post("@TindraCare my machine is broken", conversation=f"c{number}"))
        assert mention.severity == (1 if number == 2 else 0)
        clock.pass_(days=2)
    assert mention.reason.endswith("has written 3 times in 30 days")
    with db.reading() as session:
        assert session.get_one(Case, mention.case_id).severity == 1


def test_a_grave_post_makes_the_whole_case_severe_and_its_card_says_so(hear, desk):
    hear(post("@TindraCare my machine is broken", conversation="c1"))
    [second] = hear(post("@TindraCare now there is smoke, it is still broken", conversation="c1"))
    view = desk.view(second.case_id)
    assert view.case.severity == 3
    assert ":rotating_light: danger" in str(card(view)[1][0]["text"])


def facebook(number: int, author_id: str | None) -> Post:
    return post(source="facebook", external_id=f"5001_{number}", author="Mia Jensen", author_id=author_id)


def test_two_people_who_are_called_alike_on_facebook_have_two_cases(hear):
    first, namesake = hear(facebook(1, "77001"), facebook(2, "77002"))
    assert first.case_id != namesake.case_id
    again, hers, unknown = hear(facebook(3, "77001"), facebook(4, "77002"), facebook(5, None))
    assert (again.case_id, hers.case_id) == (first.case_id, namesake.case_id)
    assert unknown.case_id in (first.case_id, namesake.case_id)
