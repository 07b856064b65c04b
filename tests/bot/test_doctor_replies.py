"""`doctor` says where replies leave through an API, and what is missing for it."""

from dataclasses import replace

import pytest

from bot.doctor import examine
from config.settings import Settings
from tests.far_network import far_network
from tests.people import playbook

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
BRAND = {"name": "Tindra", "handles": {"x": ["TindraCare"], "facebook": ["tindra"]}}


def said(db, settings, **brand):
    lines = examine(settings, playbook(brands=[{**BRAND, **brand}]), db, [], None)
    return {f"{line.state} {line.about}": line.words for line in lines}


def test_without_keys_people_post_by_hand_and_that_is_a_note(db):
    found = said(db, Settings())
    assert "no X_CONSUMER_KEY" in found["note replies on X"]
    assert "no FACEBOOK_PAGE_TOKEN" in found["note replies on Facebook"]
    assert "set messenger in the playbook" in found["note brand Tindra"]


def test_a_page_token_is_tried(db):
    with far_network() as facebook:
        settings = replace(Settings(), facebook_page_token="t", facebook_api_url=facebook.url)
        facebook.answer("/v24.0/me", {"id": "122104", "name": "Tindra"})
        assert "good" in said(db, settings, messenger="tindra", x_user_id="1")["ok replies on Facebook"]
        facebook.forget()
        facebook.answer("/v24.0/me", {"error": {"code": 190, "message": "expired"}}, 400)
        assert "FACEBOOK_PAGE_TOKEN" in said(db, settings)["bad replies on Facebook"]
