"""A person says what a case is: the case, its queue and deadlines follow, and a lesson remains."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.blocks.correction import aside_modal, correction_modal
from bot.blocks.lessons import lessons_list
from bot.lessons.correcting import Correcting, languages_of
from bot.lessons.listing import Lessons
from handlers.lessons import said_in_words
from models.corrected import Said
from models.errors import NotAllowed
from models.lesson import NO_TOPIC, Lesson
from models.mention import Mention
from models.outbox import Outbox
from tests.people import ANA, BO, GRY, NOON, playbook, post
from tests.slack_limits import assert_message, assert_view

DELIVERY = {"name": "delivery", "label": "Delivery and post", "any": ["parcel*"]}
LEAK = {"name": "leak", "label": "Leaks", "any": ["leak*"]}


def queue(name, **rules):
    given = {"channel": f"mentions-{name}", "time_zone": "UTC"}
    return {"name": name, "targets": {"first_response": "1h", "resolution": "1d"}} | given | rules


@pytest.fixture
def book():
    return playbook(
        topics=[LEAK, DELIVERY],
        queues=[
            queue("parcels", topics=["delivery"], targets={"first_response": "30m", "resolution": "2d"}),
            queue("office", kinds=["praise"], hours={"days": {"wed": ["08:00", "16:00"]}}),
            queue("everyone"),
        ],
    )


@pytest.fixture
def correcting(office):
    return Correcting(office)


def lessons(db):
    with db.reading() as session:
        return session.scalars(select(Lesson).order_by(Lesson.id)).all()


def live(db):
    return [one for one in lessons(db) if one.live is not None]


def test_a_case_becomes_what_somebody_says_it_is_and_that_is_on_record(hear, correcting, desk, db):
    hear(post())
    done = correcting.correct(1, Said(kind="praise", topic=NO_TOPIC, language="da"), by=ANA)
    case = desk.view(1).case
    assert done.changed
    assert (case.kind, case.topic, case.language) == ("praise", None, "da")
    event = desk.view(1).events[-1]
    assert (event.what, event.actor, event.why) == (
        "correct", ANA, "complaint → praise, leak → no topic, en → da",
    )  # fmt: skip
    [lesson] = lessons(db)
    assert (lesson.how, lesson.by, lesson.brand, lesson.case_id) == ("corrected", ANA, "Tindra", 1)
    ruled = lesson.ruled_kind, lesson.ruled_topic, lesson.ruled_language, lesson.ruled_shown
    assert ruled == ("complaint", "leak", "en", True)
    assert (lesson.kind, lesson.topic, lesson.language, lesson.needed) == ("praise", NO_TOPIC, "da", None)


def test_said_twice_it_is_one_lesson(hear, correcting, db):
    hear(post())
    assert correcting.correct(1, Said(kind="praise"), by=ANA).changed
    assert not correcting.correct(1, Said(kind="praise"), by=ANA).changed
    assert len(lessons(db)) == 1


def test_a_later_word_replaces_the_lesson_and_keeps_what_it_does_not_say(hear, correcting, db):
    hear(post())
    correcting.correct(1, Said(kind="praise", language="da"), by=ANA)
    correcting.correct(1, Said(kind="question"), by=BO)
    [lesson] = live(db)
    assert (lesson.kind, lesson.language, lesson.by) == ("question", "da", BO)
    assert lesson.ruled_kind == "complaint"


def test_only_the_owner_or_a_lead_says_what_a_claimed_case_is(hear, correcting, desk):
    hear(post())
    desk.claim(1, by=ANA)
    with pytest.raises(NotAllowed, match="<@UANA> has case 1; only its owner or a lead"):
        correcting.correct(1, Said(kind="praise"), by=BO)
    assert correcting.correct(1, Said(kind="praise"), by=GRY).changed


def test_what_nobody_may_claim_nobody_may_talk_down(hear, office, desk, db):
    levels = [{"level": 1, "name": "all"}, {"level": 2, "name": "trained", "kinds": ["complaint"]}]
    trained = playbook(training={"levels": levels, "trained": {ANA: 2, BO: 1}}, topics=[LEAK])
    correcting = Correcting(type(office)(db, trained, office.clock, lambda: None))
    hear(post())
    with pytest.raises(NotAllowed, match="needs level 2"):
        correcting.correct(1, Said(kind="praise"), by=BO)
    correcting.correct(1, Said(kind="praise"), by=ANA)
    desk.claim(1, by=BO)
    assert correcting.correct(1, Said(kind="complaint"), by=BO).above == 2
    assert desk.view(1).case.owner == BO


def test_the_case_moves_to_the_queue_of_its_topic_with_the_time_it_had(hear, correcting, desk, clock, db):
    hear(post())
    clock.pass_(minutes=10)
    done = correcting.correct(1, Said(topic="delivery"), by=ANA)
    case = desk.view(1).case
    assert (done.moved_to, case.queue) == ("mentions-parcels", "parcels")
    assert case.respond_by == clock.now + timedelta(minutes=30), "that queue gives half an hour"
    assert case.resolve_by == NOON + timedelta(days=1), "and no more than was left"
    with db.reading() as session:
        assert session.scalars(select(Outbox.channel).where(Outbox.key == "card:1")).all() == [
            "mentions-parcels"
        ]
        assert session.get_one(Mention, 1).queue == "parcels"


def test_the_time_that_was_left_counts_in_the_new_queues_hours(hear, correcting, desk, clock):
    hear(post())
    clock.pass_(minutes=20)
    correcting.correct(1, Said(kind="praise"), by=ANA)
    case = desk.view(1).case
    assert case.queue == "office"
    assert case.respond_by == NOON.replace(day=11, hour=8, minute=40), "Wednesday, 40 minutes after opening"


def test_what_is_overdue_stays_overdue(hear, correcting, desk, clock):
    hear(post())
    clock.pass_(hours=2)
    correcting.correct(1, Said(topic="delivery"), by=ANA)
    case = desk.view(1).case
    assert case.respond_by == NOON + timedelta(hours=1)
    assert case.is_overdue(clock.now)


def test_a_case_that_somebody_put_elsewhere_stays_there(listener, correcting, desk):
    logged = listener.log(post(source="phone"), kind="complaint", language="en", queue="office", by=ANA)
    correcting.correct(logged.case, Said(kind="question"), by=ANA)
    assert desk.view(logged.case).case.queue == "office"


def test_a_posted_card_becomes_a_note_and_the_card_is_a_new_message(hear, correcting, db):
    hear(post())
    with db.transaction() as session:
        row = session.scalars(select(Outbox)).one()
        row.ts, row.slack_channel, row.due_at = "1.0", "C1", None
    correcting.correct(1, Said(topic="delivery"), by=ANA)
    with db.reading() as session:
        note, card = session.scalars(select(Outbox).order_by(Outbox.id)).all()
    assert (note.kind, note.channel, note.ts, note.payload) == (
        "moved", "mentions-everyone", "1.0", {"to": "mentions-parcels", "by": ANA},
    )  # fmt: skip
    assert (card.key, card.channel, card.ts) == ("card:1", "mentions-parcels", None)
    assert note.due_at is not None
    assert card.due_at is not None


def test_there_and_back_again_leaves_one_card(hear, correcting, db):
    hear(post())
    for topic in ("delivery", "leak", "delivery"):
        with db.transaction() as session:
            row = session.scalars(select(Outbox).where(Outbox.key == "card:1")).one()
            row.ts, row.slack_channel, row.due_at = f"{row.id}.0", "C1", None
        correcting.correct(1, Said(topic=topic), by=ANA)
    with db.reading() as session:
        kinds = session.scalars(select(Outbox.kind).order_by(Outbox.id)).all()
    assert kinds == ["moved", "moved", "moved", "card"]


@pytest.mark.parametrize(
    ("because", "taught"),
    [("ad", [("ad", False)]), ("not_us", [(None, False)]), ("no_reply", []), ("duplicate", [])],
)
def test_a_dismissal_teaches_by_its_reason(because, taught, hear, desk, db):
    hear(post())
    desk.dismiss(1, by=ANA, because=because)
    assert [(one.kind, one.needed) for one in live(db)] == taught


def test_a_dismissal_taken_back_teaches_nothing_and_what_was_said_before_counts_again(
    hear, correcting, desk, db
):
    hear(post())
    correcting.correct(1, Said(kind="question"), by=ANA)
    desk.dismiss(1, by=ANA, because="ad")
    assert [(one.kind, one.needed) for one in live(db)] == [("ad", False)]
    desk.reopen(1, by=GRY)
    assert [(one.kind, one.needed) for one in live(db)] == [("question", None)]


def test_what_is_brought_back_was_needed(hear, listener, db):
    hear(post("For sale: used Tindra, 100 EUR, hardly used, pick up in Leeds"))
    listener.bring_back(1, by=ANA)
    [lesson] = live(db)
    assert (lesson.how, lesson.needed, lesson.kind) == ("brought_back", True, None)
    assert (lesson.ruled_kind, lesson.ruled_shown) == ("ad", False)


def test_what_is_logged_by_hand_teaches_its_kind(listener, db):
    listener.log(post(source="phone"), kind="idea", language="da", queue="everyone", by=ANA)
    [lesson] = live(db)
    assert (lesson.how, lesson.kind, lesson.language, lesson.needed) == ("logged", "idea", "da", True)
    assert (lesson.ruled_kind, lesson.ruled_language) == ("complaint", "en")


def test_a_post_that_was_set_aside_is_corrected_and_stays_or_comes_back(hear, listener, correcting, db):
    hear(post("For sale: used Tindra, 100 EUR, hardly used, pick up in Leeds"))
    correcting.correct_aside(1, Said(kind="question", topic="delivery"), needed=True, by=ANA)
    number = listener.bring_back(1, by=ANA)
    with db.reading() as session:
        mention = session.get_one(Mention, 1)
    assert (mention.kind, mention.queue, mention.case_id) == ("question", "parcels", number)
    [lesson] = live(db)
    assert (lesson.kind, lesson.topic, lesson.needed) == ("question", "delivery", True)
    with pytest.raises(NotAllowed, match=f"is case {number} now"):
        correcting.correct_aside(1, Said(kind="ad"), needed=False, by=BO)


def test_leads_see_who_taught_what_and_take_it_back(hear, correcting, office, db, clock):
    hear(post("Hallo <!channel> Tindra leaks", author="<@UGRY>"))
    correcting.correct(1, Said(kind="praise", topic=NO_TOPIC), by=ANA)
    with pytest.raises(NotAllowed, match="Only leads"):
        Lessons(office).newest(by=ANA)
    text, blocks = lessons_list(Lessons(office).newest(by=GRY), office.playbook, "UTC", clock.now)
    assert_message({"text": text, "blocks": blocks})
    assert "complaint → praise · Leaks → no topic" in str(blocks)
    assert "<@UANA>" in str(blocks)
    assert "channel" not in str(blocks), "no post's text stands in a lesson"
    with pytest.raises(NotAllowed, match="Only leads"):
        Lessons(office).take_back(1, by=ANA)
    assert Lessons(office).take_back(1, by=GRY)
    assert not Lessons(office).take_back(1, by=GRY)
    assert live(db) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("praise", Said(kind="praise")),
        ("about delivery", Said(topic="delivery")),
        ("ABOUT Delivery and Post in Swedish", Said(topic="delivery", language="sv")),
        ("idea about leaks in da", Said(kind="idea", topic="leak", language="da")),
        ("about nothing", Said(topic=NO_TOPIC)),
        ("in no", Said(language="no")),
    ],
)
def test_what_people_type_is_read(words, said, book):
    assert said_in_words(words, book) == said


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("nonsense", "is no kind. There are: complaint"),
        ("about <!channel>", "no topic “!channel”"),
        ("in klingon", "none of these languages"),
        ("praise praise", "Say it as in"),
    ],
)
def test_what_cannot_be_read_is_answered_with_what_can(words, answer, book):
    with pytest.raises(NotAllowed, match=answer):
        said_in_words(words, book)


def test_the_windows_stay_within_slacks_limits(hear, correcting):
    topics = [{"name": f"t{n}", "label": "ö" * 90, "any": ["x"]} for n in range(150)]
    many = playbook(topics=[LEAK, *topics])
    hear(post(), post("For sale: used Tindra, 100 EUR, pick up in Leeds", author="b"))
    remembered = {"url": "https://hooks.slack.com/actions/" + "x" * 200, "replace": True}
    view = correcting.to_correct(1, by=ANA)
    assert_view(correction_modal(view, languages_of(view.playbook), remembered))
    assert_view(aside_modal(correcting.aside(2), many, languages_of(many), remembered))


def test_a_topic_or_language_that_is_not_there_is_refused(hear, correcting):
    hear(post())
    for said in (Said(topic="gone"), Said(language="xx"), Said(kind="spam"), Said()):
        with pytest.raises(NotAllowed):
            correcting.correct(1, said, by=ANA)
