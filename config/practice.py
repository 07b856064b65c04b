"""Practice cases: `config/practice/<language>.yaml`, customers made up for people in training."""

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from config.sifting import Kind
from config.values import Part
from config.yaml_file import load_model

FOLDER = Path(__file__).parent / "practice"
Text = Annotated[str, Field(min_length=3, max_length=900)]


class Sample(Part):
    """One customer. `{company}` and `{handle}` in its texts become the playbook's own."""

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
    title: Annotated[str, Field(min_length=3, max_length=60)]
    kind: Kind
    author: Annotated[str, Field(pattern=r"^\w+$", max_length=40)]
    text: Text
    hint: Text
    """What is worth noticing before one answers."""
    writes_back: Text | None = None
    """What the customer sends in private once they were invited; None: this one needs no private message."""
    example: Text
    """A reply that does it well, shown at the end."""

    @property
    def private(self) -> bool:
        return self.writes_back is not None


class PracticeWords(Part):
    """All samples in one language, and why the reply check minds what it minds."""

    samples: Annotated[tuple[Sample, ...], Field(min_length=1, max_length=20)]
    explains: dict[str, Text] = Field(default={})
    """By the key of a finding: what could happen, and how to say it instead."""

    @model_validator(mode="after")
    def keys_differ(self) -> "PracticeWords":
        keys = [sample.key for sample in self.samples]
        if len(set(keys)) != len(keys):
            raise ValueError("two samples have the same key")
        return self

    def sample(self, key: str) -> Sample:
        """The sample of that name, or the first: a newer release may have dropped one."""
        return next((one for one in self.samples if one.key == key), self.samples[0])


@cache
def practice_words(language: str, folder: Path = FOLDER) -> PracticeWords:
    """The practice cases in `language`; in English where there are none. Raises SettingsError."""
    path = folder / f"{language}.yaml"
    return load_model(path if path.is_file() else folder / "en.yaml", PracticeWords)


def practice_languages(folder: Path = FOLDER) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.yaml"))
