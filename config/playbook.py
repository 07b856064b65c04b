"""The playbook: everything a team decides for itself, in one YAML file."""

from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    Field,
    HttpUrl,
    model_validator,
)

from config.courses import courses
from config.escalation import Escalation, StatusWords
from config.hours import AtWork
from config.say import say
from config.settings import ROOT
from config.values import Channel, ClockTime, Language, Member, Part, Span, Words, regular_expression
from config.yaml_file import Misplaced, load_model

CUSTOMER_CARE = "customer care"
Role = Annotated[str, Field(min_length=1, max_length=80)]
KINDS = ("complaint", "question", "praise", "idea", "ad", "other")
Kind = Literal["complaint", "question", "praise", "idea", "ad", "other"]


class Company(Part):
    """Who we are when we introduce ourselves."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    role: Role | dict[Language, Role] = CUSTOMER_CARE
    """The role offered in the prepared introduction: "I'm Ana, customer care at Tindra". One for all
    languages, or one for each; "customer care" itself is known in every language of the packs."""

    def role_in(self, language: str) -> str:
        """The role in the customer's language, as far as it is known."""
        if isinstance(self.role, dict):
            return self.role.get(language) or say(language).role
        return say(language).role if self.role == CUSTOMER_CARE else self.role


class Keywords(Part):
    """A post is about the brand when one of `any`, each of `all` and none of `none` is in it.

    Words match whole and without regard to case; `word*` matches every word that begins so. A handle of
    the brand in the post always counts as about it (unless a `none` word is there).
    """

    any: Words = ()
    all: Words = ()
    none: Words = ()


class Brand(Part):
    """What customers call us, and the accounts we speak from."""

    name: str
    handles: dict[Literal["x", "facebook", "bluesky", "mastodon", "web"], Words] = Field(default={})
    x_user_id: Annotated[str, Field(pattern=r"^\d+$")] | None = None
    """Our numeric id on X; needed for the private-message link and the mentions timeline."""
    private_form: HttpUrl | None = None
    """Where a customer can write to us in private when the source has no private messages."""
    messenger: Annotated[str, Field(pattern=r"^[A-Za-z0-9.]{1,80}$")] | None = None
    """Our page's name or number on Facebook, for the link m.me/… that opens a private message to us."""
    private_phone: Annotated[str, Field(pattern=r"^\+?[0-9][0-9 ()/.\-]{3,30}$")] | None = None
    """Where a customer can call us, offered when there is neither private message nor form."""
    keywords: Keywords = Keywords()
    context: Words = ()
    """If the name is also an ordinary word or somebody's name: words that show that we are meant. Without
    one of them (or a handle), a post is set aside as a namesake. Empty: no such check."""
    languages: tuple[Language, ...] = ()
    """Languages asked for at the source and answered by us; empty: all."""


class Noise(Part):
    """A team's own rule for setting posts aside, with the reason people will read."""

    reason: str
    any: Words
    unless: Words = ()


class Ads(Part):
    """What the language packs can't know about ads for things like yours."""

    set_aside: bool = True
    """False: ads become cards like everything else."""
    any: Words = ()
    """Further words that make a post an ad."""
    unless: Words = ()
    """With one of these a post is never an ad."""


class Reach(Part):
    """From how many on a post counts as severe, whatever it says."""

    followers: Annotated[int, Field(ge=1)] = 100_000
    reposts: Annotated[int, Field(ge=1)] = 100


class Sift(Part):
    """Rules for what needs nobody."""

    excluded_authors: Words = ()
    """Handles (without @) whose posts are set aside: partners, bots, people with the brand's name."""
    ads: Ads = Ads()
    noise: tuple[Noise, ...] = ()
    reach: Reach = Reach()
    language_floor: Annotated[float, Field(gt=0, lt=1)] = 0.6
    """Below this confidence the language is "unknown"."""
    order_pattern: Annotated[str, AfterValidator(regular_expression)] | None = None
    """Regular expression of our order numbers; found first, before anything is taken for a phone number."""
    phone_regions: tuple[Annotated[str, Field(pattern=r"^[A-Z]{2}$")], ...] = ("GB", "DK", "NL", "DE")


class Topic(Part):
    """What a post can be about; the first topic with a word in the post wins."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_\-]*$")]
    label: str | None = None
    any: Words


class Targets(Part):
    """How soon, counted in the queue's hours."""

    first_response: Span
    resolution: Span
    escalate_when_missed: bool = True
    """A first response that is overdue escalates by itself."""


class Queue(AtWork):
    """A Slack channel with the rules for what goes there; the first queue whose rules fit gets the case."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_\-]*$")]
    channel: Channel
    languages: tuple[Language, ...] = ()
    topics: Words = ()
    kinds: tuple[Kind, ...] = ()
    brands: Words = ()
    targets: Targets

    @model_validator(mode="after")
    def targets_can_be_met_within_a_year(self) -> "Queue":
        first, whole = self.targets.first_response, self.targets.resolution
        for name, span in (("first_response", first), ("resolution", whole)):
            if self.hours and span > 50 * self.hours.each_week:
                raise ValueError(f"targets.{name} takes more than a year of these hours")
        return self

    @property
    def takes_everything(self) -> bool:
        return not (self.languages or self.topics or self.kinds or self.brands)


class Step(Part):
    """One line of the checklist."""

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
    label: Annotated[str, Field(max_length=140)]
    stage: Literal["public", "private", "close"]
    required_for: tuple[Kind, ...] = ()
    """The kinds of case that can't be resolved without it."""
    sets_promise: bool = False
    they_wrote: bool = False
    """Ticking it says that the customer wrote: a case that waits for them goes on."""
    tells_them: bool = False
    """Ticking it says that the customer heard from us, as they were promised."""


class Specialist(AtWork):
    """Somebody named, for a topic, in some languages, at some hours."""

    name: str
    slack: Member
    topics: Words
    languages: tuple[Language, ...]
    stand_in: Member | None = None


class Lead(AtWork):
    """Gets the digest; may do what only a lead may. Without hours of their own, those of the case's queue
    count when a case comes to them."""

    name: str
    slack: Member
    digest_at: ClockTime
    queues: Words = ()
    """The queues in this lead's digest; empty: all."""


class HandOver(Part):
    """How long a colleague has to say whether they take a case over, in the queue's hours."""

    answer_within: Span = timedelta(hours=2)


class Promises(Part):
    """What a customer was promised, and the employee held to."""

    remind_before: Span = timedelta(hours=1)
    """In the queue's hours: a promise for Monday morning is recalled on Friday."""


class Waiting(Part):
    """While a case waits for its customer, the time to solve it stands still."""

    remind_after: Span = timedelta(days=3)
    """After so long (days as on the wall) its owner is reminded, once, in the queue's hours."""


class Idle(Part):
    """When nobody acts on a claimed case: both counted in the queue's hours, since its owner last acted."""

    remind_after: Span
    release_after: Span

    @model_validator(mode="after")
    def the_reminder_comes_first(self) -> "Idle":
        if self.release_after <= self.remind_after:
            raise ValueError("release_after must be longer than remind_after: the reminder comes first")
        return self


class Level(Part):
    """What somebody may answer once they have passed its courses (and those of the levels below)."""

    level: Annotated[int, Field(ge=1, le=9)]
    name: Annotated[str, Field(min_length=2, max_length=60)]
    kinds: tuple[Kind, ...] = ()
    topics: Words = ()
    """Cases of these kinds, or about these topics, need this level."""
    severity: Annotated[int, Field(ge=1, le=3)] | None = None
    """So do cases as grave as this: 1 worth a second look, 2 severe, 3 danger."""
    courses: Words = ()
    """Courses by key: the files in `config/courses/en`, without `.yaml`."""


class Training(Part):
    """Who may claim what. Without this part of the playbook everybody may claim everything."""

    levels: Annotated[tuple[Level, ...], Field(min_length=1)]
    certificates_last: Span = timedelta(days=365)
    remind_before: Span = timedelta(days=30)
    trained: dict[Member, Annotated[int, Field(ge=0, le=9)]] = Field(default={})
    """People who were trained elsewhere, with the level they have for good."""

    @model_validator(mode="after")
    def levels_rise_and_name_courses_that_exist(self) -> "Training":
        numbers = [level.level for level in self.levels]
        if numbers != sorted(set(numbers)):
            raise ValueError("levels: write them from low to high, each number once")
        for level in self.levels:
            _known(f"level {level.level}", "course", level.courses, set(courses()))
        return self


class ApprovedAnswers(Part):
    """Answers that leads approved for everybody."""

    check_after: Annotated[Span, Field(ge=timedelta(days=1), le=timedelta(days=1095))] = timedelta(days=180)
    """After so long the lead who approved one is asked whether it still holds, unless they chose another."""


class Feed(Part):
    """An RSS or Atom feed."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_\-]*$")]
    url: HttpUrl
    every: Span = timedelta(minutes=10)


class XListening(Part):
    """X: what to ask for. Tokens are in `.env`."""

    every: Span = timedelta(minutes=1)
    search: bool = True
    mentions: bool = True


class Replay(Part):
    """A JSON Lines file read as if it came from outside: for trying things out."""

    file: Annotated[Path, AfterValidator(lambda path: path if path.is_absolute() else ROOT / path)]
    """A relative path begins at the project's folder, wherever the program is started."""
    first: Annotated[int, Field(ge=0)] = 8
    """How many posts come at once at the start."""
    every: Annotated[float, Field(gt=0)] = 5.0
    """Seconds between later posts."""


class Sources(Part):
    """Where mentions come from."""

    x: XListening | None = None
    feeds: tuple[Feed, ...] = ()
    replay: Replay | None = None


class Playbook(Part):
    """A whole playbook, valid and cross-checked."""

    company: Company
    brands: Annotated[tuple[Brand, ...], Field(min_length=1)]
    sift: Sift = Sift()
    topics: tuple[Topic, ...] = ()
    queues: Annotated[tuple[Queue, ...], Field(min_length=1)]
    checklist: Annotated[tuple[Step, ...], Field(min_length=1)]
    specialists: tuple[Specialist, ...] = ()
    leads: Annotated[tuple[Lead, ...], Field(min_length=1)]
    leads_channel: Channel
    escalation: Escalation = Escalation()
    handover: HandOver = HandOver()
    away: StatusWords = StatusWords()
    idle: Idle | None = None
    """None: a claimed case stays with its owner, whatever they do."""
    waiting_for_customer: Waiting = Waiting()
    promises: Promises = Promises()
    training: Training | None = None
    answers: ApprovedAnswers = ApprovedAnswers()
    sources: Sources = Sources()

    @model_validator(mode="after")
    def names_fit_together(self) -> "Playbook":
        _unique("queues", [q.name for q in self.queues])
        _unique("topics", [t.name for t in self.topics])
        _unique("brands", [b.name for b in self.brands])
        _unique("checklist", [s.key for s in self.checklist])
        _unique("sources.feeds", [f.name for f in self.sources.feeds])
        topics, queues = {t.name for t in self.topics}, {q.name for q in self.queues}
        brands = {b.name for b in self.brands}
        for queue in self.queues:
            _known(f"queue {queue.name}", "topic", queue.topics, topics)
            _known(f"queue {queue.name}", "brand", queue.brands, brands)
        for level in self.training.levels if self.training else ():
            _known(f"level {level.level}", "topic", level.topics, topics)
        for person in self.specialists:
            _known(f"specialist {person.name}", "topic", person.topics, topics)
        for lead in self.leads:
            _known(f"lead {lead.name}", "queue", lead.queues, queues)
        self._chains_name_topics_and_specialists(topics)
        if not any(q.takes_everything for q in self.queues):
            raise ValueError("one queue must take everything else: no languages, topics, kinds or brands")
        return self

    def _chains_name_topics_and_specialists(self, topics: set[str]) -> None:
        names = [person.name for person in self.specialists]
        for topic, chain in self.escalation.chains.items():
            where = ("escalation", "chains", topic)
            _there(where, "topic", topic, topics)
            asked = [(step, n, name) for step, one in enumerate(chain) for n, name in enumerate(one.ask)]
            seen: set[str] = set()
            for step, n, name in asked:
                here = (*where, step, "ask", n)
                _there(here, "specialist", name, set(names))
                if names.count(name) > 1:
                    raise Misplaced(here, f"two specialists are called {name!r}: give them different names")
                if name in seen:
                    raise Misplaced(here, f"{name!r} stands in this chain twice; once is enough")
                seen.add(name)

    @cached_property
    def steps(self) -> dict[str, Step]:
        return {step.key: step for step in self.checklist}

    @cached_property
    def lead_ids(self) -> frozenset[str]:
        return frozenset(lead.slack for lead in self.leads)

    @property
    def everything(self) -> Queue:
        """The queue that takes what no other does, and what is left of queues that a playbook dropped."""
        return next(q for q in self.queues if q.takes_everything)

    def queue(self, name: str) -> Queue:
        """The queue of that name, or the one that takes everything."""
        return next((q for q in self.queues if q.name == name), self.everything)

    def brand(self, name: str) -> Brand:
        return next((b for b in self.brands if b.name == name), self.brands[0])

    def topic_label(self, name: str | None) -> str:
        topic = next((t for t in self.topics if t.name == name), None)
        return (topic.label or topic.name) if topic else (name or "no topic")


def load_playbook(path: Path) -> Playbook:
    """The playbook in `path`. Raises SettingsError, one line per mistake."""
    return load_model(path, Playbook)


def _unique(key: str, names: list[str]) -> None:
    doubled = sorted({n for n in names if names.count(n) > 1})
    if doubled:
        raise ValueError(f"{key}: {', '.join(doubled)} stands there twice; names must differ")


def _there(where: tuple[int | str, ...], what: str, name: str, known: set[str]) -> None:
    if name not in known:
        have = ", ".join(sorted(known)) or "none"
        raise Misplaced(where, f"there is no {what} {name!r} (there are: {have})")


def _known(who: str, what: str, used: tuple[str, ...], known: set[str]) -> None:
    for name in used:
        if name not in known:
            have = ", ".join(sorted(known)) or "none"
            raise ValueError(f"{who} names the {what} {name!r}, which is not here (there are: {have})")
