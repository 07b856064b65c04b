"""`doctor` says what is missing for those who send to us, and which address they need."""

from dataclasses import replace

from bot.doctor_web import web_findings
from config.settings import Settings
from tests.people import playbook

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
