"""Courses: `config/courses/<language>/<course>.yaml`, short pages and a quiz, words only."""

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from config.errors import SettingsError
from config.yaml_file import load_model

FOLDER = Path(__file__).parent / "courses"
FALLBACK = "en"


class Part(BaseModel):
    """Frozen, and an unknown key is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Question(Part):
    """One question of the quiz. The limits are those of a radio button in a Slack modal."""

    question: Annotated[str, Field(min_length=5, max_length=400)]
    answers: Annotated[tuple[Annotated[str, Field(max_length=75)], ...], Field(min_length=2, max_length=5)]
    right: Annotated[int, Field(ge=1)]
    """The right answer, counted from 1."""
    why: Annotated[str, Field(max_length=400)]
    """Said to somebody who chose another one."""

    @model_validator(mode="after")
    def the_right_answer_is_one_of_them(self) -> "Question":
        if self.right > len(self.answers):
            raise ValueError(f"right is {self.right}, but there are {len(self.answers)} answers")
        if len(set(self.answers)) != len(self.answers):
            raise ValueError("two answers are the same")
        return self


class Course(Part):
    """Read in a few minutes: pages, then the quiz."""

    title: Annotated[str, Field(min_length=3, max_length=60)]
    about: Annotated[str, Field(max_length=200)]
    pages: Annotated[tuple[Annotated[str, Field(max_length=2500)], ...], Field(min_length=1, max_length=12)]
    """In Slack's mrkdwn."""
    quiz: Annotated[tuple[Question, ...], Field(min_length=3, max_length=10)]


@cache
def courses(language: str = FALLBACK, folder: Path = FOLDER) -> dict[str, Course]:
    """The courses in `language` by key (the file's name); what it lacks is in English.

    Raises SettingsError, one line per mistake.
    """
    found = {path.stem: load_model(path, Course) for path in sorted((folder / FALLBACK).glob("*.yaml"))}
    if not found:
        raise SettingsError(f"{folder / FALLBACK}: there is no course in it.")
    for path in sorted((folder / language).glob("*.yaml")):
        if path.stem in found:
            found[path.stem] = load_model(path, Course)
    return found


def course_languages(folder: Path = FOLDER) -> list[str]:
    """The languages that courses exist in."""
    return sorted(path.name for path in folder.iterdir() if path.is_dir())
