"""The playbook: everything a team decides for itself, in one YAML file. Its parts: the modules beside it."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import Field, PrivateAttr, model_validator

from config.brands import Brand, Company
from config.escalation import Escalation, StatusWords
from config.groups import Groups
from config.listening import Sources
from config.own import brands_own
from config.remits import Remit
from config.sifting import Sift, Topic
from config.staff import Lead, Specialist, Training
from config.surges import Surges
from config.values import Channel, Part, known
from config.work import ApprovedAnswers, HandOver, Idle, Promises, Queue, Step, Waiting
from config.yaml_file import Misplaced, as_model, read_yaml


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
    surges: Surges = Surges()
    groups: Groups = Groups()
    sources: Sources = Sources()
    _own: Mapping[str, "Playbook"] = PrivateAttr(default_factory=dict)
    _above: frozenset[str] = PrivateAttr(default=frozenset())

    @model_validator(mode="after")
    def names_fit_together(self) -> "Playbook":
        _unique("queues", [q.name for q in self.queues])
        _unique("topics", [t.name for t in self.topics])
        _unique("brands", [b.name for b in self.brands])
        _unique("checklist", [s.key for s in self.checklist])
        _unique("sources.feeds", [f.name for f in self.sources.feeds])
        _unique("sources.webhooks", [w.name for w in self.sources.webhooks])
        topics, queues = {t.name for t in self.topics}, {q.name for q in self.queues}
        brands = {b.name for b in self.brands}
        for queue in self.queues:
            known(f"queue {queue.name}", "topic", queue.topics, topics)
            known(f"queue {queue.name}", "brand", queue.brands, brands)
        for level in self.training.levels if self.training else ():
            known(f"level {level.level}", "topic", level.topics, topics)
        for person in self.specialists:
            known(f"specialist {person.name}", "topic", person.topics, topics)
        for lead in self.leads:
            known(f"lead {lead.name}", "queue", lead.queues, queues)
        self._chains_name_topics_and_specialists(topics)
        levels = self.training.levels if self.training else ()
        self.surges.must_fit(
            [*(one.name for one in self.specialists), *(one.name for one in self.leads)],
            [one.level for one in levels],
        )
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
        """Who may do what only a lead may with cases that this playbook holds for: its leads; of a brand's
        own also the main one's."""
        return frozenset(lead.slack for lead in self.leads) | self._above

    @property
    def everything(self) -> Queue:
        """The queue that takes what no other does, and what is left of queues that a playbook dropped."""
        return next(q for q in self.queues if q.takes_everything)

    def queue(self, name: str) -> Queue:
        """The queue of that name, or the one that takes everything."""
        return next((q for q in self.queues if q.name == name), self.everything)

    def brand(self, name: str) -> Brand:
        return next((b for b in self.brands if b.name == name), self.brands[0])

    def with_own(self, own: Mapping[str, "Playbook"]) -> "Playbook":
        """This playbook as the main one, with a whole one for each brand (by name) that has its own."""
        whole = self.model_copy()
        for book in own.values():
            book._above = self.lead_ids
        whole._own = dict(own)
        return whole

    @property
    def own(self) -> Mapping[str, "Playbook"]:
        """The brands that have a playbook of their own, by name, as far as this is the main one."""
        return self._own

    def of(self, brand: str | None) -> "Playbook":
        """The playbook that holds for cases of a brand: its own, else this. Sources, sift, topics, queues,
        groups and brands are the same in each."""
        return self._own.get(brand or "", self)

    @property
    def books(self) -> list["Playbook"]:
        """This, and each that a brand has of its own."""
        return [self, *{id(book): book for book in self._own.values()}.values()]

    @cached_property
    def remits(self) -> dict[str, Remit]:
        """What each lead looks after, by member: who is in the main playbook all brands, whoever is in
        brands' own theirs."""
        names = tuple(queue.name for queue in self.queues)
        found = {lead.slack: Remit(lead, lead.queues or names) for lead in self.leads[::-1]}
        for brand, book in self._own.items():
            takes = tuple(q.name for q in self.queues if not q.brands or brand in q.brands)
            for lead in book.leads:
                before = found.get(lead.slack)
                if before is None:
                    found[lead.slack] = Remit(lead, lead.queues or takes, (brand,))
                elif before.brands:
                    queues = dict.fromkeys([*before.queues, *(lead.queues or takes)])
                    found[lead.slack] = Remit(before.lead, tuple(queues), (*before.brands, brand))
        return found

    def topic_label(self, name: str | None) -> str:
        topic = next((t for t in self.topics if t.name == name), None)
        return (topic.label or topic.name) if topic else (name or "no topic")


def load_playbook(path: Path) -> Playbook:
    """The playbook in `path`, with those of its brands. Raises SettingsError, one line per mistake."""
    tree, data = read_yaml(path)
    main = as_model(path, tree, data, Playbook)
    return main.with_own(brands_own(main, path, tree, data))


def _unique(key: str, names: list[str]) -> None:
    for place, name in enumerate(names):
        if name in names[:place]:
            where: tuple[int | str, ...] = (*key.split("."), place)
            raise Misplaced(where, f"{name} stands there twice; names must differ")


def _there(where: tuple[int | str, ...], what: str, name: str, known: set[str]) -> None:
    if name not in known:
        have = ", ".join(sorted(known)) or "none"
        raise Misplaced(where, f"there is no {what} {name!r} (there are: {have})")
