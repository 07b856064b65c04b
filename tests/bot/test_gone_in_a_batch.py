"""A stream tells of everybody's deletions: ours are found among them."""

from bot.sources import Batch, Gone
from models.mention import Mention
from tests.people import post


def test_of_everybodys_deletions_those_that_are_here_are_withdrawn(hear, listener, db):
    kept, lost = hear(post("My Tindra leaks")) + hear(post("My Tindra is broken"))
    strangers = [Gone("bluesky", f"at://did:plc:x/app.bsky.feed.post/{number}") for number in range(1_200)]
    same_id_elsewhere = Gone("bluesky", kept.external_id)
    gone = (*strangers, same_id_elsewhere, Gone(lost.source, lost.external_id))
    listener.take("bluesky-stream", Batch([], {"time_us": 1}, gone=gone))
    with db.reading() as session:
        assert session.get_one(Mention, kept.id).gone_at is None
        assert session.get_one(Mention, lost.id).text == ""
