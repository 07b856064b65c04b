"""The filtered stream's rules, kept in step with the playbook.

Rules outlive connections and belong to the app, so others may keep rules there too: ours carry our tag, and
no other is touched. https://docs.x.com/x-api/posts/filtered-stream/integrate/build-a-rule
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.sources import SourceError
from bot.sources.x_client import Client, document_from
from bot.sources.x_http import Refusal

TAG = "listening-post"
MOST_PAGES = 5
"""1,000 rules a page; self-serve apps have fewer."""


@dataclass(frozen=True)
class Rules:
    """The rules that are in force for us, and what X did not take."""

    ids: frozenset[str]
    lacking: tuple[str, ...] = ()
    """One sentence for each query without a rule."""


@dataclass(frozen=True)
class _Rule:
    id: str
    value: str
    tag: str | None


def keep_in_step(client: Client, wanted: Sequence[str], now: datetime) -> Rules:
    """Adds what is missing and removes those of ours that nobody wants any more; others' stay.

    A rule with the same text under another tag serves as well: X takes each text once. New rules come
    before old ones go, unless there is no room for both. Raises SourceError when rules can't be read.
    """
    have = _read(client, now)
    missing = [value for value in wanted if value not in {rule.value for rule in have}]
    stale = [rule.id for rule in have if rule.tag == TAG and rule.value not in wanted]
    refused = _add(client, missing, now) if missing else {}
    if stale:
        document_from(lambda: client.delete_rules(stale), now)
        if refused:
            refused = _add(client, list(refused), now)
    if missing or stale:
        have = _read(client, now)
    return Rules(frozenset(rule.id for rule in have if rule.value in wanted), _sentences(refused))


def try_rules(client: Client, wanted: Sequence[str], now: datetime) -> str | None:
    """For `doctor`: whether X would take the rules; changes nothing. None, or one sentence."""
    have = {rule.value for rule in _read(client, now)}
    missing = [value for value in wanted if value not in have]
    refused = _add(client, missing, now, dry_run=True) if missing else {}
    return next(iter(_sentences(refused)), None)


def _read(client: Client, now: datetime) -> list[_Rule]:
    rules: list[_Rule] = []
    token: str | None = None
    for _ in range(MOST_PAGES):
        more = {"pagination_token": token} if token else {}
        document = document_from(_asking(client, more), now)
        rows = document.get("data")
        if rows is not None and not isinstance(rows, list):
            raise SourceError("X's answer is not a list of rules")
        for row in rows or []:
            if isinstance(row, dict) and isinstance(row.get("value"), str):
                tag = row.get("tag")
                value = " ".join(row["value"].split())
                rules.append(_Rule(str(row.get("id")), value, tag if isinstance(tag, str) else None))
        meta = document.get("meta")
        following = meta.get("next_token") if isinstance(meta, dict) else None
        if not isinstance(following, str) or following == token:
            break
        token = following
    return rules


def _asking(client: Client, more: dict[str, str]) -> Callable[[], Any]:
    return lambda: client.get_rules(**more)


def _add(client: Client, values: Sequence[str], now: datetime, *, dry_run: bool = False) -> dict[str, str]:
    """Which of `values` X did not take, and its reason."""
    rules = [_Rule("", value, TAG) for value in values]
    more = {"dry_run": "true"} if dry_run else {}

    def add() -> Any:
        try:
            return client.add_rules(rules, **more)
        except Refusal as refusal:
            if refusal.status not in (400, 409, 422) or not refusal.document:
                raise
            refusals.append(refusal)
            raise

    refusals: list[Refusal] = []
    try:
        document = document_from(add, now)
    except SourceError:
        if not refusals:
            raise
        document = refusals[0].document
        whole = refusals[0].detail.removeprefix(": ") or "not said why"
        return _refused(document, values) or dict.fromkeys(values, whole)
    return _refused(document, values)


def _refused(document: dict[str, Any], values: Sequence[str]) -> dict[str, str]:
    errors = document.get("errors")
    refused: dict[str, str] = {}
    for error in errors if isinstance(errors, list) else []:
        if not isinstance(error, dict) or error.get("title") == "DuplicateRule":
            continue
        details = error.get("details")
        said = details[0] if isinstance(details, list) and details else error.get("detail")
        why = " ".join(str(said or error.get("title") or "not said why").split())[:200]
        value = error.get("value")
        named = [each for each in values if isinstance(value, str) and " ".join(value.split()) == each]
        # An error that names no rule of ours is about all of them: their number, for one.
        refused |= dict.fromkeys(named or values, why)
    return refused


def _sentences(refused: dict[str, str]) -> tuple[str, ...]:
    return tuple(f"X takes no rule for {value[:60]!r} ({why})" for value, why in refused.items())
