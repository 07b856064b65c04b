"""What the log says, and what it never does."""

import logging
import sys
import threading

import pytest
import structlog
from sqlalchemy import select

from bot.logs import set_up_logs
from bot.posting import OUTWARD
from bot.private_replies import KIND as PRIVATE
from bot.rendering import MESSAGES
from bot.trail import OF_A_CASE, THROUGH
from config.settings import Settings
from models.case import Case
from models.event import Event
from models.outbox import CALLBACK, Outbox
from tests.people import ANA, post

WORDS = "my number is 12345678"
SECRET = "s3cret-of-the-help-desk-2026"


@pytest.fixture
def logged(capsys, log_as_before):
    """Sets the log up as a start does, and gives back what was written."""

    def begin(level="INFO", **more):
        set_up_logs(level, **more)
        return lambda: capsys.readouterr().err

    return begin


def fail(words):
    try:
        raise ValueError(words)
    except ValueError as first:
        raise KeyError(words) from first


@pytest.mark.parametrize("library", [False, True])
def test_of_an_exception_there_is_where_and_which_but_not_its_words(logged, library):
    said = logged()
    log = logging.getLogger("apscheduler.executors") if library else structlog.get_logger()
    try:
        fail(WORDS)
    except KeyError:
        log.exception("it broke")
    text = said()
    assert "it broke" in text
    assert "builtins.ValueError" in text
    assert "builtins.KeyError" in text
    assert "in fail" in text
    assert "12345678" not in text


def test_what_nobody_caught_is_told_without_its_words_too(logged):
    said = logged()
    thread = threading.Thread(target=fail, args=[WORDS], name="warm-up")
    thread.start()
    thread.join()
    try:
        fail(WORDS)
    except KeyError:
        sys.excepthook(*sys.exc_info())
    text = said()
    assert "event='a thread broke' thread='warm-up'" in text
    assert "event='the program broke'" in text
    assert text.count("in fail") == 4
    assert "12345678" not in text


def test_at_debug_the_words_are_there(logged):
    said = logged("DEBUG")
    try:
        fail(WORDS)
    except KeyError:
        structlog.get_logger().exception("it broke")
    assert "12345678" in said()


@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
def test_secrets_are_taken_out_of_every_line(logged, level):
    settings = Settings(
        webhook_secrets=f"desk={SECRET}",
        database_url="postgresql://lp:pass+word@db/lp",
        x_bearer_token="A" * 20,
    )
    said = logged(level, secrets=settings.secrets)
    structlog.get_logger().warning("refused", why=f"{SECRET} is not {'A' * 20}", at="lp:pass+word@db")
    logging.getLogger("slack_sdk").error("no answer for xoxb-123-456-abc at hooks.slack.com/commands/T1/2/3")
    text = said()
    assert "refused" in text
    assert "no answer" in text
    for secret in (SECRET, "A" * 20, "pass+word", "123-456", "T1/2/3"):
        assert secret not in text


def test_moves_are_told_once_they_are_committed_and_not_when_they_are_undone(logged, desk, hear, db):
    hear(post())
    said = logged()
    desk.claim(1, by=ANA)
    assert f"event='moved' case=1 what='claim' by='{ANA}'" in said()
    with db.reading() as session:  # what is changed in it is thrown away
        session.get_one(Case, 1).release(by=desk.office.person(ANA), at=desk.office.clock())
        session.flush()
        assert session.query(Event).filter_by(what="release").count() == 1
    assert "release" not in said()


def test_a_mention_is_told_with_its_case(logged, hear):
    said = logged()
    mention, aside = hear(post(), post("RT @mia: my Tindra leaks"))
    text = said()
    assert f"event='mention placed' mention={mention.id} case=1 " in text
    assert f"event='mention placed' mention={aside.id} case=None " in text


def test_what_is_sent_about_a_case_is_told_with_its_number(
    logged, hear, desk, replies, escalations, db, clock
):
    hear(post(mentions_us=True), post(author="kim"))
    escalations.escalate(2, by=ANA, why="a leak")
    desk.claim(1, by=ANA)
    draft = replies.check(1, "Hi, I'm Ana, customer care at Tindra. Sorry! Which machine is it?", by=ANA)
    replies.post(draft.reply or 0, by=ANA)
    said = logged()
    with db.transaction() as session:
        for row in session.scalars(select(Outbox)):
            row.sent_version = row.version
    text = said()
    for line in (
        "event='sent' case=1 key='card:1' kind='card'",
        "event='sent' case=1 key='reply:1' kind='x_reply'",
        "event='sent' case=2 key='escalation:1' kind='escalation'",
    ):
        assert line in text


def test_every_kind_of_message_that_is_about_a_case_is_told_with_its_number():
    of_no_case = {"heap", "digest", "notice", "practice", "answer_check", "home"}
    of_no_case |= {"surge", "surge_called"}
    kinds = {*MESSAGES, *OUTWARD.values(), PRIVATE, CALLBACK}
    assert kinds - of_no_case == OF_A_CASE | set(THROUGH)
