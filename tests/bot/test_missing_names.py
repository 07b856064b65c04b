"""Comments of which Facebook did not say who wrote them: stored at once, and completed afterwards."""

import json

import pytest

from bot.listening import Listener
from bot.missing_names import TIMES, MissingNames
from bot.sources.facebook_api import FacebookApi
from bot.sources.facebook_names import FacebookNames
from models.case import Case
from models.mention import Mention
from models.moves import DISMISSED
from models.outbox import Outbox
from models.post import NO_NAME
from tests.far_network import Answer, far_network
from tests.people import ANA, post
from tests.sources.facebook_shapes import MIA, PAGE, US, comment, error


@pytest.fixture
def facebook():
    with far_network() as network:
        yield network


@pytest.fixture
def names(listener: Listener, facebook) -> MissingNames:
    api = FacebookApi("t", api_url=facebook.url, timeout=(1, 1))
    return MissingNames(listener, FacebookNames(api, PAGE))


@pytest.fixture
def nameless(hear):
    def nameless(number: int, text: str = "My Tindra leaks all over the counter") -> Mention:
        [mention] = hear(
            post(text, source="facebook", external_id=f"5001_{number}", author=NO_NAME, author_name=None)
        )
        return mention

    return nameless


def knows(facebook, *rows):
    """Facebook knows these comments, and fails a request for any other."""
    known = {row["id"]: row for row in rows}

    def several(seen):
        asked = seen.query["ids"].split(",")
        if any(one not in known for one in asked):
            return Answer(400, json.dumps(error(100)).encode())
        return Answer(200, json.dumps({one: known[one] for one in asked}).encode())

    facebook.answer_with("/v24.0/", several)
    for one, row in known.items():
        facebook.answer(f"/v24.0/{one}", row)


def now_of(names, mention):
    with names.listener.office.db.reading() as session:
        found = session.get_one(Mention, mention.id)
        case = session.get(Case, found.case_id) if found.case_id else None
        return found, case


def test_the_name_is_filled_in_with_its_case_and_card(names, nameless, facebook):
    mention = nameless(1)
    with names.listener.office.db.reading() as session:
        before = session.query(Outbox).filter_by(key="card:1").one().version
    knows(facebook, comment(1, by=MIA))
    assert names.look() == 1
    found, case = now_of(names, mention)
    assert (found.author, found.author_id, case.author) == ("Mia Jensen", "77001", "Mia Jensen")
    with names.listener.office.db.reading() as session:
        assert session.query(Outbox).filter_by(key="card:1").one().version > before
    assert names.look() == 0
    assert len(facebook.requests) == 1


def test_one_that_is_gone_does_not_keep_the_others_nameless(names, nameless, facebook):
    gone, there = nameless(1), nameless(2)
    knows(facebook, comment(2))
    facebook.answer("/v24.0/5001_1", error(100), 400)
    assert names.look() == 1
    assert now_of(names, gone)[0].author == NO_NAME
    assert now_of(names, there)[0].author == "Mia Jensen"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestBounds:
    def test_what_facebook_never_tells_is_asked_three_times(self, names, nameless, facebook):
        nameless(1)
        row = comment(1)
        del row["from"]
        knows(facebook, row)
        for _ in range(TIMES + 2):
            assert names.look() == 0
        assert len(facebook.requests) == TIMES

    def test_while_facebook_cannot_be_asked_it_does_not_count(self, names, nameless, facebook):
        nameless(1)
        facebook.answer("/v24.0/", error(190), 400)
        for _ in range(TIMES + 2):
            assert names.look() == 0
        knows(facebook, comment(1))
        assert names.look() == 1

    def test_old_ones_are_left(self, names, nameless, facebook, clock):
        nameless(1)
        clock.pass_(hours=3)
        assert names.look() == 0
        assert facebook.requests == []

    def test_without_a_token_nobody_is_asked(self, listener, nameless):
        nameless(1)
        assert MissingNames(listener, None).look() == 0

    def test_a_name_with_personal_data_in_it_is_none(self, names, nameless, facebook):
        mention = nameless(1)
        knows(facebook, comment(1, by={"id": "7", "name": "mia.jensen@mail.example"}))
        assert names.look() == 0
        assert now_of(names, mention)[0].author == NO_NAME

    def test_what_our_page_wrote_itself_is_dismissed_unless_somebody_has_it(
        self, names, nameless, facebook, desk
    ):
        ours, claimed = nameless(1), nameless(2, "Where is my Tindra order? It is late again")
        desk.claim(2, by=ANA)
        knows(facebook, comment(1, by=US), comment(2, by=US))
        assert names.look() == 2
        assert now_of(names, ours)[1].stage == DISMISSED
        assert now_of(names, claimed)[1].owner == ANA
