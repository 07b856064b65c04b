"""The source's ledger, the database and Slack's channels beside each other: all three must tell the same."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from tests.slack import Slack, words

_NOTE = re.compile(r"note (\d+) about")
_YOURS = re.compile(r"It is yours")
ENDS = ("release", "resolve", "dismiss", "reopen", "escalate", "answer_with", "send_back")


class Tables(Protocol):
    """A database that answers."""

    def rows(self, question: str) -> list[tuple[Any, ...]]: ...


@dataclass(frozen=True)
class Row:
    """One line of the table. `wrong`: it must be zero."""

    what: str
    count: int
    wrong: bool = False
    which: str = ""
    """Some of those that are wrong, to look them up."""

    @property
    def bad(self) -> bool:
        return self.wrong and self.count != 0


def reconcile(handed_over: set[int], tables: Tables, slack: Slack) -> list[Row]:
    """Everything counted anew, from the rows and the messages themselves."""
    stored = Counter(_number(text) for (text,) in tables.rows("SELECT text FROM mentions"))
    messages = {place["id"]: slack.messages(place["id"]) for place in slack.conversations()}
    return [
        Row("mentions handed over", len(handed_over)),
        Row("mentions stored", len(stored)),
        _wrong("mentions lost", handed_over - set(stored)),
        _wrong("mentions doubled", _more_than_once(stored)),
        *_cases(tables, [m for some in messages.values() for m in some]),
        *_claims(tables, [m for some in messages.values() for m in some]),
        *_digests(tables, [m for some in messages.values() for m in some], slack.log()),
        *_outbox(tables),
    ]


def _cases(tables: Tables, messages: list[dict[str, Any]]) -> list[Row]:
    cases = dict(tables.rows("SELECT id, owner FROM cases"))
    doubled = Counter(author for (author,) in tables.rows("SELECT author FROM cases"))
    cards: dict[int, list[dict[str, Any]]] = {}
    for message in messages:
        if (found := re.fullmatch(r"card:(\d+)\|head", _first_id(message))) is not None:
            cards.setdefault(int(found[1]), []).append(message)
    stale = [
        number
        for number, owner in cases.items()
        for card in cards.get(number, [])[:1]
        if (f"<@{owner}>" if owner else "Waiting") not in words(card)
    ]
    without_a_case = [n for (n,) in tables.rows("SELECT id FROM mentions WHERE shown AND case_id IS NULL")]
    return [
        Row("cases", len(cases)),
        _wrong("cases doubled", _more_than_once(doubled)),
        _wrong("mentions without a case", without_a_case),
        Row("cards", sum(len(some) for some in cards.values())),
        _wrong("cards missing", set(cases) - set(cards)),
        _wrong("cards doubled", [n for n, some in cards.items() if len(some) > 1]),
        _wrong("cards out of date", stale),
    ]


def _claims(tables: Tables, messages: list[dict[str, Any]]) -> list[Row]:
    """Claimed while somebody had it; told to be somebody's who never got it; a step that was done already."""
    claims: Counter[tuple[int, str]] = Counter()
    has: set[int] = set()
    done: set[tuple[int, str]] = set()
    twice, ticked = [], []
    for case, what, actor, why in tables.rows("SELECT case_id, what, actor, why FROM events ORDER BY id"):
        if what == "claim":
            claims[case, actor] += 1
            if case in has:
                twice.append(case)
            has.add(case)
        elif what in ENDS:
            has.discard(case)
        elif what == "tick":
            if (case, why) in done:
                ticked.append(case)
            done.add((case, why))
        elif what == "untick":
            done.discard((case, why))
    told: Counter[tuple[int, str]] = Counter()
    for message in messages:
        found = re.match(r"sheet:(\d+)\|", _first_id(message))
        if found and message.get("ephemeral_to") and _YOURS.search(words(message)):
            told[int(found[1]), message["ephemeral_to"]] += 1
    return [
        Row("claims", claims.total()),
        _wrong("claims won twice", twice),
        Row("claims told of", told.total()),
        _wrong("claims told of and not won", told - claims),
        _wrong("steps ticked twice", ticked),
    ]


def _digests(tables: Tables, messages: list[dict[str, Any]], log: list[dict[str, Any]]) -> list[Row]:
    """In the tables, in the channels as they stand, and in what Slack noted when it was asked to post."""
    made = {f"digest:{lead}:{day}" for lead, day in tables.rows("SELECT lead, date FROM digests")}
    asked = (one["detail"] for one in log if one["summary"] == "chat.postMessage")
    sent, posted = _of_digests(messages), _of_digests(asked)
    return [
        Row("digests due", len(made)),
        Row("digests sent", sent.total()),
        _wrong("digests missing", made - set(sent)),
        _wrong("digests that were not due", set(sent) - made),
        _wrong("digests doubled for a lead and date", _more_than_once(sent)),
        _wrong("digests posted twice by Slack's log", _more_than_once(posted)),
    ]


def _of_digests(messages: Iterable[dict[str, Any]]) -> Counter[str]:
    keys = (_first_id(message).partition("|")[0] for message in messages)
    return Counter(key for key in keys if key.startswith("digest:"))


def _outbox(tables: Tables) -> list[Row]:
    parked = tables.rows("SELECT key || ': ' || coalesce(error, '') FROM outbox WHERE parked_at IS NOT NULL")
    unsent = tables.rows(UNSENT)
    return [
        _wrong("messages given up", [key for (key,) in parked]),
        _wrong("messages not sent", [key for (key,) in unsent]),
    ]


UNSENT = "SELECT key FROM outbox WHERE due_at IS NOT NULL AND parked_at IS NULL"


def _number(text: str) -> int:
    found = _NOTE.search(text)
    return int(found[1]) if found else 0


def _wrong(what: str, which: Iterable[Any]) -> Row:
    some = [str(one) for one in which]
    return Row(what, len(some), wrong=True, which=", ".join(sorted(some)[:5]))


def _more_than_once(counted: Counter[Any]) -> list[Any]:
    return [one for one, times in counted.items() if times > 1]


def _first_id(message: dict[str, Any]) -> str:
    return str((message.get("blocks") or [{}])[0].get("block_id", ""))
