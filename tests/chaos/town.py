"""Where the faults are played: a local Slack with four channels, a playbook, and what the processes need."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from tests.people import ANA, BO, CARLA, DAG, EVA, GRY
from tests.slack import WORKSPACE

CHANNELS = 4
PEOPLE = (ANA, BO, CARLA, DAG, EVA)
LEADS = (GRY, EVA, DAG, CARLA)
STEP = "helps"
"""The one step without which a case can't be resolved."""
HOOK = "notes"
SECRET = "chaos-" * 8
_LONG = {"first_response": "30d", "resolution": "60d"}


def channel_id(number: int) -> str:
    return f"C0CHAOS{number % CHANNELS}"


def text_of(number: int) -> str:
    """A complaint that leads to the channel of its number; each says something of its own."""
    return (
        f"My Tindra One leaks at corner{number % CHANNELS} of the worktop, what a mess. This is note "
        f"{number} about it and I am really annoyed."
    )


def write_workspace(folder: Path) -> Path:
    data = yaml.safe_load(WORKSPACE.read_text(encoding="utf-8"))
    members = [user["id"] for user in data["users"]] + [data["app"]["botUserId"]]
    data["channels"] += [
        {"id": channel_id(i), "name": f"chaos-{i}", "members": members} for i in range(CHANNELS)
    ]
    return _write(folder / "workspace.yaml", data)


def write_playbook(folder: Path, feed_url: str, now: datetime) -> Path:
    """Two digests are due at once, one in a minute, one in two; no target or deadline ends meanwhile."""
    local = 12 - now.hour
    zone = f"Etc/GMT{-local:+d}"  # where it is about noon, so that no digest's minute is another day's
    here = now + timedelta(hours=local)
    times = ["00:00", "00:00", *(f"{here + timedelta(minutes=m):%H:%M}" for m in (1, 2))]
    queue = {"time_zone": "UTC", "targets": _LONG}
    topics = [{"name": f"corner{i}", "label": f"Corner {i}", "any": [f"corner{i}"]} for i in range(CHANNELS)]
    data: dict[str, Any] = {
        "company": {"name": "Tindra"},
        "brands": [{"name": "Tindra", "handles": {"x": ["TindraCare"]}, "keywords": {"any": ["tindra"]}}],
        "topics": topics,
        "queues": [
            *(
                queue | {"name": f"q{i}", "channel": f"chaos-{i}", "topics": [f"corner{i}"]}
                for i in range(CHANNELS)
            ),
            queue | {"name": "everyone", "channel": "mentions"},
        ],
        "checklist": [
            {"key": STEP, "label": "a reply helps here", "stage": "public", "required_for": ["complaint"]}
        ],
        "leads": [
            {"name": f"Lead {i}", "slack": lead, "digest_at": at, "time_zone": zone}
            for i, (lead, at) in enumerate(zip(LEADS, times, strict=True))
        ],
        "leads_channel": "care-leads",
        "groups": {"alike": False, "most_waiting_cards": 0},
        "sources": {
            "feeds": [{"name": "notes", "url": feed_url, "every": "1m"}],
            "webhooks": [{"name": HOOK, "source": "notes"}],
        },
    }
    return _write(folder / "playbook.yaml", data)


def environment(slack_url: str, database_url: str, playbook: Path) -> dict[str, str]:
    """What the program's processes are started with; a developer's own settings don't reach into them."""
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "TMPDIR", "TZ")}
    return kept | {
        "SLACK_BOT_TOKEN": "xoxb-test",
        "SLACK_APP_TOKEN": "xapp-test",
        "SLACK_API_URL": f"{slack_url}/api/",
        "DATABASE_URL": database_url,
        "PLAYBOOK": str(playbook),
        "WEBHOOK_SECRETS": f"{HOOK}={SECRET}",
    }


def utc_now() -> datetime:
    return datetime.now(UTC)


def _write(path: Path, data: dict[str, Any]) -> Path:
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path
