"""The wall clock is set back between Slack's answer and the line in the database that tells of it."""

from bot.outbox.pacing import EVERY, LONGEST_REST, Paces, Turn

LANE = Turn("to:mentions", ())
HOUR = 3600.0


def test_a_channel_does_not_rest_for_the_hour_by_which_the_clock_was_ahead(db):
    wall = [HOUR]
    paces = Paces(lambda: wall[0])
    with db.transaction() as session:
        begun = paces.begin(session, LANE)
    assert begun is not None
    answered = wall[0]
    wall[0] = 0.0
    with db.transaction() as session:
        paces.end(session, LANE.lane, begun[0], not_before=answered + EVERY)
    wall[0] = LONGEST_REST
    with db.transaction() as session:
        assert paces.begin(session, LANE) is not None
