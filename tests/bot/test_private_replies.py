"""A private message to who commented on Facebook: who may write it, when, and what becomes of it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.outward import OutgoingPrivately
from bot.private_replies import PrivateReplies
from bot.sources.posted import Refused, Unknown
from bot.withdrawing import Withdrawing
from models.case import Case
from models.errors import NotAllowed
from models.outbox import Outbox
from models.private_reply import PrivateReply
from models.reply import POSTED, REFUSED, SENDING, UNKNOWN
from tests.outbox.claims import claimed
from tests.people import ANA, BO, GRY, NOON, post

GOOD = "Hi Mia, I'm Ana, customer care at Tindra. I am sorry about the mess. What is your order number?"
COMMENT = "5001_9001"


class Messenger:
    """Where the far side would be: says what a test tells it to."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.outcome: Exception | None = None

    def write_privately(self, text: str, item_id: str) -> str:
        self.sent.append((text, item_id))
        if self.outcome is not None:
            raise self.outcome
        return "m_1"


@pytest.fixture
def private(office) -> PrivateReplies:
    return PrivateReplies(office, can_send=True)


@pytest.fixture
def messenger() -> Messenger:
    return Messenger()


@pytest.fixture
def deliver(private, messenger):
    """What delivery does with the message of a case, as often as it is asked to."""

    def once(*, again: bool = False) -> None:
        with private.office.db.reading() as session:
            subject = session.scalars(select(Outbox.subject).where(Outbox.kind == "facebook_private")).one()
        OutgoingPrivately(private, messenger)(claimed("facebook_private", subject or 0, again=again))

    return once


@pytest.fixture
def comment(hear, desk):
    """Mia's comment, in a case that Ana has."""
    [mention] = hear(post(source="facebook", external_id=COMMENT, author="Mia Jensen", author_name=None))
    desk.claim(1, by=ANA)
    return mention


def stored(private) -> PrivateReply:
    with private.office.db.reading() as session:
        return session.scalars(select(PrivateReply)).one()


def case_of(private) -> Case:
    with private.office.db.reading() as session:
        case = session.get_one(Case, 1)
        assert case.events
        return case


def test_it_is_sent_once_and_on_the_timeline(private, comment, deliver, messenger):
    draft = private.send(1, comment.id, GOOD, by=ANA)
    assert (draft.stops, stored(private).state) == ([], SENDING)
    deliver()
    deliver()
    assert messenger.sent == [(GOOD, COMMENT)]
    reply, case = stored(private), case_of(private)
    assert (reply.state, reply.message_id, reply.sent_at) == (POSTED, "m_1", NOON)
    assert [event.actor for event in case.events if event.what == "private_reply"] == [ANA]
    assert case.private
    assert case.first_response_at is None, "nobody has answered in public"
    assert case.paused_at is None


def test_after_a_public_answer_the_case_waits_for_the_customer(private, comment, deliver, replies):
    checked = replies.check(1, GOOD.replace("What is your order number?", "I write to you."), by=ANA)
    replies.posted_by_hand(checked.reply, by=ANA, url=None)
    private.send(1, comment.id, GOOD, by=ANA)
    deliver()
    assert case_of(private).paused_at == NOON


def test_a_second_one_is_refused_for_that_comment_and_not_for_the_next(
    private, comment, deliver, hear, clock
):
    private.send(1, comment.id, GOOD, by=ANA)
    with pytest.raises(NotAllowed, match="is on its way"):
        private.open(1, by=ANA)
    deliver()
    with pytest.raises(NotAllowed, match=f"<@{ANA}> has written to them about this comment already"):
        private.open(1, by=ANA)
    clock.pass_(minutes=5)
    [next_one] = hear(
        post(
            "My Tindra still leaks",
            source="facebook",
            external_id="5001_9002",
            conversation=COMMENT,
            author="Mia Jensen",
            created_at=clock.now,
        )
    )
    assert private.open(1, by=ANA).mention.id == next_one.id


@pytest.mark.parametrize("late", [timedelta(days=7), timedelta(days=30)])
def test_after_seven_days_it_is_refused(private, comment, clock, late):
    clock.now = NOON + late
    for step in (lambda: private.open(1, by=ANA), lambda: private.send(1, comment.id, GOOD, by=ANA)):
        with pytest.raises(NotAllowed, match="within 7 days"):
            step()
    clock.now = NOON + timedelta(days=7, seconds=-1)
    assert private.send(1, comment.id, GOOD, by=ANA).stops == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestRefused:
    def test_only_its_owner_or_a_lead_writes(self, private, comment):
        with pytest.raises(NotAllowed, match="only they or a lead"):
            private.open(1, by=BO)
        with pytest.raises(NotAllowed, match="Your text is kept"):
            private.send(1, comment.id, GOOD, by=BO)
        assert private.open(1, by=GRY).mention.id == comment.id

    def test_a_case_that_nobody_has_is_claimed_first(self, private, hear):
        hear(post(source="facebook", external_id=COMMENT))
        with pytest.raises(NotAllowed, match="Claim it first"):
            private.open(1, by=ANA)

    def test_other_platforms_have_none(self, private, hear, desk):
        hear(post(source="x", external_id="12"))
        desk.claim(1, by=ANA)
        with pytest.raises(NotAllowed, match="our Facebook page"):
            private.open(1, by=ANA)

    def test_without_a_page_token_nothing_can_be_sent(self, office, comment):
        with pytest.raises(NotAllowed, match="FACEBOOK_PAGE_TOKEN"):
            PrivateReplies(office).open(1, by=ANA)

    def test_a_comment_of_another_case_is_refused(self, private, comment, hear):
        [other] = hear(
            post("My Tindra leaks too", source="facebook", external_id="5001_9", author="Bo Hansen")
        )
        with pytest.raises(NotAllowed, match="not in the case"):
            private.send(1, other.id, GOOD, by=ANA)

    def test_a_case_that_is_none_is_told(self, private):
        with pytest.raises(NotAllowed, match="no case 77"):
            private.open(77, by=ANA)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestCheck:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("What is your order number?", "Say who you are"),
            (f"{GOOD} What is your card number?", "card number, not even in private"),
            (f"{GOOD} Please send me your password.", "password, not even in private"),
            (GOOD + "!" * 2000, "2,000 characters at most"),
        ],
    )
    def test_what_must_not_be_sent_is_stopped(self, private, comment, text, words):
        draft = private.send(1, comment.id, text, by=ANA)
        assert any(words in stop for stop in draft.stops)
        with private.office.db.reading() as session:
            assert session.scalars(select(PrivateReply)).all() == []

    def test_what_belongs_in_private_may_be_asked(self, private, comment):
        assert private.send(1, comment.id, GOOD, by=ANA).stops == []


def test_what_facebook_refuses_may_be_written_again(private, comment, deliver, messenger):
    messenger.outcome = Refused("They take no messages <!channel>")
    private.send(1, comment.id, GOOD, by=ANA)
    deliver()
    assert stored(private).state == REFUSED
    with private.office.db.reading() as session:
        [told] = [
            row.payload["text"]
            for row in session.scalars(select(Outbox).where(Outbox.kind == "notice"))
            if row.payload and "was not taken by Facebook" in row.payload["text"]
        ]
    assert "<!channel>" not in told
    assert private.open(1, by=ANA).text == GOOD
    messenger.outcome = None
    private.send(1, comment.id, GOOD, by=ANA)
    deliver()
    assert (len(messenger.sent), stored(private).state) == (2, POSTED)


@pytest.mark.parametrize("there", [True, False])
def test_an_outcome_that_nobody_knows_waits_for_a_person(private, comment, deliver, messenger, there):
    messenger.outcome = Unknown("The connection to Facebook broke")
    private.send(1, comment.id, GOOD, by=ANA)
    deliver()
    assert stored(private).state == UNKNOWN
    deliver()
    assert len(messenger.sent) == 1
    draft = private.open(1, by=ANA)
    assert draft.unknown == stored(private).id
    with pytest.raises(NotAllowed, match="look first"):
        private.send(1, comment.id, GOOD, by=ANA)
    with pytest.raises(NotAllowed, match="only they or a lead"):
        private.looked(draft.unknown, by=BO, there=there)
    private.looked(draft.unknown, by=ANA, there=there)
    assert stored(private).state == (POSTED if there else REFUSED)


def test_a_program_that_stopped_while_sending_sends_nothing_twice(private, comment, deliver, messenger):
    private.send(1, comment.id, GOOD, by=ANA)
    deliver(again=True)
    assert (messenger.sent, stored(private).state) == ([], UNKNOWN)


def test_who_writes_a_public_reply_meanwhile_hears_of_it(private, comment, deliver, replies):
    seen = replies.start(1, by=ANA).seen
    private.send(1, comment.id, GOOD.replace("Ana", "Gry"), by=GRY)
    deliver()
    news = replies.glance(1, "Hi Mia", by=ANA, seen=seen).news
    assert [(event.what, event.actor) for event in news.events] == [("private_reply", GRY)]


def test_a_comment_that_is_gone_gets_nothing(private, office, comment, deliver, messenger):
    private.send(1, comment.id, GOOD, by=ANA)
    Withdrawing(office).withdraw("facebook", COMMENT)
    deliver()
    assert (messenger.sent, stored(private).state) == ([], REFUSED)
    with pytest.raises(NotAllowed, match="comment is gone"):
        private.open(1, by=ANA)


def test_one_that_quotes_what_is_gone_is_not_kept(private, office, comment, deliver, messenger):
    messenger.outcome = Refused("They take no messages")
    private.send(1, comment.id, f"{GOOD} You wrote: “{comment.text}”", by=ANA)
    deliver()
    Withdrawing(office).withdraw("facebook", COMMENT)
    assert stored(private).text == ""


def test_two_people_at_once_send_one(private, comment):
    def send(who: str) -> str:
        try:
            private.send(1, comment.id, GOOD, by=who)
        except NotAllowed as no:
            return str(no)
        return "sent"

    with ThreadPoolExecutor(6) as pool:
        said = list(pool.map(send, [ANA, GRY] * 3))
    assert said.count("sent") == 1
    assert all("is on its way" in one for one in said if one != "sent")
