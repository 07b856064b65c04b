"""The disk under SQLite is full for a while: whoever sent a post hears that it was not taken."""

import sys

import pytest


@pytest.mark.skipif(sys.platform != "linux", reason="The full disk is tried on Linux alone")
@pytest.mark.timeout(300)
def test_a_full_disk_loses_and_doubles_nothing(tmp_path):
    from tests.chaos.full_disk import fill_the_disk  # what it limits a process with is Linux's

    assert [row for row in fill_the_disk(tmp_path) if row.bad] == []
