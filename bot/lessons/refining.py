"""What was learned refines the rules' verdicts, a batch at a time; each change says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

import structlog
from sqlalchemy import func, select

from bot.blocks.card import KINDS
from bot.blocks.text import language_name
from bot.lessons.comparing import compared
from bot.lessons.examples import ASPECTS, FACTS
from bot.lessons.figures import DIRECTIONS
from bot.office import Office
from bot.sift.about import BrandWords
from bot.sift.plain_text import normalised
from bot.sift.queues import queue_for
from bot.sift.sift import Verdict
from config.sifting import Kind
from models.lesson import NO_TOPIC
from models.post import Post
from models.sift_model import IN_USE, SILENT, SiftModel

if TYPE_CHECKING:
    from bot.lessons.model import Head, Model

log = structlog.get_logger()
LOOK_AGAIN = timedelta(seconds=30)
"""How soon a model that another process made is used here."""
SEVERE = 2
"""From this severity on neither whether it is shown nor what it is is left to what was learned."""
Sifted = tuple[Post, Verdict]


@dataclass
class Refining:
    """One per process. Without a model it costs one small question to the database every half minute."""

    office: Office
    _models: "Mapping[str, Model]" = field(default_factory=dict)
    _rows: frozenset[int] = frozenset()
    _looked_at: datetime | None = None
    _names: dict[str, BrandWords] = field(default_factory=dict)

    def refine(self, sifted: Sequence[Sifted]) -> list[Sifted]:
        """The posts with their verdicts, refined where a model of their brand may."""
        models = self._current()
        found = list(sifted)
        for brand, model in models.items():
            mine = [n for n, (_, verdict) in enumerate(found) if verdict.brand == brand]
            if mine:
                for n, verdict in zip(mine, self._refined(model, [found[n] for n in mine]), strict=True):
                    found[n] = found[n][0], verdict
        return found

    # Helpers, in the order in which they are called.

    def _current(self) -> "Mapping[str, Model]":
        if not self.office.playbook.sift.learn:
            return {}
        now = self.office.clock()
        if self._looked_at is None or abs(now - self._looked_at) >= LOOK_AGAIN:
            self._looked_at = now
            self._look()
        return self._models

    def _look(self) -> None:
        """Reads models that are new since the last look."""
        brands = [brand.name for brand in self.office.playbook.brands]
        newest = (
            select(func.max(SiftModel.id))
            .where(SiftModel.brand.in_(brands), SiftModel.state.in_((IN_USE, SILENT)))
            .group_by(SiftModel.brand)
        )
        with self.office.db.reading() as session:
            numbers = frozenset(session.scalars(newest))
            if numbers == self._rows:
                return
            stored = session.scalars(
                select(SiftModel).where(SiftModel.id.in_(numbers), SiftModel.state == IN_USE)
            ).all()
        from bot.lessons.model import BadModel, unpack  # here: without a model nobody needs numpy

        models = {}
        for row in stored:
            try:
                models[row.brand] = unpack(row.weights or b"")
            except BadModel as error:  # the rules go on alone, and the next night makes a new one
                log.warning("what was learned can't be used", brand=row.brand, why=str(error))
        self._models, self._rows = models, numbers

    def _refined(self, model: "Model", sifted: Sequence[Sifted]) -> list[Verdict]:
        from bot.lessons.pieces import rows

        matrix = rows([compared(post.text, verdict.personal_data) for post, verdict in sifted])
        said = {
            aspect: self._decided(model, aspect, head, matrix, sifted)
            for aspect in ASPECTS
            if (head := model.heads.get(aspect)) is not None
        }
        return [
            self._changed(post, verdict, {aspect: answers[n] for aspect, answers in said.items()})
            for n, (post, verdict) in enumerate(sifted)
        ]

    @staticmethod
    def _decided(
        model: "Model", aspect: str, head: "Head", matrix: object, sifted: Sequence[Sifted]
    ) -> list[str]:
        from bot.lessons.scoring import decisions, with_directions

        ruled = [_ruled(verdict, aspect) for _, verdict in sifted]
        answers = {
            answer for name, answer in DIRECTIONS.get(aspect, {aspect: None}).items() if name in model.used
        }
        return with_directions(ruled, decisions(head, aspect, matrix, ruled), answers)

    def _changed(self, post: Post, verdict: Verdict, said: Mapping[str, str]) -> Verdict:
        """The verdict with those changes that may be made, and the words for them."""
        book = self.office.playbook
        severe, words = verdict.severity >= SEVERE, []
        kind, topic, language, shown = verdict.kind, verdict.topic, verdict.language, verdict.shown
        if (
            (needed := said.get("needed")) == "no"
            and shown
            and not severe
            and not self._names_us(post, verdict)
        ):
            shown = False
            words.append("needs nobody; the rules would show it")
        elif needed == "yes" and not shown and not verdict.reason.startswith(FACTS):
            shown = True
            words.append("needs somebody; the rules set it aside")
        if not severe and (answer := said.get("kind", kind)) != kind:
            kind = cast(Kind, answer)
            words.append(f"reads like {_a(kind)}; the rules said {KINDS[verdict.kind].lower()}")
        elif shown and not verdict.shown and kind == "ad":
            kind = "other"
        answer = said.get("topic", topic or NO_TOPIC)
        if answer != (topic or NO_TOPIC) and answer in {NO_TOPIC, *(one.name for one in book.topics)}:
            topic = answer or None
            words.append(
                f"is about {book.topic_label(topic)}; the rules said {book.topic_label(verdict.topic)}"
            )
        if (answer := said.get("language", language)) != language:
            language = answer
            words.append(f"is {language_name(language)}; the rules said {language_name(verdict.language)}")
        if not words:
            return verdict
        learned = f"learned from your corrections: {', and '.join(words)}"
        queue = queue_for(book, language=language, topic=topic, kind=kind, brand=verdict.brand)
        return replace(
            verdict,
            shown=shown,
            kind=kind,
            topic=topic,
            language=language,
            queue=queue.name,
            reason=f"{learned} ({verdict.reason})",
            ruled=verdict,
            learned=learned,
        )

    def _names_us(self, post: Post, verdict: Verdict) -> bool:
        """The customer speaks to us: whoever they are, a person decides."""
        if verdict.brand not in self._names:
            self._names[verdict.brand] = BrandWords.of(self.office.playbook.brand(verdict.brand))
        return self._names[verdict.brand].names_us(post, normalised(post.text))


def _ruled(verdict: Verdict, aspect: str) -> str:
    if aspect == "needed":
        return "yes" if verdict.shown else "no"
    return {"kind": verdict.kind, "topic": verdict.topic or NO_TOPIC, "language": verdict.language}[aspect]


def _a(kind: str) -> str:
    word = {"other": "none of the kinds"}.get(kind, KINDS[kind].lower())
    article = "" if kind in ("other", "praise") else "an " if word[0] in "aeiou" else "a "
    return f"{article}{word}"
