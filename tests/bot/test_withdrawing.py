"""What its author deleted is nowhere here any more; that there was a post, and its case, stays."""

import pytest
from sqlalchemy import select

from bot.asking import Asking
from bot.blocks.card import card
from bot.blocks.sheet import case_sheet
from bot.forgetting import QUOTED
from bot.notes import Notes
from bot.outward import Outgoing
from bot.posting import Posting
from bot.quoting import quotes
from bot.rendering import MESSAGES, render
from bot.reply_news import Seen, whats_new
from bot.searching import find
from bot.withdrawing import Withdrawing
from models.approved_answer import ApprovedAnswer
from models.case import Case
from models.errors import NotAllowed
from models.heap import Heap
from models.mention import HIDDEN, Mention
from models.moves import CLAIMED, DISMISSED, WAITING
from models.outbox import Outbox, put
from models.reply import Reply
from models.schema import metadata
from tests.outbox.claims import claimed
from tests.people import ANA, BO, GRY, post
from tests.slack_limits import assert_message

SAID = "My Tindra leaks through the ceramic valve, order TN-311907, call 20 34 56 78"
NAMED = {
    "author": "mia_unusual",
    "author_name": "Mia Unusual",
    "url": "https://x.com/mia_unusual/status/190",
    "external_id": "190",
}
THEIRS = ("ceramic", "valve", "311907", "20 34 56 78", "unusual", "Unusual")


@pytest.fixture
def withdraw(office):
    def withdraw(mention, because="deleted"):
        return Withdrawing(office).withdraw(mention.source, mention.external_id, because)

    return withdraw


@pytest.fixture
def mention(hear):
    return hear(post(SAID, **NAMED))[0]


def everything(db) -> str:
    """Every text in every row of the database."""
    with db.reading() as session:
        return "\n".join(
            str(row) for table in metadata.sorted_tables for row in session.execute(select(table))
        )


def messages(office) -> str:
    """Every message as it would be drawn now."""
    with office.db.reading() as session:
        rows = [row for row in session.scalars(select(Outbox)) if row.kind in MESSAGES]
        drawn = [render(session, row, office) for row in rows]
    for one in drawn:
        if "home" not in one.text.lower():
            assert_message({"text": one.text, "blocks": one.blocks})
    return "\n".join(f"{one.text} {one.blocks}" for one in drawn)


def case_of(db, number):
    with db.reading() as session:
        case = session.get_one(Case, number)
        return case.stage, case.author, [event.what for event in case.events]


def notices(db, member):
    with db.reading() as session:
        rows = session.scalars(select(Outbox).where(Outbox.kind == "notice", Outbox.channel == member))
        return [row.payload["text"] for row in rows]


def shown_again(office, db):
    """The keys of the messages that are due after everything was sent once."""
    with db.reading() as session:
        return {row.key for row in session.scalars(select(Outbox).where(Outbox.due_at.is_not(None)))}


def sent(db):
    with db.transaction() as session:
        for row in session.scalars(select(Outbox)):
            row.due_at, row.sent_version, row.ts = None, row.version, "1.0"


def test_its_words_and_its_author_are_in_no_row_of_the_database(withdraw, mention, db, desk, office):
    desk.claim(mention.case_id, by=ANA)
    assert all(word in everything(db) for word in THEIRS)
    assert withdraw(mention)
    left = everything(db)
    assert [word for word in THEIRS if word in left] == []
    with db.reading() as session:
        row = session.get_one(Mention, mention.id)
        assert (row.external_id, row.source, row.case_id) == (mention.external_id, "x", mention.case_id)
        assert (row.text, row.author, row.gone_because) == ("", "name not given", "deleted")


def test_nor_in_what_colleagues_wrote_down_of_it(
    withdraw, mention, db, desk, office, replies, escalations, handovers
):
    number, quote = mention.case_id, "says it “leaks through the ceramic valve, order TN-311907”"
    desk.claim(number, by=ANA)
    Notes(office).add(number, f"Bo, she {quote}", by=ANA)
    Notes(office).add(number, "her phone: 20 34 56 78", by=ANA)
    Notes(office).add(number, "look at it tomorrow", by=BO)
    Asking(office).ask(number, BO, f"A customer {quote}?", by=ANA)
    handovers.ask(number, BO, by=ANA, note=f"She {quote}")
    replies.glance(number, f"Hi, I'm Ana from Tindra. You say: {SAID}", by=ANA, seen=None)
    escalations.escalate(number, by=ANA, why=f"customer {quote}")
    assert withdraw(mention)
    left = everything(db)
    assert [word for word in THEIRS if word in left] == []
    assert "look at it tomorrow" in left
    assert left.count(QUOTED) >= 4
    drawn = messages(office)
    assert [word for word in THEIRS if word in drawn] == []


def test_nor_in_an_approved_answers_example(withdraw, mention, db, desk, office, replies):
    with db.transaction() as session:
        session.add(
            ApprovedAnswer.approve(
                title="Leaks",
                topic="leak",
                language="en",
                text="Press the seal.",
                example="My lamp leaks through the ceramic valve and drips",
                holds_days=90,
                by=office.person(GRY),
                at=office.clock(),
            )
        )
        session.add(
            ApprovedAnswer.approve(
                title="Other",
                topic=None,
                language="en",
                text="Thanks.",
                example="Where is the shop?",
                holds_days=90,
                by=office.person(GRY),
                at=office.clock(),
            )
        )
    withdraw(mention)
    with db.reading() as session:
        assert session.scalars(select(ApprovedAnswer.example).order_by(ApprovedAnswer.id)).all() == [
            "",
            "Where is the shop?",
        ]


def test_every_message_that_showed_it_is_shown_anew(
    withdraw, mention, db, desk, office, escalations, handovers
):
    desk.claim(mention.case_id, by=ANA)
    handovers.ask(mention.case_id, BO, by=ANA)
    escalations.escalate(mention.case_id, by=ANA, why="help")
    sent(db)
    withdraw(mention)
    again = shown_again(office, db)
    assert {"card:1", "escalation:1", "handover:1"} <= again


def test_the_card_says_that_it_is_gone_without_anybodys_name(withdraw, mention, desk, office):
    desk.claim(mention.case_id, by=ANA)
    withdraw(mention)
    text, blocks = card(desk.view(1))
    assert_message({"text": text, "blocks": blocks})
    assert "This post was deleted by its author. Its words are gone here too." in str(blocks)
    assert "x.com" not in str(blocks)
    assert "name not given" not in str(blocks)
    sheet = str(case_sheet(desk.view(1)))
    assert "took a post out · it was deleted by its author" in sheet


def test_an_everyday_case_that_waits_is_dismissed_when_nothing_is_left(withdraw, mention, db):
    withdraw(mention)
    stage, author, events = case_of(db, 1)
    assert (stage, author) == (DISMISSED, "name not given")
    assert events == ["open", "withdrawn", "dismiss"]


def test_a_severe_one_stays_for_a_person_to_decide(withdraw, hear, db):
    [danger] = hear(post("My Tindra lamp is smoking and gave me an electric shock!", **NAMED))
    withdraw(danger)
    assert case_of(db, 1)[0] == WAITING


def test_the_first_of_a_story_stays_while_others_wait_behind_its_card(withdraw, hear, db):
    first, copy = hear(post("My Tindra leaks", author="a"), post("Tindra leaks here too", author="b"))
    with db.transaction() as session:
        session.get_one(Case, copy.case_id).tells_of(session.get_one(Case, first.case_id))
    withdraw(first)
    assert case_of(db, first.case_id)[0] == WAITING


def test_a_heaps_card_is_shown_anew(withdraw, mention, db, office):
    with db.transaction() as session:
        heap = Heap(channel="mentions", topic="leak", opened_at=office.clock(), last_at=office.clock())
        session.add(heap)
        session.flush()
        session.get_one(Case, 1).lies_in(heap.id)
        put(session, f"heap:{heap.id}", kind="heap", subject=heap.id, channel="mentions", at=office.clock())
    sent(db)
    withdraw(mention)
    assert "heap:1" in shown_again(office, db)


def test_somebodys_case_stays_theirs_and_they_hear_of_it(withdraw, mention, db, desk):
    desk.claim(1, by=ANA)
    assert withdraw(mention)
    assert case_of(db, 1)[0] == CLAIMED
    [told] = notices(db, ANA)
    assert told.startswith("A post in your case 1 was deleted by its author, so its words are gone here too.")
    assert "It was all there was" in told


def test_what_is_left_of_the_customer_stays(withdraw, hear, db):
    first, second = hear(
        post(SAID, conversation="c", **NAMED),
        post("Anybody there at Tindra?", conversation="c", external_id="191", author="mia_unusual"),
    )
    assert first.case_id == second.case_id
    withdraw(first)
    stage, author, _ = case_of(db, 1)
    assert (stage, author) == (WAITING, "mia_unusual")
    assert "ceramic" not in everything(db)
    withdraw(second)
    assert case_of(db, 1)[:2] == (DISMISSED, "name not given")


def test_said_twice_or_of_a_post_nobody_knows_it_changes_nothing(withdraw, mention, db, office):
    assert withdraw(mention)
    before = everything(db)
    assert not withdraw(mention)
    assert not Withdrawing(office).withdraw("x", "404")
    assert everything(db) == before


def test_a_post_that_was_set_aside_is_nowhere_either(withdraw, hear, db, listener):
    [aside] = hear(post("Selling my Tindra lamp with ceramic valve, 300 kr, dm me", **NAMED))
    assert aside.case_id is None
    assert withdraw(aside)
    left = everything(db)
    assert [word for word in THEIRS if word in left] == []
    assert listener.set_aside() == []
    with pytest.raises(NotAllowed, match="not there any more"):
        listener.bring_back(aside.id, by=ANA)


def test_the_same_post_does_not_come_back_when_a_source_still_has_it(withdraw, mention, hear, db):
    withdraw(mention)
    hear(post(SAID, **NAMED))
    assert "ceramic" not in everything(db)


def test_nobody_replies_to_it(withdraw, mention, desk, replies, db, office):
    desk.claim(1, by=ANA)
    checked = replies.check(1, "Hi Mia, I'm Ana, customer care at Tindra. Which lamp is it?", by=ANA)
    withdraw(mention)
    for attempt in (
        lambda: replies.start(1, by=ANA),
        lambda: replies.post(checked.reply, by=ANA),
        lambda: replies.check(1, "Hi, I'm Ana, customer care at Tindra.", by=ANA),
    ):
        with pytest.raises(NotAllowed, match="deleted by its author, so there is nothing left to reply to"):
            attempt()


def test_a_reply_on_its_way_is_not_sent(withdraw, hear, desk, replies, db, office):
    [mention] = hear(post(SAID, mentions_us=True, **NAMED))
    desk.claim(1, by=ANA)
    checked = replies.check(1, "Hi Mia, I'm Ana, customer care at Tindra. Which lamp is it?", by=ANA)
    replies.post(checked.reply, by=ANA)
    withdraw(mention)

    class Poster:
        def post_reply(self, text, in_reply_to):
            raise AssertionError("it was sent")

    Outgoing(Posting(office), Poster())(claimed("x_reply", checked.reply))
    with db.reading() as session:
        assert session.get_one(Reply, checked.reply).state == "refused"


def test_whoever_is_writing_a_reply_sees_that_something_happened(withdraw, mention, desk, db):
    desk.claim(1, by=ANA)
    with db.reading() as session:
        case = session.get_one(Case, 1)
        seen = Seen.now(session, case, ANA)
    withdraw(mention)
    with db.reading() as session:
        case = session.get_one(Case, 1)
        assert [event.what for event in whats_new(session, case, seen, ANA).events] == ["withdrawn"]


def test_searches_do_not_find_it(withdraw, mention, office):
    assert find(office, "ceramic").total == 1
    withdraw(mention)
    assert find(office, "ceramic").total == 0
    assert find(office, "unusual").total == 0


def test_a_post_that_is_not_public_any_more_says_so(withdraw, mention, desk, db):
    desk.claim(1, by=ANA)
    withdraw(mention, HIDDEN)
    assert "This post is not public any more." in str(card(desk.view(1))[1])


@pytest.mark.parametrize(
    ("text", "said", "found"),
    [
        ("she says: it leaks through the ceramic VALVE!", "It leaks through the ceramic valve", True),
        ("it leaks", "It leaks through the ceramic valve", False),
        ("it leaks through a ceramic valve", "It leaks through the ceramic valve", False),
        ("“where is it” they ask", "Where is it?", True),
        ("yes, no", "Yes no", False),
        ("", "", False),
        ("客人说「陶瓷阀门漏水了怎么办呢」", "我的灯，陶瓷阀门漏水了怎么办呢？", True),
        ("陶瓷阀门", "我的灯，陶瓷阀门漏水了怎么办呢？", False),
    ],
)
def test_a_quote_is_a_run_of_words(text, said, found):
    assert quotes(text, said) is found
