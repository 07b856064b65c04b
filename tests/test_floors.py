"""Imports only go down: app.py → handlers → bot → models → config."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ["config", "models", "bot", "handlers", "app"]


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: write the whole name, not a relative import"
            found.add(node.module)
    return found


def files() -> list[Path]:
    return [ROOT / "app.py", *(p for floor in FLOORS[:-1] for p in sorted((ROOT / floor).rglob("*.py")))]


def test_imports_only_go_down():
    wrong = []
    for path in files():
        own = path.relative_to(ROOT).parts[0].removesuffix(".py")
        for name in imports(path):
            theirs = name.split(".")[0]
            if theirs == "tests" or (theirs in FLOORS and FLOORS.index(theirs) > FLOORS.index(own)):
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []


def test_only_the_x_sources_import_tweepy():
    users = {
        str(p.relative_to(ROOT)) for p in files() if any(n.split(".")[0] == "tweepy" for n in imports(p))
    }
    assert users <= {"bot/sources/x_client.py"}


def test_the_domain_knows_nothing_of_slack_or_http():
    outside = {"slack_sdk", "slack_bolt", "requests", "flask", "apscheduler", "tweepy", "feedparser"}
    for path in sorted((ROOT / "models").rglob("*.py")):
        assert not {n.split(".")[0] for n in imports(path)} & outside, path
