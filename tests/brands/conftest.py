"""Two brands in one installation: Tindra, and Fjordly with a playbook of its own."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from config.playbook import Playbook, load_playbook
from models.outbox import Outbox
from tests.people import BO, EVA, post, written

TEA, COFFEE = "Fjordly", "Tindra"
OWN: dict[str, Any] = {
    "company": {"name": "Fjordly Tea"},
    "checklist": [
        {"key": "helps", "label": "a reply helps here", "stage": "public"},
        {
            "key": "packet",
            "label": "I offered a new packet",
            "stage": "close",
            "required_for": ["complaint", "question"],
        },
    ],
    "specialists": [
        {
            "name": "Bo",
            "slack": BO,
            "topics": ["leak"],
            "languages": ["en"],
            "time_zone": "Europe/Stockholm",
        },
    ],
    "leads": [{"name": "Eva", "slack": EVA, "digest_at": "08:30", "time_zone": "Europe/Copenhagen"}],
    "leads_channel": "tea-leads",
}
"""What differs for Fjordly."""
QUEUES = [
    {
        "name": "tea",
        "channel": "mentions-tea",
        "brands": [TEA],
        "languages": ["en"],
        "time_zone": "Europe/Copenhagen",
        "targets": {"first_response": "1h", "resolution": "1d"},
    },
    *written()["queues"],
]
Write = Callable[..., Path]
Load = Callable[..., Playbook]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes both playbooks; returns the main one's path. `changes` are of the main playbook."""

    def files(own: dict[str, Any] | str = OWN, **changes: Any) -> Path:
        [coffee] = written()["brands"]
        tea = {
            "name": TEA,
            "playbook": "tea.yaml",
            "handles": {"x": ["FjordlyTea"]},
            "private_form": "https://fjordly.example/write",
            "keywords": {"any": ["fjordly"]},
        }
        text = own if isinstance(own, str) else json.dumps(own)  # YAML reads JSON
        (tmp_path / "tea.yaml").write_text(text, encoding="utf-8")
        main = written(**{"brands": [coffee, tea], "queues": QUEUES} | changes)
        (tmp_path / "main.yaml").write_text(json.dumps(main), encoding="utf-8")
        return tmp_path / "main.yaml"

    return files


@pytest.fixture
def load(write: Write) -> Load:
    return lambda own=OWN, **changes: load_playbook(write(own, **changes))


@pytest.fixture
def book(load: Load) -> Playbook:
    return load()


@pytest.fixture
def tea(hear, office) -> int:
    """A complaint about Fjordly."""
    return _case(hear, "My Fjordly packet leaks tea all over the kitchen, what a mess")


@pytest.fixture
def coffee(hear, office) -> int:
    """A complaint about Tindra."""
    return _case(hear, "My Tindra leaks all over the kitchen counter, what a mess")


def _case(hear, text: str) -> int:
    [mention] = hear(post(text, author=f"mia_{text[3:9].lower()}"))
    return int(mention.case_id)


def told(db, channel) -> list[str]:
    """Sentences on their way to somebody, or into a channel."""
    with db.reading() as session:
        rows = select(Outbox).where(Outbox.kind == "notice", Outbox.channel == channel).order_by(Outbox.id)
        return [row.payload["text"] for row in session.scalars(rows)]


def kinds_in(db, channel) -> list[str]:
    with db.reading() as session:
        return list(session.scalars(select(Outbox.kind).where(Outbox.channel == channel)))
