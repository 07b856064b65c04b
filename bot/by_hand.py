"""What people decide themselves: a case for what they heard, or for what the sift set aside."""

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.lessons.recording import taught_by_bringing_back, taught_by_logging
from bot.office import Office
from bot.once import beside_it
from bot.placing import Placing, sifted
from bot.same_post import SamePosts
from bot.sift.sift import Sifter
from config.sifting import Kind
from models.errors import NotAllowed
from models.heap import is_set_aside
from models.mention import Mention
from models.people import named
from models.post import Post
from models.turns import take_turns_placing


@dataclass(frozen=True)
class Logged:
    """What became of something that an employee logged: its case, and whether it was there before."""

    case: int
    known: bool
    """The very same thing was logged before."""
    joined: bool
    """The customer had an open case, which it joined."""


@dataclass(frozen=True)
class ByHand:
    """Mentions that a person says something about."""

    office: Office
    sifter: Sifter

    def set_aside(self, limit: int = 10) -> list[Mention]:
        """The newest mentions that were set aside and not brought back."""
        with self.office.db.reading() as session:
            return list(
                session.scalars(
                    select(Mention).where(is_set_aside()).order_by(Mention.id.desc()).limit(limit)
                )
            )

    def bring_back(self, mention_id: int, *, by: str) -> int:
        """A mention that was set aside becomes a case after all. Returns its number; twice gives the same."""
        with beside_it():  # twice it is the same case, and the answer says which
            return self.office.transact(lambda session: brought_back(self.office, session, mention_id, by=by))

    def case_of(self, source: str, external_id: str) -> int | None:
        """The case that a mention became, when it is known."""
        with self.office.db.reading() as session:
            return session.scalar(
                select(Mention.case_id).where(Mention.source == source, Mention.external_id == external_id)
            )

    def log(self, post: Post, *, kind: Kind, language: str, queue: str, by: str) -> Logged:
        """What an employee heard becomes a mention with its case; they say what it is, not the sift.

        Logged twice, it is the same case. Raises NotAllowed.
        """
        if queue not in [known.name for known in self.office.playbook.queues]:
            raise NotAllowed("This queue is not in the playbook any more. Choose another one.")
        post = post.storable()
        ruled = self.sifter.sift(post)
        takes = self.office.playbook.queue(queue).brands
        verdict = replace(
            ruled,
            shown=True,
            reason=f"logged by {named(by)}",
            kind=kind,
            language=language,
            queue=queue,
            brand=ruled.brand if not takes or ruled.brand in takes else takes[0],
        )

        def work(session: Session) -> Logged:
            at = self.office.clock()
            take_turns_placing(session)
            mention = session.scalar(
                select(Mention)
                .where(Mention.source == post.source, Mention.external_id == post.external_id)
                .with_for_update()
            )
            known = mention is not None
            if mention is None:
                told = Mention.from_post(post, stored_at=at)
                heard = SamePosts(session, at, [told]).of(told)
                known = heard is not None and heard.gone_at is None
                mention = heard if heard is not None and known else told
            joined = False
            if mention.case_id is None:
                for name, value in sifted(verdict).items():
                    setattr(mention, name, value)
                placing = Placing(self.office, session, at, [mention])
                placing.show()
                joined = mention in placing.joined
                taught_by_logging(session, mention, ruled, by=by, at=at)
            assert mention.case_id is not None  # noqa: S101  # it was just given one
            return Logged(mention.case_id, known, joined=not known and joined)

        with beside_it():  # twice it is the same case, and the answer says which
            return self.office.transact(work)


def brought_back(office: Office, session: Session, mention_id: int, *, by: str) -> int:
    """`ByHand.bring_back` as a part of somebody else's transaction."""
    take_turns_placing(session)
    mention = session.get(Mention, mention_id, with_for_update=True)
    if mention is None or mention.gone_at is not None:
        raise NotAllowed("This post is not there any more.")
    if mention.case_id is None:
        taught_by_bringing_back(session, mention, by=by, at=office.clock())
        if mention.kind == "ad":
            mention.kind = "other"
        mention.shown, mention.reason = (
            True,
            f"brought back by <@{by}>; was set aside: {mention.reason}",
        )
        Placing(office, session, office.clock(), [mention]).show()
    assert mention.case_id is not None  # noqa: S101  # it was just given one
    return mention.case_id
