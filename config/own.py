"""A brand's own playbook: a file beside the main one with what differs for its cases. docs/brands.md."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from config.errors import SettingsError
from config.yaml_file import as_model, mistake, read_yaml

if TYPE_CHECKING:
    from config.playbook import Playbook

Data = dict[str, Any]
DIFFERS: Mapping[str, frozenset[str] | None] = {
    "company": None,
    "checklist": None,
    "specialists": None,
    "leads": None,
    "leads_channel": None,
    "escalation": None,
    "handover": None,
    "idle": None,
    "waiting_for_customer": None,
    "promises": None,
    "training": frozenset({"levels", "trained"}),
    "surges": frozenset({"crisis"}),
}
"""What a brand's file may hold, and of each part which keys; None: all of them."""


def brands_own(main: "Playbook", path: Path, tree: yaml.Node, data: Data) -> dict[str, "Playbook"]:
    """The whole playbook of each brand that has a file of its own, by the brand's name. `path`, `tree` and
    `data` are the main one's. Raises SettingsError, one line per mistake."""
    brands: dict[str, list[str]] = {}
    for number, brand in enumerate(main.brands):
        if brand.playbook is not None:
            if not (path.parent / brand.playbook).is_file():
                words = f"there is no file {path.parent / brand.playbook}."
                raise SettingsError(mistake(path, tree, ("brands", number, "playbook"), words))
            brands.setdefault(brand.playbook, []).append(brand.name)
    return {
        name: book
        for file, names in brands.items()
        for book in [_load(path.parent / file, names, main, data, path)]
        for name in names
    }


def merged(main: Data, own: Data) -> Data:
    """The main playbook's data with a brand's over it: keys of a part one by one, lists as a whole.

    Names go with those whom they name: specialists of a brand's own stand in none of the main playbook's
    chains, and levels of its own say nothing of who was trained for others.
    """
    whole = main | {key: _over(main.get(key), value) for key, value in own.items()}
    if "specialists" in own and "chains" not in _part(own, "escalation"):
        whole["escalation"] = {k: v for k, v in _part(whole, "escalation").items() if k != "chains"}
    if "levels" in _part(own, "training") and "trained" not in _part(own, "training"):
        whole["training"] = {k: v for k, v in whole["training"].items() if k != "trained"}
    if "crisis" not in _part(own, "surges") and (crisis := _part(_part(main, "surges"), "crisis")):
        whole["surges"] = _part(whole, "surges") | {"crisis": _of_its_own_people(crisis, whole)}
    return whole


# Helpers, in the order in which they are called.


def _load(path: Path, brands: list[str], main: "Playbook", data: Data, main_path: Path) -> "Playbook":
    tree, own = read_yaml(path)
    parts = {key: field.annotation for key, field in type(main).model_fields.items()}
    wrong = [*_shared(path, tree, own, parts, main_path)]
    if wrong:
        raise SettingsError("\n".join(wrong))
    book = as_model(path, tree, merged(data, own), type(main))
    wrong = [*_strange_queues(path, tree, own, book, brands)]
    if wrong:
        raise SettingsError("\n".join(wrong))
    return book


def _shared(
    path: Path, tree: yaml.Node, own: Data, parts: Mapping[str, Any], main_path: Path
) -> Iterator[str]:
    """A line for each key that can't differ; what is no key at all is found with the whole."""
    words = f"this is the same for all brands: write it in {main_path.name}."
    for key, value in own.items():
        if key not in DIFFERS:
            if key in parts:
                yield mistake(path, tree, (key,), words)
            continue
        may = DIFFERS[key]
        if may is not None and isinstance(value, dict):
            fields = _fields_of(parts[key])
            for inner in value:
                if inner in fields and inner not in may:
                    yield mistake(path, tree, (key, inner), words)


def _fields_of(part: Any) -> set[str]:
    """The keys of a part, which may be left out as a whole."""
    models = [part, *getattr(part, "__args__", ())]
    return {name for one in models for name in getattr(one, "model_fields", ())}


def _strange_queues(
    path: Path, tree: yaml.Node, own: Data, book: "Playbook", brands: list[str]
) -> Iterator[str]:
    """A lead of the brand's looks after queues that get none of its cases."""
    for number, lead in enumerate(book.leads if "leads" in own else ()):
        for place, name in enumerate(lead.queues):
            takes = book.queue(name).brands
            if takes and not set(takes) & set(brands):
                words = f"the queue {name!r} takes no cases of {' and '.join(brands)}."
                yield mistake(path, tree, ("leads", number, "queues", place), words)


def _over(main: Any, own: Any) -> Any:
    return main | own if isinstance(main, dict) and isinstance(own, dict) else own


def _part(data: Data, key: str) -> Data:
    part = data.get(key)
    return part if isinstance(part, dict) else {}


def _of_its_own_people(crisis: Data, whole: Data) -> Data:
    """The main playbook's crisis with those people and that level that the brand has too."""
    known = [one.get("name") for key in ("specialists", "leads") for one in _dicts(whole.get(key))]
    levels = [one.get("level") for one in _dicts(_part(whole, "training").get("levels"))]
    called = crisis.get("call_in")
    if isinstance(called, list):
        crisis = crisis | {"call_in": [name for name in called if name in known]}
    return crisis if crisis.get("level") in levels else crisis | {"level": None}


def _dicts(entries: Any) -> list[Data]:
    return [one for one in entries if isinstance(one, dict)] if isinstance(entries, list) else []
