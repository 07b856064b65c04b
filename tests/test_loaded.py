"""What a process loads: no part of the program, and no library, that its role and its playbook do without."""

import json
import subprocess
import sys

from config.settings import ROOT
from models.database import Database

NOT_YET = {"alembic", "mako", "numpy", "scipy", "sklearn", "matplotlib"}
"""For a schema that is behind, what was learned from the team, a suggestion, a chart."""
NEVER = {"py3langid", "pkg_resources", "setuptools"}
"""What only tests need, and what a library would bring along."""
SERVING = {"flask", "werkzeug", "waitress"}
SOURCES = {"tweepy", "feedparser"}
ALL_PARTS = """
import app, json, sys
from pathlib import Path
from bot.reply_check.words import warm_up
from handlers.parts import build
from handlers.running import clock_of, site_of
from config.playbook import load_playbook
from config.settings import read_settings

settings = read_settings(json.loads(sys.argv[1]), dotenv=Path("/nowhere"))
parts = build(settings, load_playbook(Path(settings.playbook)))
parts.office.db.refuse_another_version()
clock_of(parts, leads=True)
before = sorted(sys.modules)
site_of(parts, slack=False)
serving = sorted(sys.modules)
parts.works.listener.sifter.prepare(["en"])
warm_up(["en"], others=False)
print(json.dumps([before, serving, sorted(sys.modules)]))
"""


def test_a_process_loads_what_it_needs_and_no_more(tmp_path):
    place = f"sqlite:///{tmp_path / 'there.db'}"
    database = Database(place)
    database.upgrade()
    database.close()
    settings = {"DATABASE_URL": place, "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}

    told = subprocess.run(
        [sys.executable, "-c", ALL_PARTS, json.dumps(settings)],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )

    before, serving, warm = (set(names) for names in json.loads(told.stdout))
    assert not before & (NOT_YET | SERVING | SOURCES)
    assert serving & SERVING == {"flask", "werkzeug"}
    assert not warm & (NOT_YET | NEVER | SOURCES)
    assert "twitter_text" in warm - serving
    assert {name for name in before if name.startswith("holidays.countries.")} == {
        f"holidays.countries.{country}" for country in ("denmark", "germany", "norway")
    }
