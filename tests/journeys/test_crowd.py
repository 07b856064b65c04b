"""Very many people claim one case in the same moment, into several processes."""

import pytest

from tests.bench.crowd import claimed_by_a_crowd


@pytest.mark.timeout(240)  # two starts of the program, on a busy machine
def test_of_sixty_people_who_claim_at_once_one_gets_it_and_all_others_hear_who(tmp_path, postgres):
    crowd = claimed_by_a_crowd(tmp_path, postgres(), people=60, processes=2)
    assert crowd.answers == {"has it": 1, "told who has it": 59}
    assert crowd.owners == 1
    assert [line for line in crowd.complaints if "level='warning'" not in line] == []
