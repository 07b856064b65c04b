"""What would be right, for each mistake that pydantic finds: plain words in place of Python's."""

from collections.abc import Callable, Mapping
from typing import Any

PATTERNS = {
    r"^\d+$": "write digits only, in quotes",
    r"^[0-9]{1,25}$": "write its number: digits only",
    r"^[A-Za-z0-9.]{1,80}$": "write letters, digits and dots only",
    r"^\+?[0-9][0-9 ()/.\-]{3,30}$": "write a phone number such as +45 70 12 34 56",
    r"^[A-Z]{3}$": "write a currency by its three letters, such as EUR",
    r"^#?\w+$": "write one hashtag: letters, digits and _ only",
    r"^[\w.\-]+\.ya?ml$": "write the name of a file beside this one, such as our-brand.yaml",
    r"^\w+$": "write letters, digits and _ only",
    r"^[a-z0-9][a-z0-9_\-]*$": "write small letters, digits, - and _ only",
    r"^[a-z][a-z0-9_\-]*$": "write small letters, digits, - and _ only, a letter first",
    r"^[a-z][a-z0-9_\-]{0,39}$": "write small letters, digits, - and _ only, a letter first, 40 at most",
    r"^[a-z][a-z0-9\-]{0,39}$": "write small letters, digits and - only, a letter first, 40 at most",
    r"^[a-z][a-z0-9_]*$": "write small letters, digits and _ only, a letter first",
}
"""What each pattern of a playbook or a practice case asks for; a test looks that none of a playbook lacks."""


def advice(error: Mapping[str, Any]) -> str:
    """One of pydantic's errors as a sentence, with what was found where that is short."""
    kind, given = str(error["type"]), error.get("input")
    if kind in _WHOLE:
        return _WHOLE[kind]
    if kind in _NO_PART and given is None:
        return "nothing stands below this key; write what belongs there, or take the key out."
    words = _WORDS[kind](error.get("ctx", {})) if kind in _WORDS else _of_pydantic(str(error["msg"]))
    short = isinstance(given, str | int | float) and len(repr(given)) < 60
    return f"{words}, found {given!r}." if short else f"{words}."


def _of_pydantic(message: str) -> str:
    """Our own checks say what is right by themselves; the rest is pydantic's, which is near enough."""
    return message.removeprefix("Value error, ").replace("Input should be", "it should be", 1).rstrip(".")


_WHOLE = {
    "extra_forbidden": "there is no such key; remove it or check its spelling.",
    "missing": "this key is needed and is not there.",
    "too_short": "name at least one.",
}
_NO_PART = ("model_type", "model_attributes_type", "dict_type")


def _bound(words: str, key: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda ctx: words.format(f"{ctx[key]:g}")


def _say(words: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda ctx: words


def _pattern(ctx: Mapping[str, Any]) -> str:
    return PATTERNS.get(str(ctx["pattern"]), f"it should look like {ctx['pattern']}")


_A_PART = _say("write keys with their values here")
_A_LIST = _say("write a list: each entry on a line of its own after a dash, or [one, two]")
_YES_OR_NO = _say("write true or false")
_WHOLE_NUMBER = _say("write a whole number")
_NUMBER = _say("write a number")
_ADDRESS = _say("write a whole address (URL) that begins with https://")

_WORDS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    **dict.fromkeys(_NO_PART, _A_PART),
    **dict.fromkeys(("tuple_type", "list_type"), _A_LIST),
    **dict.fromkeys(("bool_parsing", "bool_type"), _YES_OR_NO),
    **dict.fromkeys(("int_parsing", "int_type", "int_from_float"), _WHOLE_NUMBER),
    **dict.fromkeys(("float_parsing", "float_type", "decimal_parsing", "decimal_type"), _NUMBER),
    **dict.fromkeys(("url_parsing", "url_scheme", "url_type"), _ADDRESS),
    "string_type": _say("write it in quotes"),
    "string_pattern_mismatch": _pattern,
    "string_too_short": lambda ctx: (
        "it can't be empty" if ctx["min_length"] == 1 else f"write {ctx['min_length']} characters or more"
    ),
    "string_too_long": _bound("write {} characters at most", "max_length"),
    "greater_than_equal": _bound("write {} or more", "ge"),
    "less_than_equal": _bound("write {} or less", "le"),
    "greater_than": _bound("write more than {}", "gt"),
    "less_than": _bound("write less than {}", "lt"),
}
