"""The approved answers that the demo begins with."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from config.settings import ROOT
from config.values import Language, Part
from config.yaml_file import load_model

DEMO_ANSWERS = ROOT / "config" / "demo" / "answers.yaml"


class DemoAnswer(Part):
    """One answer, as a lead would fill in the form."""

    title: Annotated[str, Field(min_length=3, max_length=80)]
    topic: str | None = None
    language: Language
    text: Annotated[str, Field(min_length=1, max_length=2000)]
    example: Annotated[str, Field(min_length=8, max_length=1000)]


class DemoAnswers(Part):
    """The whole file."""

    answers: Annotated[tuple[DemoAnswer, ...], Field(min_length=1)]


def demo_answers(path: Path = DEMO_ANSWERS) -> tuple[DemoAnswer, ...]:
    """Raises SettingsError, one line per mistake."""
    return load_model(path, DemoAnswers).answers
