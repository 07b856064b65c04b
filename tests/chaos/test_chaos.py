"""The short form of `make chaos`."""

import pytest

from tests.chaos.plan import KILL, plan
from tests.chaos.play import play


@pytest.mark.timeout(400)
def test_processes_are_killed_and_nothing_is_lost_or_doubled():
    report = play(12, 4, seed=5, settle=200, bound=390, upgrades_killed=1)
    # How long something waited says more of this machine than of the program: `make chaos` judges that.
    wrong = [row for row in report.rows if row.bad and not row.what.startswith("longest wait")]
    assert wrong == [], report.notes
    counted = {row.what: row.count for row in report.rows}
    assert counted["mentions handed over"] > 1
    assert counted["digests sent"] >= 2


def test_a_seed_brings_the_same_faults_again():
    once = plan(7, 60, 20, 5)
    assert once == plan(7, 60, 20, 5)
    assert once != plan(8, 60, 20, 5)
    assert sum(fault.what == KILL for fault in once) == 20
