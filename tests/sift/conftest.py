"""One sifter for all tests: building it reads eight packs and a language model."""

import pytest

from bot.sift.sift import Sifter
from tests.sift.company import playbook
from tests.sifters import sifter_of


@pytest.fixture(scope="session")
def sifter() -> Sifter:
    return sifter_of(playbook())
