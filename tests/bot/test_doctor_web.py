"""`doctor` says what is missing for those who send to us, and which address they need."""

from dataclasses import replace

import pytest

from bot.doctor_web import web_findings
from bot.sources import Batch
from config.settings import Settings
from tests.far_network import far_network
from tests.people import playbook, post

DESK = {"webhooks": [{"name": "desk"}]}


def said(settings, sources):
    return {
        f"{state} {about}": words for state, about, words in web_findings(settings, playbook(sources=sources))
    }


def test_a_webhook_without_a_secret_is_bad_and_says_how_to_make_one():
    assert "WEBHOOK_SECRETS=desk=" in said(Settings(), DESK)["bad webhook desk"]


def test_a_webhook_with_a_secret_names_its_address():
    settings = replace(Settings(), webhook_secrets=f"desk={'s' * 24}", public_url="https://care.example/")
    found = said(settings, DESK)
    assert found == {"ok webhook desk": "POST https://care.example/hooks/mentions/desk"}


def test_what_is_left_over_or_not_known_is_a_note():
    settings = replace(Settings(), webhook_secrets=f"desk={'s' * 24} desk={'t' * 24} old={'s' * 24}")
    found = said(settings, DESK)
    assert "two secrets: remove the old one" in found["ok webhook desk"]
    assert "no entry under sources.webhooks" in found["note webhook old"]
    assert "set PUBLIC_URL" in found["note web"]
    assert said(Settings(), {}) == {}


FACEBOOK = {"facebook": {"page_id": "122104"}}
KEYS = replace(
    Settings(), facebook_app_secret="s", facebook_verify_token="v", public_url="https://care.example"
)


def test_facebook_needs_two_secrets_and_is_told_where_to_send():
    assert (
        "FACEBOOK_APP_SECRET and FACEBOOK_VERIFY_TOKEN" in said(Settings(), FACEBOOK)["bad facebook webhook"]
    )
    assert "https://care.example/hooks/facebook" in said(KEYS, FACEBOOK)["ok facebook webhook"]
    assert said(Settings(), {"facebook": {"page_id": "122104", "webhook": False}}) == {}


def test_the_pages_subscription_is_asked_for():
    with far_network() as facebook:
        settings = replace(KEYS, facebook_page_token="t", facebook_api_url=facebook.url)
        path = "/v24.0/122104/subscribed_apps"
        facebook.answer(path, {"data": [{"id": "1", "subscribed_fields": ["messages", "feed"]}]})
        assert "tells our app" in said(settings, FACEBOOK)["ok facebook subscription"]
        facebook.forget()
        facebook.answer(path, {"data": [{"id": "1"}]})
        assert "subscribed_fields=feed" in said(settings, FACEBOOK)["bad facebook subscription"]
        facebook.forget()
        facebook.answer(path, {"error": {"code": 190, "message": "expired"}}, 400)
        assert "FACEBOOK_PAGE_TOKEN" in said(settings, FACEBOOK)["bad facebook subscription"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_whether_anything_ever_came_is_told(db, listener):
    settings = replace(KEYS, webhook_secrets=f"desk={'s' * 24}")

    def about_desk():
        found = {about: words for _, about, words in web_findings(settings, playbook(sources=DESK), db)}
        return found["webhook desk"]

    assert about_desk().endswith("nothing has come yet")
    listener.take("webhook-desk", Batch([post()]))
    assert about_desk().endswith("something came last at 2026-03-10 12:00 UTC")
