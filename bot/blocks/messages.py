"""Questions to colleagues, and notices of one sentence."""

from typing import Any

from bot.blocks.text import (
    Block,
    context,
    escape_but_people,
    person,
    section,
    shorten,
)


def question(key: str, case: int, payload: dict[str, Any]) -> tuple[str, list[Block]]:
    """A question to a colleague, in the thread under the case's card."""
    whom = str(payload["whom"])
    asks = (
        f"{person(payload['by'])} asks {f'<#{whom}>' if whom[0] in 'CG' else person(whom)} about case {case}"
    )
    words = str(payload["question"])
    lines = "\n".join(f">{line}" for line in escape_but_people(words).split("\n"))
    internal = f"Answer in this thread: customers never see it. `/case {case}` shows the case."
    return f"{asks}: {escape_but_people(shorten(words, 200))}", [
        section(f"{key}|text", f"{asks}\n{lines}"),
        context(f"{key}|internal", internal),
    ]


def asked_channel(
    key: str, case: int, payload: dict[str, Any], place: tuple[str, str] | None
) -> tuple[str, list[Block]]:
    """A question to a channel. `place`: the card's channel id and ts, under which answers belong."""
    asks = f"{person(payload['by'])} asks here about case {case}"
    words = str(payload["question"])
    lines = "\n".join(f">{line}" for line in escape_but_people(words).split("\n"))
    where = f"the thread under case {case}'s card"
    if place is not None:
        link = f"https://slack.com/archives/{place[0]}/p{place[1].replace('.', '')}"
        where = f"<{link}|{where}>, in <#{place[0]}>"
    return f"{asks}: {escape_but_people(shorten(words, 200))}", [
        section(f"{key}|text", f"{asks}\n{lines}"),
        context(f"{key}|where", f"Please answer in {where}: customers never see it."),
    ]


def notice(key: str, text: str) -> tuple[str, list[Block]]:
    """One sentence of ours; customer text in it must be escaped already."""
    return shorten(text, 300), [section(f"{key}|text", text)]
