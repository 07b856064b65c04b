"""Being away: `/case away until Friday`, `/case back`, and the form behind a bare `/case away`."""

import re
from typing import Any

from slack_bolt import Ack

from bot.away import Away, Gone
from bot.blocks.away_modal import away_modal
from bot.blocks.modals import meta_of, value_of
from handlers.back_on import back_on
from handlers.wiring import Answer, Asked, Handler, Word
from handlers.words import as_typed, members

_PERSON = re.compile(r"^<@[UW][A-Z0-9]+(?:\|[^>]*)?>\s*")
_LINKING = re.compile(r"^(?:[,:;–-]+\s*|because\s+)+", re.I)


def away(ack: Ack, view: dict[str, Any], user: str, away: Away, answer: Answer) -> None:
    """The form, sent. What can't be is said at its input."""
    meta = meta_of(view)
    member = value_of(view, "whom") or str(meta.get("member") or user)
    day, hour = value_of(view, "day"), value_of(view, "hour") or "00:00"
    now = away.office.clock()
    until = back_on(f"{day} {hour}", away.zone_of(member), now)[0] if day else None
    if until is None or until <= now:
        ack(response_action="errors", errors={"day": "Choose a day (and hour) that is still to come."})
        return
    gone = away.set(member, until, by=user, why=value_of(view, "why"))
    ack()
    answer(_gone(away, gone, user))


def _away(asked: Asked, rest: str) -> None:
    away, rest = asked.services.away, rest.strip()
    member = next(iter(members(rest)), asked.user) if _PERSON.match(rest) else asked.user
    said = _PERSON.sub("", rest)
    if not said:
        lead = asked.user in asked.office.playbook.remits
        zone, now = away.zone_of(member), asked.office.clock()
        asked.open_modal(away_modal(member, asked.user, zone, now, asked.answer.remembered, choose=lead))
        return
    said = re.sub(r"^(?:until|till|til)\s+", "", said, flags=re.I)
    until, why = back_on(said, away.zone_of(member), asked.office.clock())
    gone = away.set(member, until, by=asked.user, why=as_typed(_LINKING.sub("", why)))
    asked.answer(_gone(away, gone, asked.user))


def _back(asked: Asked, rest: str) -> None:
    member = next(iter(members(rest)), asked.user)
    who, were = ("You", "were") if member == asked.user else (f"<@{member}>", "was")
    if asked.services.away.end(member, by=asked.user):
        asked.answer(f"{who} is back, and is asked again." if who != "You" else "Welcome back!")
    else:
        asked.answer(f"{who} {were} not away (a Slack status counts too, and is changed in Slack).")


def _gone(away: Away, gone: Gone, user: str) -> str:
    """Until when, and what stays on the desk meanwhile."""
    who, are = ("You", "are") if gone.member == user else (f"<@{gone.member}>", "is")
    until = away.words(gone.until)
    said = f"{who} {are} away until {until}; nothing is asked of {'you' if who == 'You' else 'them'} before."
    left = away.cases_of(gone.member)
    if left:
        numbers = ", ".join(str(number) for number in left)
        them = f"case{'s' if len(left) > 1 else ''} {numbers}"
        have = "have" if who == "You" else "has"
        said += f" {who} still {have} {them}: `/case handover {left[0]} @…` or `/case release {left[0]}`."
    return f"{said} `/case back{'' if who == 'You' else ' @…'}` ends it."


WORDS: dict[str, Word] = {
    "away": Word(_away, "away until Friday", "nothing is asked of me before; alone: asks until when"),
    "back": Word(_back, "back", "I am back before that"),
}
COMMANDS: dict[str, tuple[Handler, str, str]] = {}
ACTIONS: dict[str, Handler] = {}
VIEWS: dict[str, Handler] = {"away": away}
