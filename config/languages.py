"""Language packs: words and patterns of one language, for the sift and for the reply check."""

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from config.errors import SettingsError
from config.language_reply import ReplyWords
from config.language_sift import SiftWords
from config.yaml_file import load_model

FOLDER = Path(__file__).parent / "languages"


class LanguagePack(BaseModel):
    """One language; a part that is missing means that nothing is known of it in that language."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sift: SiftWords | None = None
    reply: ReplyWords | None = None


@cache
def language_packs(folder: Path = FOLDER) -> dict[str, LanguagePack]:
    """Every pack in `folder` by its two-letter code. Raises SettingsError, one line per mistake."""
    packs = {path.stem: load_model(path, LanguagePack) for path in sorted(folder.glob("[a-z][a-z].yaml"))}
    if not packs:
        raise SettingsError(f"{folder}: there is no language pack (xx.yaml) in it.")
    return packs
