"""A tool that sent us mentions is told what becomes of them, where the playbook says so.

What it is told is the case's state and no more, signed as its own requests are: nobody's words, and no
employee's name. A state may arrive twice; of two the one with the higher `version` is newer.
"""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import requests
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.callbacks import channel_of, heard_from
from bot.outbox.claiming import Claimed
from bot.outbox.outcomes import Later, Outcome, Sent, wait_after
from bot.sources.webhook import SIGNATURE, SIGNED_AT, sign
from config.playbook import Playbook
from models.case import Case
from models.database import Database
from models.mention import Mention
from models.moves import DISMISSED
from models.outbox import Outbox

LONGEST_WAIT = 300.0
"""Seconds between tries, give or take a third."""
TIMEOUT = (5, 10)
"""Seconds to connect and to answer."""
MOST_MENTIONS = 100
"""So many of a case's mentions are named, the newest."""


@dataclass(frozen=True)
class CallingBack:
    """Sends a state. Any outcome but 2xx is tried again, as hearing a state twice does no harm.

    `secrets_of`: what a webhook signs with; we sign with the first. `now`: Unix seconds.
    """

    db: Database
    playbook: Playbook
    secrets_of: Callable[[str], tuple[str, ...]]
    now: Callable[[], float] = time.time

    def __call__(self, row: Claimed) -> Outcome:
        name = row.channel.removeprefix(channel_of(""))
        urls = {one.name: str(one.callback) for one in self.playbook.sources.webhooks if one.callback}
        with self.db.reading() as session:
            stored = session.get_one(Outbox, row.id)
            state = _state(session, session.get_one(Case, row.subject or 0), name)
        looks = hashlib.sha256(json.dumps({**state, "version": 0}, sort_keys=True).encode()).hexdigest()
        if name not in urls or looks == (stored.payload or {}).get("shown"):
            return Sent(stored.version, called=False)
        why = self._tell(urls[name], name, state)
        if why is None:
            return Sent(stored.version, looks=looks)
        wait = wait_after(row.attempts, LONGEST_WAIT)
        return Later(f"{name}'s callback: {why}", wait, nothing_sent=False, trouble=True)

    def _tell(self, url: str, name: str, state: Mapping[str, Any]) -> str | None:
        """Why it was not taken, in a few words; None: it was."""
        secrets = self.secrets_of(name)
        if not secrets:
            return "no secret to sign with"
        body, at = json.dumps(state).encode(), str(int(self.now()))
        headers = {
            "Content-Type": "application/json",
            SIGNED_AT: at,
            SIGNATURE: sign(secrets[0], at, body),
        }
        try:
            # Elsewhere is not where the playbook said, and what it answers is nothing to us.
            with requests.post(
                url, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False, stream=True
            ) as answer:
                return None if answer.ok and not answer.is_redirect else f"it answered {answer.status_code}"
        except requests.RequestException as error:
            return f"no answer ({type(error).__name__})"


def _state(session: Session, case: Case, name: str) -> dict[str, Any]:
    theirs = (
        select(Mention.source, Mention.external_id)
        .where(Mention.case_id == case.id, Mention.heard_from == heard_from(name))
        .order_by(Mention.id.desc())
        .limit(MOST_MENTIONS)
    )
    return {
        "case": case.id,
        "version": case.version,
        "stage": case.stage,
        "reason": case.closed_because if case.stage == DISMISSED else None,
        "answered_at": case.first_response_at.isoformat() if case.first_response_at else None,
        "mentions": [{"source": source, "id": number} for source, number in session.execute(theirs)],
    }
