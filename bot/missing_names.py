"""Mentions whose author was not told are completed: they are stored first, and asked about afterwards."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.listening import Listener
from bot.names import without_data_in_names
from bot.search.keeping import keep_posts
from bot.sources import SourceError
from bot.sources.facebook_names import AT_ONCE, FacebookNames
from models.case import Case
from models.mention import Mention
from models.moves import WAITING
from models.people import BOT
from models.post import NO_NAME, Post

log = structlog.get_logger()
FOR = timedelta(hours=2)
"""So long after a mention came its author is asked for."""
TIMES = 3
"""And so often, by one process: for some Facebook never tells."""


@dataclass(frozen=True)
class MissingNames:
    """Asks Facebook who wrote the comments of which it did not say so."""

    listener: Listener
    names: FacebookNames | None
    """None: there is no page, or no token to ask with."""
    asked: Counter[str] = field(default_factory=Counter)

    def look(self) -> int:
        """Returns how many were found."""
        if self.names is None:
            return 0
        office = self.listener.office
        now = office.clock()
        with office.db.reading() as session:
            rows = session.execute(
                select(Mention.external_id, Mention.id, Mention.case_id)
                .where(Mention.stored_at > now - FOR, Mention.source == "facebook", Mention.author == NO_NAME)
                .order_by(Mention.id)
            ).all()
        places = {external_id: (mention, case) for external_id, mention, case in rows}
        wanted = [one for one in places if self.asked[one] < TIMES][:AT_ONCE]
        self.asked.update(wanted)
        for done in self.asked.keys() - places.keys():
            del self.asked[done]
        try:
            found = self.names.look_up(wanted, now)
        except SourceError as error:
            self.asked.subtract(wanted)
            log.info("names not asked for", why=str(error))
            return 0
        return sum(self._complete(*places[one], post) for one, post in found.items())

    def _complete(self, mention_id: int, case_id: int | None, post: Post | None) -> bool:
        office = self.listener.office
        regions = office.playbook.sift.phone_regions
        known = without_data_in_names(post, regions) if post is not None else None
        if known is not None and known.author == NO_NAME:
            return False

        def work(session: Session, case: Case | None, at: datetime) -> bool:
            mention = session.get_one(Mention, mention_id, with_for_update=True)
            if mention.author != NO_NAME:
                return False
            if known is None:
                mention.shown, mention.reason = False, "our page wrote it"
                if case is not None and case.stage == WAITING and len(case.mentions) == 1:
                    case.dismiss(by=BOT, at=at, because="not_us")
                return True
            mention.author, mention.author_id = known.author[:200], known.author_id
            mention.url = mention.url or known.url
            keep_posts(session, [mention])
            if case is not None and case.author == NO_NAME and case.mentions[0].id == mention.id:
                case.author = mention.author
            return True

        if case_id is None:
            return office.transact(lambda session: work(session, None, office.clock()))
        return office.change(case_id, work)
