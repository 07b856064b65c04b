"""Replies that leave through a platform's own API."""

from dataclasses import dataclass
from typing import Protocol

from bot.outbox.claiming import Claimed
from bot.posting import Posting
from bot.private_replies import PrivateReplies
from bot.sources.posted import PostedReply, Refused, Unknown
from models.mention import Mention
from models.private_reply import PrivateReply
from models.reply import SENDING, Reply


class Poster(Protocol):
    """Posts one reply: once, and honest about whether it was posted."""

    def post_reply(self, text: str, in_reply_to: str) -> PostedReply:
        """Raises Refused when it is definitely not posted, Unknown when nobody can tell."""


class Messenger(Protocol):
    """Sends one private message: once, and honest about whether it was sent."""

    def write_privately(self, text: str, item_id: str) -> str:
        """Its number there. Raises Refused when it is definitely not sent, Unknown when nobody can tell."""


@dataclass(frozen=True)
class Outgoing:
    """Posts a reply once. An outcome that nobody knows is never tried again by itself."""

    posting: Posting
    poster: Poster

    def __call__(self, row: Claimed) -> None:
        subject = row.subject or 0
        with self.posting.office.db.reading() as session:
            reply = session.get_one(Reply, subject)
            mention = session.get_one(Mention, reply.mention_id)
        if reply.state != SENDING:
            return
        if row.unknown:
            self.posting.failed(subject, why="the program was interrupted while posting", posted_perhaps=True)
            return
        if mention.gone_at is not None:
            self.posting.failed(subject, why="the post is not there any more", posted_perhaps=False)
            return
        try:
            posted = self.poster.post_reply(reply.text, mention.external_id)
        except Refused as no:
            self.posting.failed(subject, why=str(no), posted_perhaps=False)
        except Unknown as unclear:
            self.posting.failed(subject, why=str(unclear), posted_perhaps=True)
        else:
            self.posting.sent(subject, posted.url)


@dataclass(frozen=True)
class OutgoingPrivately:
    """Sends a private message once, in the same way."""

    replies: PrivateReplies
    messenger: Messenger

    def __call__(self, row: Claimed) -> None:
        subject = row.subject or 0
        with self.replies.office.db.reading() as session:
            reply = session.get_one(PrivateReply, subject)
            mention = session.get_one(Mention, reply.mention_id)
        if reply.state != SENDING:
            return
        if row.unknown:
            self.replies.failed(subject, why="the program was interrupted while sending", sent_perhaps=True)
            return
        if mention.gone_at is not None:
            self.replies.failed(subject, why="the comment is not there any more", sent_perhaps=False)
            return
        try:
            number = self.messenger.write_privately(reply.text, mention.external_id)
        except Refused as no:
            self.replies.failed(subject, why=str(no), sent_perhaps=False)
        except Unknown as unclear:
            self.replies.failed(subject, why=str(unclear), sent_perhaps=True)
        else:
            self.replies.sent(subject, number)
