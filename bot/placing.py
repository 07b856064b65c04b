"""Where mentions go: into a case that is there, or into one of their own."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.around import OFTEN, OFTEN_WITHIN, Around
from bot.deadlines import customer_wrote
from bot.lessons.recording import as_ruled
from bot.office import Office
from bot.sift.severity import EVERYDAY, NOTICED
from bot.sift.sift import Verdict
from bot.specialists import follow_up
from bot.stories.grouping import Grouping
from models.case import Case
from models.escalation import Escalation
from models.mention import Mention
from models.post import NO_NAME


class Placing:
    """Stores mentions with their cases, in a transaction that somebody else holds.

    All that they need is looked up first; then each is placed in memory, in order, as a post may join the
    case that the one before it opened; then all is written, and cards and people hear of it.
    """

    def __init__(self, office: Office, session: Session, at: datetime, mentions: Sequence[Mention]) -> None:
        self._office, self._session, self._at = office, session, at
        self._mentions = mentions
        self._around = Around(office, session, at)
        with session.no_autoflush:
            self._around.read(mentions)
        self._changed: dict[Case, None] = {}
        self._opened: list[Case] = []
        self.joined: dict[Mention, Case] = {}
        """What belonged to a case that was there before it."""

    def decide(self) -> None:
        """Each mention as the sift and what stands around it decide: set aside, or in a case."""
        with self._session.no_autoflush:
            for mention in self._mentions:
                theirs = self._around.case_of_conversation(mention)
                if not mention.shown and theirs is not None and theirs.author == mention.author:
                    mention.shown, mention.reason = True, "they wrote again in this conversation"
                if mention.shown:
                    self._notice_who_writes_often(mention)
                    self._open_or_join(mention)
        self._store(alone=False)

    def show(self) -> None:
        """Each mention in a case, as somebody decided that they are."""
        with self._session.no_autoflush:
            for mention in self._mentions:
                self._open_or_join(mention)
        self._store(alone=True)

    # Helpers, in the order in which they are called.

    def _notice_who_writes_often(self, mention: Mention) -> None:
        times = self._around.wrote(mention)
        if mention.author == NO_NAME or mention.kind not in ("complaint", "question"):
            return
        if times >= OFTEN and mention.severity == EVERYDAY:
            mention.severity = NOTICED
            mention.reason = f"{mention.reason}; has written {times} times in {OFTEN_WITHIN.days} days"

    def _open_or_join(self, mention: Mention) -> None:
        """The one place where a mention gets its case."""
        case = self._around.case_of_conversation(mention) or self._around.case_of_author(mention)
        if case is None:
            case = self._open(mention)
        else:
            self._join(case, mention)
        self._changed[case] = None

    def _open(self, mention: Mention) -> Case:
        respond_by, resolve_by = self._around.targets(mention.queue)
        case = Case.open(mention, at=self._at, respond_by=respond_by, resolve_by=resolve_by)
        self._session.add(case)
        self._around.remember(case)
        self._opened.append(case)
        return case

    def _join(self, case: Case, mention: Mention) -> None:
        respond_by, resolve_by = self._around.targets(mention.queue)
        case.join(mention, at=self._at, respond_by=respond_by, resolve_by=resolve_by)
        if mention.author == case.author:
            customer_wrote(self._session, self._office.playbook, case, at=self._at)
        self.joined[mention] = case

    def _store(self, *, alone: bool) -> None:
        """Rows first, as messages name them by their numbers. `alone`: each gets a card of its own."""
        self._session.add_all(self._mentions)
        self._session.flush()
        if not alone:
            grouping = Grouping(self._office, self._session, self._at)
            grouping.place(self._opened, self.joined.values(), self._mentions)
            self._office.redraw_counts(self._session, grouping.reposted.values())
        self._tell_who_is_on_it()
        self._office.redraw_all(self._session, self._changed)

    def _tell_who_is_on_it(self) -> None:
        """The owner, and the specialist in the thread of the message that they have of it."""
        if not self.joined:
            return
        numbers = {case.id for case in self.joined.values()}
        asked = set(
            self._session.scalars(
                select(Escalation.case_id).where(Escalation.case_id.in_(numbers)).distinct()
            )
        )
        for mention, case in self.joined.items():
            who = "The customer" if mention.author == case.author else "Somebody else"
            words = f"{who} of case {case.id} wrote again"
            told = None
            if case.id in asked:
                key = f"joined{mention.id}"
                told = follow_up(self._office, self._session, case, key, f"{words}: it stands above now.")
            if case.owner is not None and case.owner != told and case.is_open:
                shown = f"{words}. `/case {case.id}` shows it."
                self._office.tell(self._session, f"joined:{mention.id}", case.owner, shown)


def apply(mention: Mention, verdict: Verdict) -> None:
    """Writes the sift's half of a row."""
    mention.shown, mention.reason = verdict.shown, verdict.reason
    mention.language, mention.kind, mention.topic = verdict.language, verdict.kind, verdict.topic
    mention.brand, mention.queue = verdict.brand, verdict.queue
    mention.personal_data, mention.severity = list(verdict.personal_data), verdict.severity
    mention.ruled = {**as_ruled(verdict.ruled), "learned": verdict.learned} if verdict.ruled else None
