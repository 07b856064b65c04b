"""Calls of Slack over an encrypted connection."""

import ssl
from dataclasses import replace

import pytest

from bot.tls import trusted
from config.settings import Settings
from handlers.slack import slack_client
from handlers.wiring import Answer
from tests.slack import free_port


@pytest.fixture
def read(monkeypatch):
    """How often the system's certificates were read."""
    times, really = [], ssl.SSLContext.load_default_certs

    def counted(context, *purpose):
        times.append(purpose)
        really(context, *purpose)

    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", counted)
    trusted.cache_clear()
    return times


def test_the_certificates_are_read_once_and_not_for_each_call(read):
    nobody = f"https://127.0.0.1:{free_port()}/"
    client = slack_client(replace(Settings(), slack_api_url=nobody), retries=False)
    for _ in range(2):
        Answer(nobody, replace=False)("It is yours.")
        with pytest.raises(OSError, match="refused"):
            client.auth_test()
    assert len(read) == 1
