"""How well the sift does on labelled posts: precision, recall and F1 of each thing it decides."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.sift.labels import Labelled
from bot.sift.plain_text import LETTER, ONE_UNSPACED, without_names_and_links
from bot.sift.sift import Sifter, Verdict

_WORD = re.compile(rf"{LETTER}+(?:['’-]{LETTER}+)*")
LONG_ENOUGH = 6
"""From so many words on a post's language can be asked for."""


@dataclass
class Tally:
    """Hits, false alarms and misses of one thing."""

    right: int = 0
    extra: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.extra) if self.right + self.extra else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass
class Kinds:
    """The tallies of the kinds, over some of the posts."""

    of: dict[str, Tally] = field(default_factory=dict)
    posts: int = 0

    @property
    def accuracy(self) -> float:
        return sum(tally.right for tally in self.of.values()) / max(self.posts, 1)

    @property
    def mean_f1(self) -> float:
        """The mean over the kinds that were labelled, each as heavy as any other (macro-F1)."""
        labelled = [tally for tally in self.of.values() if tally.right + tally.missed]
        return sum(tally.f1 for tally in labelled) / max(len(labelled), 1)

    def add(self, label: str, answer: str) -> None:
        self.posts += 1
        wanted = self.of.setdefault(label, Tally())
        if label == answer:
            wanted.right += 1
        else:
            wanted.missed += 1
            self.of.setdefault(answer, Tally()).extra += 1


@dataclass
class Score:
    """Everything counted, and each miss in words. What is not labelled on a post is not counted for it."""

    posts: int = 0
    kinds: Kinds = field(default_factory=Kinds)
    kinds_by_language: dict[str, Kinds] = field(default_factory=dict)
    languages: Kinds = field(default_factory=Kinds)
    long_posts: Kinds = field(default_factory=Kinds)
    """Languages once more, of posts of LONG_ENOUGH words only."""
    set_aside: Tally = field(default_factory=Tally)
    personal_data: Tally = field(default_factory=Tally)
    misses: list[str] = field(default_factory=list)

    def add(self, one: Labelled, verdict: Verdict) -> None:
        self.posts += 1
        text = " ".join(one.post.text.split())
        if one.kind is not None:
            self.kinds.add(one.kind, verdict.kind)
            self.kinds_by_language.setdefault(one.language or "?", Kinds()).add(one.kind, verdict.kind)
            if one.kind != verdict.kind:
                self.misses.append(f"kind {verdict.kind}, not {one.kind}: {text} ({verdict.reason})")
        if one.language is not None:
            self._add_language(one.language, verdict.language, text)
        if one.shown is not None:
            self._add_shown(one.shown, verdict, text)
        if one.personal_data is not None:
            self._add_personal_data(one.personal_data, verdict.personal_data, text)

    def _add_language(self, label: str, answer: str, text: str) -> None:
        self.languages.add(label, answer)
        if words_in(text) >= LONG_ENOUGH:
            self.long_posts.add(label, answer)
        if label != answer:
            self.misses.append(f"language {answer}, not {label}: {text}")

    def _add_shown(self, label: bool, verdict: Verdict, text: str) -> None:
        if label != verdict.shown:
            what = "shown" if verdict.shown else "set aside"
            self.misses.append(f"{what}, wrongly: {text} ({verdict.reason})")
        self.set_aside.right += not label and not verdict.shown
        self.set_aside.extra += label and not verdict.shown
        self.set_aside.missed += not label and verdict.shown

    def _add_personal_data(self, labels: list[str], answers: list[str], text: str) -> None:
        wanted, found = Counter(labels), Counter(answers)
        missed, extra = list((wanted - found).elements()), list((found - wanted).elements())
        self.personal_data.right += len(labels) - len(missed)
        self.personal_data.missed += len(missed)
        self.personal_data.extra += len(extra)
        if missed or extra:
            self.misses.append(f"personal data missed {missed}, extra {extra}: {text}")


def score(posts: Iterable[Labelled], sifter: Sifter) -> Score:
    """The sift's verdicts against the labels."""
    result = Score()
    for one in posts:
        result.add(one, sifter.sift(one.post))
    return result


def words_in(text: str) -> int:
    """How many words a post has, without handles, links and tags; two characters where no spaces are used."""
    said = without_names_and_links(text)
    return len(_WORD.findall(said)) + len(ONE_UNSPACED.findall(said)) // 2
