"""The same post through two sources is one mention: known by its address, and by its words."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.search.keeping import keep_posts
from bot.sift.plain_text import normalised, without_names_and_links
from models.address import is_of, names_one_post
from models.case import Case
from models.mention import Mention
from models.post import NO_NAME

LOOKED_BACK = timedelta(days=30)
MOST = 1_000
"""Mentions of the same pages that are compared, the newest: a long forum thread has one address."""
COMPARED = 2_000
"""Letters of a post that are compared."""
ALIKE, ALIKE_BY_ID = 90, 70
"""Of 100: how alike the words have to be, where only the page is the same and where the id is."""
AT_THE_SAME_TIME = timedelta(minutes=2)


class SamePosts:
    """What is stored already of the pages that some new mentions come from, for one transaction.

    An address alone proves little: all posts of a forum thread may have one, and a blog may give the address
    of what it writes about. Better two mentions of one post than one of two.
    """

    def __init__(self, session: Session, at: datetime, mentions: Sequence[Mention]) -> None:
        self._session = session
        self._known: defaultdict[str, list[Mention]] = defaultdict(list)
        keys = sorted({mention.address_key for mention in mentions if mention.address_key})
        for start in range(0, len(keys), MOST):
            found = (
                select(Mention)
                .where(
                    Mention.address_key.in_(keys[start : start + MOST]), Mention.stored_at > at - LOOKED_BACK
                )
                .order_by(Mention.id.desc())
                .limit(MOST)
            )
            for known in session.scalars(found):
                self._known[known.address_key or ""].append(known)

    def of(self, mention: Mention) -> Mention | None:
        """The mention that is the same post, heard from another source."""
        others = self._known.get(mention.address_key or "", ())
        return next((known for known in others if _are_same(known, mention)), None)

    def learn(self, known: Mention, again: Mention) -> None:
        """`again` is not stored; what it knows better, `known` knows from now on."""
        if known.gone_at is not None:
            return
        known.mentions_us = known.mentions_us or again.mentions_us
        if again.metrics and not known.metrics:
            known.metrics = again.metrics
        if is_of(again.address_key or "", again.source) and known.source != again.source:
            case = self._session.get(Case, known.case_id, with_for_update=True) if known.case_id else None
            if case is not None and (case.source, case.author) == (known.source, known.author):
                case.is_known_as(again)
            known.is_known_as(again)
            keep_posts(self._session, [known])


def _are_same(known: Mention, new: Mention) -> bool:
    if known.heard_from == new.heard_from != "":
        return False  # each source tells its own posts apart; people don't
    by_id = names_one_post(new.address_key or "")
    if known.gone_at is not None:
        return by_id  # its words are gone, and must not come back another way
    if not by_id and not _may_be_same_author(known, new):
        return False
    return _are_alike(known.text, new.text, ALIKE_BY_ID if by_id else ALIKE)


def _may_be_same_author(known: Mention, new: Mention) -> bool:
    if NO_NAME in (known.author, new.author):
        return abs(known.created_at - new.created_at) <= AT_THE_SAME_TIME
    return known.author.casefold() == new.author.casefold()


def _are_alike(one: str, other: str, least: int) -> bool:
    """The same words, or a beginning of them: feeds cut posts short, and put names in front."""
    plain = [normalised(without_names_and_links(text[:COMPARED])).rstrip("….") for text in (one, other)]
    short, long = sorted((" ".join(text.split()) for text in plain), key=len)
    if short == long or (len(short) >= 20 and short in long):
        return True
    from rapidfuzz import fuzz  # only where there is something to compare

    alike = fuzz.partial_ratio if least == ALIKE_BY_ID and len(short) >= 20 else fuzz.ratio
    return alike(short, long) >= least
