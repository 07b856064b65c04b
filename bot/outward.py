"""Replies that leave through a platform's own API."""

from dataclasses import dataclass

from bot.replying import Replies
from bot.sources.x import Refused, Unknown, XPoster
from models.mention import Mention
from models.reply import SENDING, Reply


@dataclass(frozen=True)
class XReplies:
    """Posts a reply to X once. An outcome that nobody knows is never tried again by itself."""

    replies: Replies
    poster: XPoster

    def __call__(self, subject: int, *, again: bool) -> None:
        with self.replies.office.db.reading() as session:
            reply = session.get_one(Reply, subject)
            mention = session.get_one(Mention, reply.mention_id)
        if reply.state != SENDING:
            return
        if again:
            self.replies.failed(subject, why="the program was interrupted while posting", posted_perhaps=True)
            return
        try:
            posted = self.poster.post_reply(reply.text, mention.external_id)
        except Refused as no:
            self.replies.failed(subject, why=str(no), posted_perhaps=False)
        except Unknown as unclear:
            self.replies.failed(subject, why=str(unclear), posted_perhaps=True)
        else:
            self.replies.sent(subject, posted.url)
