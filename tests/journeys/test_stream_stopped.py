"""The real program with a connection to a source kept open: told to stop, and started again."""

import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.far_network import far_network
from tests.far_socket import far_socket
from tests.journeys.test_killed import Program
from tests.slack import eventually
from tests.sources.bluesky_shapes import MIA, OURS, PROFILES, RESOLVE, event

BO = "did:plc:bo333333333333333333333"


@pytest.fixture
def far():
    with far_socket() as far:
        yield far


@pytest.fixture
def process(tmp_path, slack, far):
    with far_network() as network:
        people = {MIA: "mia.example", BO: "bo.example"}
        network.answer(PROFILES, {"profiles": [{"did": did, "handle": name} for did, name in people.items()]})
        network.answer(RESOLVE, {"did": OURS})
        program = Program(tmp_path, slack.url)
        playbook = Path(program.env["PLAYBOOK"])
        text, _ = playbook.read_text(encoding="utf-8").split("sources:")
        stream = "sources: {bluesky: {search: false, mentions: false, stream: true}}\n"
        playbook.write_text(text + stream, encoding="utf-8")
        program.env |= {"BLUESKY_API_URL": network.url, "BLUESKY_STREAM_URL": far.url}
        yield program
        program.stop()


def test_a_stream_ends_with_the_program_and_goes_on_where_it_was(process, slack, far):
    now = datetime.now(UTC)
    process.start()
    eventually(lambda: far.asked, within=40)
    far.say(event(now, "3la"))
    slack.card(1, within=40)
    assert process.end(signal.SIGTERM, within=30) == 0
    assert "stopped before all" not in process.said()
    assert "Traceback" not in process.said()

    far.cut()  # ends its side of the old connection too
    process.start()
    eventually(lambda: len(far.asked) == 2, within=40)
    assert int(far.asked[1]["cursor"]) <= int(now.timestamp() * 1_000_000), "it asks for what it missed"
    later = now + timedelta(seconds=1)
    far.say(event(now, "3la"), event(later, "3lb", did=BO, text="Does the Tindra fit a tall cup?"))
    slack.card(2, within=40)
    assert process.end(signal.SIGTERM, within=30) == 0
    assert len(slack.cards(1)) == 1
