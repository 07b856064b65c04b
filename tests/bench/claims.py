"""`/claim`: from the envelope to its acknowledgement, to the commit, and to the card that shows the owner."""

import json
import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.blocks.card import card
from bot.blocks.sheet import checklist_sheet
from bot.rendering import render
from bot.sources import Batch
from config.playbook import load_playbook
from config.settings import Settings
from handlers.parts import build
from models.outbox import Outbox
from tests.bench.figures import Figure, Samples
from tests.bench.stage import (
    APP_TOKEN,
    BOT_TOKEN,
    CHANNELS,
    PEOPLE,
    BenchSlack,
    a_post,
    come_to_rest,
    connected,
    listening_in,
    person,
    process,
    write_playbook,
)
from tests.slack import eventually

SINGLES = 20
ROUNDS = 1
REST = 45.0
"""Seconds before a burst: delivery keeps to the fifty updates a minute that Slack takes in a workspace."""
FLOOD, FLOOD_LASTS = 500, 5.0
"""So many claims within so many seconds."""
PEER = "bare Bolt"
_COMMIT = re.compile(r"^timestamp='([^']+)' .*event='moved' case=(\d+) what='claim'", re.MULTILINE)
Places = dict[str, tuple[str, str]]


@dataclass(frozen=True)
class Side:
    """One program, its Slack, the cases nobody has claimed there yet, and where their cards stand."""

    slack: BenchSlack
    envelopes: dict[str, str]
    numbers: Iterator[int]
    places: Places
    log: Path
    """What the program writes."""


@dataclass(frozen=True)
class Claimed:
    """Milliseconds from the envelope to its acknowledgement, to the commit, and to the card's update. A bare
    app has nothing to commit."""

    acknowledged: float
    committed: float | None
    shown: float


def measure(folder: Path) -> list[Figure]:
    with ExitStack() as stack:
        ours, peer = (_side(stack, folder, name) for name in ("ours", "peer"))
        _start_ours(stack, folder, ours)
        _start_peer(stack, folder, peer)
        sides = (ours, peer)
        for side in sides:
            _claim(side, 3, 0.3)  # the first few requests load what is loaded lazily, on both sides
        taken: dict[str, tuple[list[Claimed], list[Claimed]]] = {}
        for name, count, over, rounds in (
            ("a single one, all else idle", 1, 0.0, SINGLES),
            ("50 in one second", PEOPLE, 1.0, ROUNDS),
            ("50 at once", PEOPLE, 0.0, ROUNDS),
        ):
            both: tuple[list[Claimed], list[Claimed]] = ([], [])
            for _ in range(rounds):
                time.sleep(REST if count > 1 else 0.0)
                for side, claims in zip(sides, both, strict=True):
                    claims += _claim(side, count, over)
            taken[name] = both
        time.sleep(REST)
        flood = [_flood(side) for side in sides]
    said = ("median under 100 ms", "median under 100 ms, never over 1,000", "p99 under 100 ms")
    aims = dict(zip(taken, said, strict=True))
    acks = [
        Figure(
            f"/claim acknowledged: {name}",
            Samples([c.acknowledged for c in both[0]], "ms"),
            PEER,
            Samples([c.acknowledged for c in both[1]], "ms"),
            aims[name],
        )
        for name, both in taken.items()
    ]
    committed = [
        Figure(
            f"/claim committed: {name}",
            Samples([c.committed for c in both[0] if c.committed is not None], "ms"),
            f"{PEER}, its acknowledgement",
            Samples([c.acknowledged for c in both[1]], "ms"),
        )
        for name, both in taken.items()
    ]
    shown = [
        Figure(
            f"/claim to the card's update{'' if n == next(iter(taken)) else f', {CHANNELS} channels'}: {n}",
            Samples([c.shown for c in both[0]], "ms"),
            f"{PEER}, unpaced",
            Samples([c.shown for c in both[1]], "ms"),
        )
        for n, both in taken.items()
    ]
    acks.append(
        Figure(
            f"/claim acknowledged: {FLOOD} in {FLOOD_LASTS:g} seconds, as the sender sees it",
            Samples(flood[0], "ms"),
            PEER,
            Samples(flood[1], "ms"),
            "never over 3,000 ms",
        )
    )
    return acks + committed + shown


def _side(stack: ExitStack, folder: Path, name: str) -> Side:
    own = folder / name
    own.mkdir()
    slack = BenchSlack(own, "slack")
    stack.callback(slack.stop)
    envelopes = stack.enter_context(listening_in(slack))
    return Side(slack, envelopes, iter(range(1, 10_000)), {}, own / "processes.log")


def _start_ours(stack: ExitStack, folder: Path, side: Side) -> None:
    """The program in its own process, with every case waiting and its card already in Slack."""
    own = folder / "ours"
    url = f"sqlite:///{own / 'bench.db'}"
    book = write_playbook(own)
    settings = Settings(database_url=url, playbook=str(book))
    parts = build(settings, load_playbook(book))
    database = parts.office.db
    database.upgrade()
    cases = SINGLES + 2 * ROUNDS * PEOPLE + FLOOD + 4
    parts.works.listener.take("bench", Batch([a_post(i) for i in range(1, cases + 1)]))
    view = parts.services.desk.claim(cases, by=person(0))  # what the peer will answer with
    sheet, drawn = checklist_sheet(view, "It is yours."), card(view)
    with database.transaction() as session:
        for row in session.scalars(select(Outbox).order_by(Outbox.id)):
            now = render(session, row, parts.office)
            sent = side.slack.client.chat_postMessage(channel=row.channel, text=now.text, blocks=now.blocks)
            row.slack_channel, row.ts = str(sent["channel"]), str(sent["ts"])
            row.sent_version, row.sent_at, row.due_at = row.version, row.created_at, None
            side.places[str(row.subject)] = (row.slack_channel, row.ts)
    database.close()
    answers = {"sheet": _message(sheet), "card": _message(drawn), "cases": cases}
    (folder / "answers.json").write_text(json.dumps(answers), encoding="utf-8")
    program = process(["app.py", "run"], own, DATABASE_URL=url, PLAYBOOK=str(book), **_slack(side.slack))
    started = stack.enter_context(program)
    connected(side.slack.url, before=1)
    come_to_rest(started.pid)


def _start_peer(stack: ExitStack, folder: Path, side: Side) -> None:
    answers = json.loads((folder / "answers.json").read_text(encoding="utf-8"))
    for number in range(1, answers["cases"] + 1):
        sent = side.slack.client.chat_postMessage(channel=f"bench-{number % CHANNELS}", **answers["card"])
        side.places[str(number)] = (str(sent["channel"]), str(sent["ts"]))
    file = folder / "peer" / "known.json"
    file.write_text(json.dumps(answers | {"places": side.places}), encoding="utf-8")
    arguments = ["-m", "tests.bench.bare_app", str(file)]
    stack.enter_context(process(arguments, folder / "peer", **_slack(side.slack)))
    connected(side.slack.url, before=1)


def _claim(side: Side, count: int, over: float) -> list[Claimed]:
    """`count` claims by different people on different waiting cases, spread evenly over `over` seconds."""
    numbers = list(islice(side.numbers, count))
    start = time.monotonic() + 0.1

    def claim(place: int, number: int) -> None:
        time.sleep(max(0.0, start + place * over / count - time.monotonic()))
        side.slack.command(person(number), "/claim", str(number), side.places[str(number)][0])

    with ThreadPoolExecutor(count) as pool:
        list(pool.map(claim, range(count), numbers))
    return eventually(lambda: _read(side, numbers), within=120)


def _flood(side: Side) -> list[float]:
    """Milliseconds from typing to the acknowledgement. Slack's log is too short for so many, and their cards
    take ten minutes at Slack's pace: nobody waits for them."""
    numbers = list(islice(side.numbers, FLOOD))
    start = time.monotonic() + 0.1

    def claim(place: int, number: int) -> float:
        time.sleep(max(0.0, start + place * FLOOD_LASTS / FLOOD - time.monotonic()))
        began = time.monotonic()
        side.slack.command(person(number), "/claim", str(number), side.places[str(number)][0])
        return (time.monotonic() - began) * 1000

    with ThreadPoolExecutor(FLOOD) as pool:
        return list(pool.map(claim, range(FLOOD), numbers))


def _read(side: Side, numbers: Sequence[int]) -> list[Claimed] | None:
    """The claims on `numbers` from Slack's log, or None while some card is not updated yet."""
    log = side.slack.log()
    sent = {e["detail"]["text"]: e for e in log if e["kind"] == "slash_commands"}
    acks = {e["summary"].removeprefix("ack "): e["time"] for e in log if e["kind"] == "ack"}
    updates = {e["detail"]["ts"]: e["time"] for e in reversed(log) if e["summary"] == "chat.update"}
    commits = _commits(side.log)
    out = []
    for number in map(str, numbers):
        envelope = sent[number]
        acknowledged = acks.get(side.envelopes.get(envelope["detail"]["response_url"], ""))
        shown, committed = updates.get(side.places[number][1]), commits.get(number)
        if shown is None or acknowledged is None:
            return None
        began = envelope["time"]
        out.append(
            Claimed(acknowledged - began, None if committed is None else committed - began, shown - began)
        )
    return out


def _commits(log: Path) -> dict[str, float]:
    """When claims were committed, by their cases, in ms since 1970: each then leaves a line in the log."""
    lines = _COMMIT.findall(log.read_text(encoding="utf-8"))
    return {number: datetime.fromisoformat(at).timestamp() * 1000 for at, number in lines}


def _message(drawn: tuple[str, list[dict[str, Any]]]) -> dict[str, Any]:
    return {"text": drawn[0], "blocks": drawn[1]}


def _slack(slack: BenchSlack) -> dict[str, str]:
    return {
        "SLACK_API_URL": f"{slack.url}/api/",
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
    }
