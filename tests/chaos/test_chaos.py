"""The short form of `make chaos`."""

import subprocess
import sys

import pytest

from config.settings import ROOT
from tests.chaos.moments import AIMED, DIGEST, DIGEST_POSTED
from tests.chaos.plan import KILL, MOVE, plan
from tests.chaos.play import ROLES, play


@pytest.mark.timeout(400)
def test_processes_are_killed_and_nothing_is_lost_or_doubled():
    report = play(12, 4, seed=5, settle=200, bound=390, upgrades_killed=1, digests_killed=1, roles=ROLES[:5])
    # How long something waited says more of this machine than of the program: `make chaos` judges that.
    wrong = [row for row in report.rows if row.bad and not row.what.startswith("longest wait")]
    assert wrong == [], report.notes
    counted = {row.what: row.count for row in report.rows}
    assert counted["mentions handed over"] > 1
    assert counted["digests sent"] >= 2
    assert counted["rows of an old database"] > 1
    assert report.met[DIGEST], report.notes
    assert report.met[DIGEST_POSTED], report.notes


def test_a_seed_brings_the_same_faults_again():
    once = plan(7, 60, 20, 5)
    assert once == plan(7, 60, 20, 5)
    assert once != plan(8, 60, 20, 5)
    kills = [fault for fault in once if fault.what == KILL]
    assert len(kills) == 20
    assert {fault.moment for fault in kills} == {"", *AIMED}
    assert {fault.by for fault in once if fault.what == MOVE} == {3600, -3600}


MOVED = """
import sys, time
from pathlib import Path
from tests.chaos.wall_clock import WallClock, put_under

clock, true, steady = WallClock(Path(sys.argv[1])), time.time(), time.monotonic()
put_under(clock)
import bot.clock, apscheduler.schedulers.base
from handlers import parts
clock.move(-7200)
told = [time.time(), parts.utc_now().timestamp(), bot.clock.datetime.now(parts.UTC).timestamp(),
        apscheduler.schedulers.base.datetime.now(parts.UTC).timestamp()]
assert all(-7200 <= one - true < -3600 for one in told), told
assert time.monotonic() - steady < 3600
"""


def test_the_program_goes_by_a_clock_that_is_moved(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", MOVED, str(tmp_path / "clock")], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
