"""The playbook: everything a team decides for itself, in one YAML file. Its parts: the modules beside it."""

from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from config.brands import Brand, Company
from config.escalation import Escalation, StatusWords
from config.groups import Groups
from config.listening import Sources
from config.sifting import Sift, Topic
from config.staff import Lead, Specialist, Training
from config.surges import Surges
from config.values import Channel, Part, known
from config.work import ApprovedAnswers, HandOver, Idle, Promises, Queue, Step, Waiting
from config.yaml_file import Misplaced, load_model


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
    for place, name in enumerate(names):
        if name in names[:place]:
            where: tuple[int | str, ...] = (*key.split("."), place)
            raise Misplaced(where, f"{name} stands there twice; names must differ")


def _there(where: tuple[int | str, ...], what: str, name: str, known: set[str]) -> None:
    if name not in known:
        have = ", ".join(sorted(known)) or "none"
        raise Misplaced(where, f"there is no {what} {name!r} (there are: {have})")
