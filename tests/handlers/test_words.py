"""Every word that can be typed is also a button or a menu, stands in `/case help` and in the README."""

import re
from typing import Any

import pytest

from bot.blocks.ways import DRAWN_ELSEWHERE, LEAD_TOOLS, TOOLS, WAYS, all_ways, card_menu
from config.settings import ROOT
from handlers.features import FEATURES, commands, words
from models.moves import CLAIMED, DISMISSED, RESOLVED, STAGES, WAITING
from tests.people import ANA, post

BUTTONS = {
    "/claim": "claim",
    "/case": "case_menu",
    "/digest": "word_digest",
    "/training": "training",
    "/answers": "word_answers",
}
"""Every command, and the button that does the same."""


def test_every_word_has_its_button_or_menu():
    placed = {way.word for way in (*WAYS, *TOOLS, *LEAD_TOOLS)} | set(DRAWN_ELSEWHERE)
    assert set(words()) <= placed
    assert placed <= set(words()), "and no button stands for a word that is not there"


def test_every_command_has_its_button():
    actions = {name for feature in FEATURES for name in feature.ACTIONS} | {f"word_{w}" for w in words()}
    assert set(commands()) == set(BUTTONS)
    assert set(BUTTONS.values()) <= actions


def test_the_readmes_table_has_every_word_and_every_command():
    readme = (ROOT / "README.md").read_text("utf-8")
    table = "\n".join(line for line in readme.splitlines() if line.startswith("|"))
    typed = set(re.findall(r"`/case (\w+)", table))
    assert {word for word in words() if word not in typed} <= {"show", "digest", "training", "answers"}
    assert {name for name in commands() if f"`{name}" not in table} == set()


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_sheet_has_a_button_for_all_that_can_be_done(stage, hear, desk, escalations):
    hear(post("Where can I buy a Tindra kettle?"))
    if stage != WAITING:
        desk.claim(1, by=ANA)
    if stage == RESOLVED:
        for step in ("helps", "introduced", "solved"):
            desk.tick(1, step, by=ANA)
        desk.resolve(1, by=ANA)
    elif stage == DISMISSED:
        desk.dismiss(1, by=ANA, because="ad")
    elif stage not in (WAITING, CLAIMED):
        escalations.escalate(1, by=ANA, why=None)
    view = desk.view(1)
    blocks: Any = all_ways(view, "show:1")
    menu: Any = card_menu(view)
    drawn = {e["action_id"] for block in blocks for e in block["elements"]}
    helpful = {f"word_{way.word}" for way in WAYS if stage in way.stages} - {"word_continue", "word_private"}
    assert helpful <= drawn, "to go on is for a case that waits for its customer; in private for Facebook's"
    assert 2 <= len(menu["options"]) <= 5
    assert menu["options"][-1]["value"] == "show 1"
