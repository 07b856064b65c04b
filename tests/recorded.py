"""Recorded answers of the outside world, kept beside the repository because they are not ours to ship."""

import json
import os
from pathlib import Path
from typing import Any

import pytest


def recorded(*parts: str) -> Path:
    """The recorded file or folder. A test that needs a missing one is skipped, loudly; in CI it fails."""
    beside = Path(__file__).resolve().parents[1] / ".." / "shared" / "data"
    folder = Path(os.environ.get("RECORDED_DATA") or beside).resolve()
    path = folder.joinpath(*parts)
    if not path.exists():
        missing = f"NO RECORDED ANSWERS in {folder} (RECORDED_DATA names it): not everything was tried"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return path


def exchange(name: str) -> dict[str, Any]:
    """The first recorded exchange of `x/tweepy/<name>.json`: method, uri, status, headers, json."""
    found: dict[str, Any] = json.loads(recorded("x", "tweepy", f"{name}.json").read_text("utf-8"))[0]
    return found
