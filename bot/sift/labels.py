"""Posts that people have labelled, to measure the sift on."""

import json
from dataclasses import dataclass
from typing import Any

from bot.sift.command import BadLine, object_of, post_of
from config.sifting import KINDS
from models.post import Post


@dataclass(frozen=True)
class Labelled:
    """A post and what people say of it; None where they say nothing."""

    post: Post
    kind: str | None
    language: str | None
    shown: bool | None
    personal_data: list[str] | None


def labelled(line: str) -> Labelled:
    """A post as `sift` reads it with its labels: `kind`, `lang`, `shown`, `pii`; each may be missing.

    Raises:
        BadLine: what is wrong with the line.
    """
    data = object_of(line)
    kind, language, shown = data.get("kind"), data.get("lang"), data.get("shown")
    if kind is not None and kind not in KINDS:
        raise BadLine(f"kind is {json.dumps(kind)}: one of {', '.join(KINDS)}")
    if language is not None and not isinstance(language, str):
        raise BadLine('lang is not a code such as "en"')
    if shown is not None and not isinstance(shown, bool):
        raise BadLine("shown is not true or false")
    data.setdefault("id", "?")
    return Labelled(
        post=post_of(data),
        kind=kind,
        language=language,
        shown=shown,
        personal_data=None if data.get("pii") is None else _texts(data["pii"]),
    )


def _texts(labels: Any) -> list[str]:
    """Pieces of personal data: texts, or objects with a `text`."""
    if not isinstance(labels, list):
        raise BadLine("pii is not a list")
    texts = []
    for one in labels:
        text = one.get("text") if isinstance(one, dict) else one
        if not isinstance(text, str):
            raise BadLine('pii holds something other than texts or objects with a "text"')
        texts.append(text)
    return texts
