"""Reads a YAML file into a pydantic model; every mistake becomes one line with file, line and key."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from config.advice import advice
from config.errors import SettingsError

Model = TypeVar("Model", bound=BaseModel)
# The same YAML, read fifteen times as fast: in Python the language packs alone took a second of each start.
_FAST: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DATES = "tag:yaml.org,2002:timestamp"


class _Loader(_FAST):  # type: ignore[misc,valid-type]
    """Dates stay text: the model reads them, and of one that can't be it knows where it stands."""

    yaml_implicit_resolvers = {  # noqa: RUF012  # PyYAML's own way to declare it
        first: [(tag, pattern) for tag, pattern in known if tag != _DATES]
        for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


class Misplaced(ValueError):
    """A mistake that a check over several parts found, at the key where it stands."""

    def __init__(self, where: tuple[int | str, ...], words: str) -> None:
        super().__init__(words)
        self.where = where


def load_model(path: Path, model: type[Model]) -> Model:
    """`path` parsed and validated as `model`.

    Raises SettingsError with one line per mistake: `file:line: key: what would be right`.
    """
    return as_model(path, *read_yaml(path), model)


def as_model(path: Path, tree: yaml.Node, data: dict[str, Any], model: type[Model]) -> Model:
    """`data`, read from `path` or made from what was, as `model`. Raises SettingsError as `load_model`."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        mistakes = _own_mistakes(error.errors())
        raise SettingsError("\n".join(mistake(path, tree, loc, advice(e)) for loc, e in mistakes)) from None


def mistake(path: Path, tree: yaml.Node, loc: tuple[int | str, ...], words: str) -> str:
    """`file:line: key: what would be right`."""
    return f"{path}:{line_of(tree, loc)}: {_key(loc)}: {words}"


def read_yaml(path: Path) -> tuple[yaml.Node, dict[str, Any]]:
    """The file as a node tree (which knows its lines) and as plain data. Raises SettingsError."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SettingsError(f"{path}: there is no such file.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: can't be read: {error}.") from None
    try:
        loader = _Loader(text)
        try:
            tree = loader.get_single_node()
            if tree is not None:
                _refuse_doubled_keys(path, tree, set())
            data = loader.construct_document(tree) if tree is not None else None
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SettingsError(f"{path}:{line}: this is not valid YAML: {error.problem}.") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise SettingsError(f"{path}:{line}: this is not valid YAML: {error.reason}.") from None
    except yaml.YAMLError as error:
        raise SettingsError(f"{path}: this is not valid YAML: {error}.") from None
    if tree is None or not isinstance(data, dict):
        raise SettingsError(f"{path}:1: expected keys and values, found {type(data).__name__}.")
    return tree, data


def line_of(tree: yaml.Node, loc: tuple[int | str, ...]) -> int:
    """The line (from 1) where the value at `loc` stands, or of the nearest key above it."""
    node = tree
    line = node.start_mark.line + 1
    for part in loc:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == str(part)), None)
            if found is None:
                return line
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            return line
    return line


def _own_mistakes(errors: Iterable[Any]) -> list[tuple[tuple[int | str, ...], Any]]:
    """Each mistake with where it stands; without those that only follow from one further in."""
    found = [(_place(e), e) for e in errors]
    follows = {
        loc
        for loc, e in found
        if e["type"] == "too_short" and any(len(o) > len(loc) and o[: len(loc)] == loc for o, _ in found)
    }
    return [(loc, e) for loc, e in found if not (e["type"] == "too_short" and loc in follows)]


def _place(error: Any) -> tuple[int | str, ...]:
    loc = tuple(part for part in error["loc"] if part != "[key]")
    raised = error.get("ctx", {}).get("error")
    return (*loc, *raised.where) if isinstance(raised, Misplaced) else loc


def _key(loc: tuple[int | str, ...]) -> str:
    out = ""
    for part in loc:
        out += f"[{part}]" if isinstance(part, int) else f".{part}"
    return out.lstrip(".") or "(top)"


def _refuse_doubled_keys(path: Path, node: yaml.Node, visited: set[int]) -> None:
    if id(node) in visited:
        return  # an alias: `*name` stands for a part that was seen already, perhaps the one it is in
    visited.add(id(node))
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):  # another one is no key at all, as is said where it is read
                if key.value in seen:
                    line = key.start_mark.line + 1
                    raise SettingsError(f"{path}:{line}: {key.value}: this key stands here twice; keep one.")
                seen.add(key.value)
            _refuse_doubled_keys(path, value, visited)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_doubled_keys(path, item, visited)
