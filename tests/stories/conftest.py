"""A playbook in which posts that are alike share a card, and a channel takes five new cards at once."""

import pytest

from config.playbook import Playbook
from tests.people import playbook


@pytest.fixture
def book() -> Playbook:
    return playbook(groups={})
