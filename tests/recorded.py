"""Recorded answers of the outside world, kept beside the repository because they are not ours to ship."""

import json
import os
from pathlib import Path
from typing import Any

import pytest


def recorded(*parts: str) -> Path:
    """The recorded file or folder; a test that needs a missing one fails with where it was looked for."""
    beside = Path(__file__).resolve().parents[1] / ".." / "shared" / "data"
    path = Path(os.environ.get("RECORDED_DATA") or beside).resolve().joinpath(*parts)
    if not path.exists():
        pytest.fail(f"Recorded data is missing: {path}. RECORDED_DATA names the folder that has it.")
    return path


def exchange(name: str) -> dict[str, Any]:
    """The first recorded exchange of `x/tweepy/<name>.json`: method, uri, status, headers, json."""
    found: dict[str, Any] = json.loads(recorded("x", "tweepy", f"{name}.json").read_text("utf-8"))[0]
    return found
