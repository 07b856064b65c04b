"""Sifters, kept: a sift of twelve languages is made of 40,000 words, and the next test wants the same one."""

from functools import cache

from bot.sift.sift import Sifter
from config.languages import language_packs
from config.playbook import Playbook

_PLAYBOOKS: dict[str, Playbook] = {}


def sifter_of(playbook: Playbook) -> Sifter:
    """One for each playbook that says the same."""
    written = playbook.model_dump_json()
    _PLAYBOOKS.setdefault(written, playbook)
    return _made(written)


@cache
def _made(written: str) -> Sifter:
    return Sifter(_PLAYBOOKS[written], language_packs())
