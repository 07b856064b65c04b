"""What we prepare for people to say, in the customer's language: `config/languages/say.yaml`."""

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, RootModel, model_validator

from config.languages import FOLDER
from config.yaml_file import load_model

ENGLISH = "en"
PLACES = {
    "role": set(),
    "introduction": {"name", "role", "company"},
    "invite": {"link"},
    "invite_phone": {"phone"},
    "opening": {"company", "reference"},
}
"""What stands in braces in each sentence, all of it and nothing else."""


class Say(BaseModel):
    """The sentences of one language."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: str
    introduction: str
    invite: str
    invite_phone: str
    opening: str

    @model_validator(mode="after")
    def every_place_is_there(self) -> "Say":
        for field, places in PLACES.items():
            text = str(getattr(self, field))
            if any(text.count(f"{{{place}}}") != 1 for place in places) or text.count("{") != len(places):
                wanted = ", ".join(f"{{{place}}}" for place in sorted(places)) or "nothing in braces"
                raise ValueError(f"{field} must have {wanted}, each once")
        return self

    def __call__(self, sentence: str, **values: str) -> str:
        """The sentence of that name, filled in. What stands in a value is never filled in again."""
        text = str(getattr(self, sentence))
        parts = text.split("{")
        filled = [parts[0]]
        for part in parts[1:]:
            place, _, rest = part.partition("}")
            filled.append(values[place] + rest)
        return "".join(filled)


class _AllLanguages(RootModel[dict[str, Say]]):
    """By two-letter code."""


@cache
def _all(path: Path = FOLDER / "say.yaml") -> dict[str, Say]:
    return load_model(path, _AllLanguages).root


def say(language: str) -> Say:
    """The sentences of a language, or those in English."""
    every = _all()
    return every.get(language, every[ENGLISH])


def said_in(language: str) -> bool:
    """Whether there are sentences in that language."""
    return language in _all()
