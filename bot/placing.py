"""Where mentions go: into a case that is there, or into one of their own."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.around import OFTEN, OFTEN_WITHIN, Around
from bot.deadlines import customer_wrote
from bot.lessons.recording import as_ruled
from bot.office import Office
from bot.search.keeping import keep_posts
from bot.sift.severity import EVERYDAY, NOTICED
from bot.sift.sift import Verdict
from bot.specialists import follow_up
from bot.stories.grouping import Grouping
from models.bulk import give_numbers, write
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
        self._opened: list[Case] = []
        self._placed: list[tuple[Mention, Case]] = []
        self._new: list[Mention] = []
        self.joined: dict[Mention, Case] = {}
        """What belonged to a case that was there before it."""

    def decide(self) -> None:
        """Each mention as the sift and what stands around it decide: set aside, or in a case."""
        with self._session.no_autoflush:
            self._around.read(self._mentions)
            for mention in self._mentions:
                theirs = self._around.case_of_conversation(mention)
                if not mention.shown and theirs is not None and theirs.author == mention.author:
                    mention.shown, mention.reason = True, "they wrote again in this conversation"
                if mention.shown:
                    self._notice_who_writes_often(mention)
                    self._open_or_join(mention)
            grouping = Grouping(self._office, self._session, self._at)
            self._give_numbers()
            grouping.place(self._placed, self._opened, self.joined.values(), self._mentions)
            self._write()
        grouping.write()
        self._office.redraw_counts(self._session, grouping.reposted.values())
        self._tell()

    def show(self) -> None:
        """Each mention in a case with a card of its own, as somebody decided that they are."""
        with self._session.no_autoflush:
            self._around.read(self._mentions)
            for mention in self._mentions:
                self._open_or_join(mention)
            self._give_numbers()
            self._write()
        self._tell()

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
        respond_by, resolve_by = self._around.targets(mention.queue)
        if case is None:
            case = Case.begin(mention, at=self._at, respond_by=respond_by, resolve_by=resolve_by)
            self._opened.append(case)
            self._around.remember(case, mention)
        else:
            case.hear(mention, at=self._at, respond_by=respond_by, resolve_by=resolve_by)
            if mention.author == case.author:
                customer_wrote(self._session, self._office.playbook, case, at=self._at)
            self.joined[mention] = case
        self._placed.append((mention, case))

    def _give_numbers(self) -> None:
        """From here on cases and mentions can be named, though they are not written yet."""
        give_numbers(self._session, self._opened)
        self._new = [mention for mention in self._mentions if mention.id is None]
        give_numbers(self._session, self._new)
        for mention, case in self._placed:
            mention.case_id = case.id

    def _write(self) -> None:
        write(self._session, self._opened)
        write(self._session, self._new)
        placed = [mention for mention, _ in self._placed]
        new = set(self._new)
        keep_posts(self._session, [mention for mention in placed if mention in new], new=True)
        keep_posts(self._session, [mention for mention in placed if mention not in new])
        events = [(event, case) for case in self._opened for event in case.events]
        for event, case in events:
            event.case_id = case.id
        write(self._session, [event for event, _ in events])

    def _tell(self) -> None:
        """Cards, and whoever is on a case that heard more, follow."""
        opened = set(self._opened)
        known = [case for case in dict.fromkeys(self.joined.values()) if case not in opened]
        self._tell_who_is_on_it(known)
        self._office.redraw_all(self._session, known, begun=self._opened)

    def _tell_who_is_on_it(self, cases: Collection[Case]) -> None:
        """The owner, and the specialist in the thread of the message that they have of it."""
        if not cases:
            return
        numbers = [case.id for case in cases]
        asked = select(Escalation.case_id).where(Escalation.case_id.in_(numbers)).distinct()
        asked_about = set(self._session.scalars(asked))
        for mention, case in self.joined.items():
            if case not in cases:
                continue
            who = "The customer" if mention.author == case.author else "Somebody else"
            words = f"{who} of case {case.id} wrote again"
            told = None
            if case.id in asked_about:
                key = f"joined{mention.id}"
                told = follow_up(self._office, self._session, case, key, f"{words}: it stands above now.")
            if case.owner is not None and case.owner != told and case.is_open:
                shown = f"{words}. `/case {case.id}` shows it."
                self._office.tell(self._session, f"joined:{mention.id}", case.owner, shown)


def sifted(verdict: Verdict) -> dict[str, Any]:
    """The sift's half of a row."""
    return {
        "shown": verdict.shown,
        "reason": verdict.reason,
        "language": verdict.language,
        "kind": verdict.kind,
        "topic": verdict.topic,
        "brand": verdict.brand,
        "queue": verdict.queue,
        "personal_data": list(verdict.personal_data),
        "severity": verdict.severity,
        "ruled": {**as_ruled(verdict.ruled), "learned": verdict.learned} if verdict.ruled else None,
    }
