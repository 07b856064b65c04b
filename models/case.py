"""The team's work on one customer's conversation."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.attributes import set_committed_value

from models.alike import Alike
from models.base import Base
from models.belonging import read
from models.checklist import Checklist
from models.corrected import Corrected
from models.errors import NotAllowed
from models.event import Event
from models.mention import Mention
from models.moves import CLAIMED, DISMISSALS, DISMISSED, MOVES, RESOLVED, WAITING
from models.people import BOT, Person, named
from models.post import NO_NAME
from models.tick import Tick
from models.timed import Timed

NOTE_LIMIT = 1000

QUESTION_LIMIT = 1000
JUST_TAKEN = timedelta(minutes=1)
SEVERE = 2
"""From this severity on a case never shares a card, and its own is posted before everyday ones."""

_PAUSED, _PROMISED = text("paused_at IS NOT NULL"), text("promised_for IS NOT NULL")


class Case(Timed, Alike, Corrected, Base):
    """Opens from a mention; later posts of the same conversation join it. It has verbs.

    Every verb guards, changes and leaves an event. `version` makes each change a conditional UPDATE
    (… WHERE id = ? AND version = ?): of two people changing a case at once, one succeeds and the other's
    transaction is run again on what is then true.
    """

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_stage_respond_by", "stage", "respond_by"),
        Index("ix_cases_stage_owner", "stage", "owner"),
        Index("ix_cases_source_author", "source", "author"),
        Index("ix_cases_source_conversation", "source", "conversation"),
        # Few cases among very many: the clock asks for them every few seconds.
        Index("ix_cases_paused", "paused_at", sqlite_where=_PAUSED, postgresql_where=_PAUSED),
        Index("ix_cases_promised", "promised_for", sqlite_where=_PROMISED, postgresql_where=_PROMISED),
        Index("ix_cases_behind", "stage", sqlite_where=text("behind = 1"), postgresql_where=text("behind")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    stage: Mapped[str] = mapped_column(String(20), default=WAITING)
    owner: Mapped[str | None] = mapped_column(String(40))

    source: Mapped[str] = mapped_column(String(40))
    author: Mapped[str] = mapped_column(String(200))
    conversation: Mapped[str | None] = mapped_column(String(255))
    brand: Mapped[str] = mapped_column(String(80))
    queue: Mapped[str] = mapped_column(String(60))
    severity: Mapped[int] = mapped_column(default=0, server_default="0")
    """That of its gravest post: 0 everyday, 1 worth a second look, 2 severe, 3 danger."""
    private: Mapped[bool] = mapped_column(default=False)
    """It needs private data, so the private steps apply whatever its kind."""

    opened_at: Mapped[datetime] = mapped_column(index=True)
    last_post_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    touched_at: Mapped[datetime | None]
    """When its owner last did something with it; None while nobody has it."""
    offered_to: Mapped[str | None] = mapped_column(String(40))
    """The colleague who is asked to take it over, while they have not answered."""
    idle_reminded: Mapped[bool] = mapped_column(default=False, server_default=false())
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    closed_because: Mapped[str | None] = mapped_column(Text)

    mentions: Mapped[list[Mention]] = relationship(order_by=lambda: (Mention.created_at, Mention.id))
    ticks: Mapped[list[Tick]] = relationship(order_by=Tick.id, cascade="all, delete-orphan")
    events: Mapped[list[Event]] = relationship(order_by=Event.id)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy's own way to declare it

    # Public verbs, in the order of a case's life.

    @classmethod
    def open(cls, mention: Mention, *, at: datetime, respond_by: datetime, resolve_by: datetime) -> "Case":
        """A new case from its first mention."""
        case = cls(**_first(mention, at, respond_by, resolve_by))
        case.mentions.append(mention)
        case._record("open", BOT, at, mention.reason)
        return case

    @classmethod
    def begin(cls, mention: Mention, *, at: datetime, respond_by: datetime, resolve_by: datetime) -> "Case":
        """`open` for one of many that `models.bulk` writes: case, mention and event are not linked yet."""
        case = cls.made(version=1, **_first(mention, at, respond_by, resolve_by))
        set_committed_value(case, "mentions", [mention])
        set_committed_value(
            case, "events", [Event.made(at=at, actor=BOT.id, what="open", why=mention.reason)]
        )
        return case

    def join(
        self,
        mention: Mention,
        *,
        at: datetime,
        respond_by: datetime | None = None,
        resolve_by: datetime | None = None,
    ) -> None:
        """A later post of the conversation. A closed case opens again: a resolved one to its owner, a
        dismissed one to anybody, with the times by which an answer is due from now on."""
        self.mentions.append(mention)
        self.hear(mention, at=at, respond_by=respond_by, resolve_by=resolve_by)

    def hear(
        self,
        mention: Mention,
        *,
        at: datetime,
        respond_by: datetime | None = None,
        resolve_by: datetime | None = None,
    ) -> None:
        """What `join` does, for a mention that is written with the case's number: a long conversation need
        not be read for it."""
        self.last_post_at = max(self.last_post_at, mention.created_at)
        self.severity = max(self.severity, mention.severity)
        self._record("join", BOT, at)
        if self.stage == RESOLVED and self.owner:
            self._move("return_to_owner", BOT, at, "the customer wrote again")
            self.closed_at = self.closed_because = None
            self.resolve_by = resolve_by or self.resolve_by
            self.touched_at, self.idle_reminded = at, False  # it is theirs from now on, not since back then
        elif self.stage in (RESOLVED, DISMISSED):
            self._move("reopen", BOT, at, "the customer wrote again")
            self._belongs_to(None, at)
            self.closed_at = self.closed_because = self.target_missed_at = None
            self.respond_by, self.resolve_by = respond_by or self.respond_by, resolve_by or self.resolve_by

    def is_known_as(self, itself: Mention) -> None:
        """Its post is the same as `itself`, which came from the platform where it was written."""
        self.source, self.author, self.conversation = itself.source, itself.author, itself.conversation

    def claim(self, *, by: Person, at: datetime) -> None:
        if self.stage == CLAIMED:
            who = "You already have" if self.owner == by.id else f"{named(self.owner)} has"
            raise NotAllowed(f"{who} case {self.id}.")
        self._move("claim", by, at)
        self._belongs_to(by.id, at)

    def release(self, *, by: Person, at: datetime, why: str | None = None) -> None:
        self._must_be_theirs(by, "release")
        self._move("release", by, at, why)
        self._belongs_to(None, at)

    def offer(self, to: str, *, by: Person, at: datetime) -> bool:
        """Asks a colleague to take it over; it stays with its owner until they do. False: asked already."""
        self._must_be_theirs(by, "offer")
        if to == self.owner:
            raise NotAllowed(f"{named(to)} already has case {self.id}.")
        if to == self.offered_to:
            return False
        self._move("offer", by, at, f"to {named(to)}")
        self.offered_to = to
        return True

    def must_be_theirs_to_offer(self, by: Person) -> None:
        """Raises NotAllowed unless `by` may offer it now."""
        self._must_be_theirs(by, "offer")

    def take_over(self, *, by: Person, at: datetime) -> None:
        """The colleague's yes."""
        self._guard("take_over")
        if by.id != self.offered_to:
            raise NotAllowed(f"Case {self.id} is not offered to you any more.")
        self._move("take_over", by, at, f"from {named(self.owner)}")
        self._belongs_to(by.id, at)

    def turn_down(self, *, by: Person, at: datetime, why: str | None) -> None:
        """The colleague's no."""
        self.offered_to = None
        self._record("turn_down", by, at, why)

    def keep(self, *, by: Person, at: datetime) -> None:
        """The owner takes the offer back."""
        if self.offered_to is None:
            raise NotAllowed(f"Nobody was asked to take over case {self.id}.")
        self._must_be_theirs(by, "offer")
        self._record("keep", by, at, f"no longer offered to {named(self.offered_to)}")
        self.offered_to = None

    def tick(self, step: str, *, by: Person, at: datetime) -> bool:
        """Marks a step as done; False when it already was."""
        self.must_be_worked_on_by(by)
        if step in self.ticked:
            return False
        self._record("tick", by, at, step)
        self.ticks.append(Tick(step=step, by=by.id, at=at))
        return True

    def untick(self, step: str, *, by: Person, at: datetime) -> bool:
        """Takes a tick back; False when there was none."""
        self.must_be_worked_on_by(by)
        tick = next((t for t in self.ticks if t.step == step), None)
        if tick is None:
            return False
        self.ticks.remove(tick)
        self._record("untick", by, at, step)
        return True

    def needs_private_data(self, *, by: Person, at: datetime) -> None:
        """From now on the private steps apply, whatever the kind."""
        if not self.private:
            self.private = True
            self._record("invite", by, at, "invited to a private message")

    def ask_to_overrule(self, why: str, *, by: Person, at: datetime) -> None:
        """The check stops a reply; the leads are asked to let it be posted nevertheless."""
        self.must_be_worked_on_by(by)
        self._record("ask_overrule", by, at, why)

    def overrule(self, why: str, *, by: Person, at: datetime) -> None:
        """A reply may be posted although the check stops it; `why` has the finding and the reason."""
        if not by.lead:
            raise NotAllowed("Only a lead can overrule the check.")
        self._record("overrule", by, at, why)

    def escalate(self, *, by: Person, at: datetime, why: str | None = None) -> None:
        self.must_be_theirs_to_escalate(by)
        just_taken = self.claimed_at is not None and at - self.claimed_at < JUST_TAKEN
        if by is BOT and self.stage == CLAIMED and just_taken:
            # The clock found it waiting, and somebody took it in that moment.
            raise NotAllowed(f"{named(self.owner)} has only just taken case {self.id}.")
        self._move("escalate", by, at, why)

    def must_be_theirs_to_escalate(self, by: Person) -> None:
        """Raises NotAllowed unless `by` may escalate it now: while it waits, anybody may."""
        self._guard("escalate")
        if self.stage == CLAIMED:
            self._must_be_theirs(by, "escalate")

    def accept(self, *, by: Person, at: datetime) -> None:
        self._move("accept", by, at)
        self._belongs_to(by.id, at)

    def send_back(self, *, by: Person, at: datetime, why: str | None) -> None:
        self._move("send_back", by, at, why)
        self._belongs_to(None, at)

    def resolve(self, *, by: Person, at: datetime, checklist: Checklist) -> None:
        self._must_be_theirs(by, "resolve")
        self._guard("resolve")
        if self.kind == "ad" and self.first_response_at is None:
            # No step is required of an ad, so that a complaint could be closed in its disguise.
            raise NotAllowed(f"Case {self.id} is an ad that nobody answered. Dismiss it: *No reply needed…*.")
        step = checklist.next
        if step is not None:
            rest = len(checklist.missing) - 1
            more = f", and {rest} more after it" if rest else ""
            raise NotAllowed(f"Case {self.id} can't be resolved yet. Missing: “{step.label}”{more}.")
        self._move("resolve", by, at)
        self.told_them(by=by, at=at)
        self.closed_at, self.closed_because = at, "resolved"

    def dismiss(self, *, by: Person, at: datetime, because: str) -> None:
        """`because` is a key of DISMISSALS."""
        if because not in DISMISSALS:
            raise NotAllowed(f"A reason is needed: {', '.join(DISMISSALS.values())}.")
        self.must_be_theirs_to_dismiss(by)
        self._move("dismiss", by, at, DISMISSALS[because])
        self.owe_nothing()
        self.closed_at, self.closed_because = at, because

    def must_be_theirs_to_dismiss(self, by: Person) -> None:
        """Raises NotAllowed unless `by` may dismiss it now; the level that it takes is `bot.levels`'."""
        self._guard("dismiss")
        if self.stage == CLAIMED:
            self._must_be_theirs(by, "dismiss")

    def reopen(self, *, by: Person, at: datetime, why: str | None = None) -> None:
        if not by.lead:
            raise NotAllowed(f"Only a lead can reopen case {self.id}.")
        self._move("reopen", by, at, why)
        self._belongs_to(None, at)
        self.closed_at = self.closed_because = None

    def ask_colleague(
        self, whom: str, question: str, *, by: Person, at: datetime, shown: str | None = None
    ) -> bool:
        """A question about it to somebody else, who gets no say in it; False when it was just asked.

        `shown` is how the timeline names a channel that is asked.
        """
        self.must_be_worked_on_by(by)
        if whom == by.id:
            raise NotAllowed("That is you. Name the colleague who may know.")
        if not question:
            raise NotAllowed("What do you want to know? Write it as in `/case ask 12 @bo which hose fits?`.")
        if len(question) > QUESTION_LIMIT:
            raise NotAllowed(f"A question has {QUESTION_LIMIT:,} characters at most; this one has more.")
        why, last = f"{shown or named(whom)}: {question}", self.events[-1]
        if (last.what, last.actor, last.why) == ("ask_colleague", by.id, why):
            return False
        self._record("ask_colleague", by, at, why)
        return True

    def remind_idle(self) -> None:
        """Its owner was told that it waits for them; said once, until they act."""
        self.idle_reminded = True

    def allow(self, member: str, *, by: Person, at: datetime) -> None:
        """A lead lets somebody take this case above their level; once, and on record."""
        self.must_be_theirs_to_allow(by)
        self._record("allow", by, at, named(member))

    def must_be_theirs_to_allow(self, by: Person) -> None:
        """Raises NotAllowed unless `by` may let somebody take it."""
        if not by.lead:
            raise NotAllowed("Only a lead can let somebody take a case above their level.")

    def lost_a_post(self, words: str, *, at: datetime) -> None:
        """A post in it is gone (`words`: how). Whoever wrote it is named nowhere when no post of theirs is
        left."""
        if all(mention.author != self.author for mention in self.mentions):
            self.author = NO_NAME
        self._record("withdrawn", BOT, at, f"it {words}")

    def post_changed(self, mention: Mention, *, at: datetime) -> None:
        """A post in it says something else now."""
        self.severity = max(self.severity, mention.severity)
        self._record("edited", BOT, at, "changed by its author")

    def note(self, text: str, *, by: Person, at: datetime) -> Event:
        """An internal note, in any stage and by anybody; it never goes outside."""
        text = text.strip()
        if not text:
            raise NotAllowed("A note needs words.")
        if len(text) > NOTE_LIMIT:
            raise NotAllowed(
                f"A note has {NOTE_LIMIT:,} characters at most; this one has {len(text):,}. Split it in two."
            )
        return self._record("note", by, at, text)

    def asked_back(self, whom: str, question: str, *, by: Person, at: datetime) -> None:
        """A specialist wants to know something before they say yes. `whom` as it stands in a sentence."""
        self._record("ask_back", by, at, f"{whom}: {question}")

    def answered_back(self, whom: str, answer: str, *, by: Person, at: datetime) -> None:
        """The answer to that."""
        self._record("answer_back", by, at, f"{whom}: {answer}")

    def asks(self, whom: str, *, at: datetime, when: str | None = None) -> None:
        """Somebody in line is asked to take it; `when`: not before then, as nobody is at work."""
        self._record("ask", BOT, at, f"{whom}{f', {when}' if when else ''}")

    def still_on_it(self, until: str, *, by: Person, at: datetime) -> None:
        """Its owner goes on with it and says until when."""
        self.must_be_worked_on_by(by)
        self._record("still_on_it", by, at, until)

    def must_be_worked_on_by(self, by: Person) -> None:
        """Raises NotAllowed unless it is claimed, and `by` is its owner or a lead."""
        if self.stage != CLAIMED:
            claim_first = " Claim it first." if self.stage == WAITING else ""
            raise NotAllowed(f"Case {self.id} is {self.stage}.{claim_first}")
        if self.owner != by.id and not by.lead:
            raise NotAllowed(f"{named(self.owner)} has case {self.id}; only they or a lead can do that.")

    # Questions.

    @property
    def was_escalated(self) -> bool:
        """Whether it ever was: without reading escalations, of which most cases have none."""
        return any(event.what == "escalate" for event in self.events)

    @property
    def ticked(self) -> list[str]:
        read(self, "ticks")
        return [t.step for t in self.ticks]

    # Helpers, in the order in which they are called.

    def _guard(self, move: str) -> None:
        if self.stage not in MOVES[move].from_:
            raise NotAllowed(f"Case {self.id} is {self.stage}, so it can't be {MOVES[move].past}.")

    def _must_be_theirs(self, by: Person, move: str) -> None:
        self._guard(move)
        if self.owner != by.id and not by.lead:
            raise NotAllowed(f"{named(self.owner)} has case {self.id}; only they or a lead can do that.")

    def _belongs_to(self, member: str | None, at: datetime) -> None:
        self.owner, self.claimed_at = member, (at if member else None)
        self.touched_at, self.idle_reminded = self.claimed_at, False

    def _move(self, move: str, by: Person, at: datetime, why: str | None = None) -> None:
        self._guard(move)
        # First the record: it reads the events, and what had been changed before would be written for that
        # alone, and then once more.
        self._record(move, by, at, why)
        self.stage, self.offered_to = MOVES[move].to, None

    def _record(self, what: str, by: Person, at: datetime, why: str | None = None) -> Event:
        event = Event(at=at, actor=by.id, what=what, why=why)
        read(self, "events")
        self.events.append(event)
        if by.id == self.owner:
            self.touched_at, self.idle_reminded = at, False
        return event


def _first(mention: Mention, at: datetime, respond_by: datetime, resolve_by: datetime) -> dict[str, Any]:
    """The columns of a case as it opens."""
    return {
        "stage": WAITING,
        "owner": None,
        "like_id": None,
        "heap_id": None,
        "source": mention.source,
        "author": mention.author,
        "conversation": mention.conversation,
        "brand": mention.brand,
        "queue": mention.queue,
        "kind": mention.kind,
        "topic": mention.topic,
        "language": mention.language,
        "severity": mention.severity,
        "private": False,
        "promise_warned": False,
        "promise_reminded": False,
        "pause_reminded": False,
        "idle_reminded": False,
        "behind": False,
        "opened_at": at,
        "last_post_at": mention.created_at,
        "respond_by": respond_by,
        "resolve_by": resolve_by,
    }
