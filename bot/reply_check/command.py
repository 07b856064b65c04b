"""The reply check over JSON Lines: a draft a line in, a finding a line out."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from bot.reply_check.check import check_reply
from bot.reply_check.us import Us

_KEYS = ("asks_in_public", "invites_private", "introduces", "gives_away", "problems")


def check_lines(lines: Iterable[str], us: Us) -> Iterator[str]:
    """One line of JSON for each line that is not blank, in order.

    In: `{"text": …, "language": …}`, with `"customer"` and `"recent"` (lists of texts, for `check_reply`) if
    there are any; an `id` is echoed, other keys are ignored. Out: the finding. A line that can't be read
    yields `{"error": "line 3: …"}` and the rest goes on.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            out = _checked(json.loads(line), us)
        except json.JSONDecodeError as error:
            out = {"error": f"line {number}: this is not JSON: {error.msg} at column {error.colno}."}
        except RecursionError:
            out = {"error": f"line {number}: this JSON is nested too deeply."}
        except ValueError as error:
            out = {"error": f"line {number}: {error}"}
        yield json.dumps(out, ensure_ascii=False)


def _checked(data: Any, us: Us) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise ValueError('expected an object such as {"text": "…", "language": "en"}.')
    text, language = data.get("text"), data.get("language")
    if not isinstance(text, str):
        raise ValueError('the key "text" with the draft is missing, or its value is not a text.')
    if language is not None and not isinstance(language, str):
        raise ValueError('the value of "language" is not a two-letter code such as "en".')
    customer, recent = (_texts(data, key) for key in ("customer", "recent"))
    finding = check_reply(_printable(text), language, us, customer=customer, recent=recent)
    out = {key: getattr(finding, key) for key in _KEYS}
    out["found"] = [
        {"key": problem.key, "sentence": problem.sentence, "stops": problem.stops}
        for problem in finding.found
    ]
    return {"id": data["id"], **out} if "id" in data else out


def _texts(data: dict[str, Any], key: str) -> list[str]:
    value = data.get(key) or []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError(f'the value of "{key}" is not a list of texts.')
    return [_printable(one) for one in value]


def _printable(text: str) -> str:
    # A lone surrogate ("\ud83d") is valid JSON, but no text: nobody could print the answer.
    return text.encode("utf-8", "replace").decode("utf-8")
