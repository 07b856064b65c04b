"""One try to send a row, drawn as things are now. It changes nothing in the database."""

import hashlib
import json
from typing import Protocol

from slack_sdk import WebClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.home import HOME
from bot.moving_cards import block_ids_begin_with
from bot.office import Office
from bot.outbox.claiming import Claimed, Claiming, OvertakenError
from bot.outbox.outcomes import Later, Outcome, Overtaken, Parked, Sent, outcome_of
from bot.rendering import PICTURES, Rendered, render
from bot.slack_files import is_shared, share_picture
from bot.slack_places import Places, find_message
from models.outbox import Outbox

THREAD_WAIT = 5.0
"""Seconds after which a message that belongs into a thread looks again whether the thread is there."""


class Outward(Protocol):
    """Sends something that is not a Slack message."""

    def __call__(self, row: Claimed) -> Outcome | None:
        """None: it wrote down itself what became of it, and what delivery should do is done."""


class Sending:
    """May be used by any number of threads."""

    def __init__(
        self, office: Office, slack: WebClient, outward: dict[str, Outward], claiming: Claiming
    ) -> None:
        self._office = office
        self._claiming = claiming
        self._slack = slack
        self._outward = outward
        self._places = Places(slack)

    def send(self, row: Claimed) -> Outcome:
        """Raises what neither Slack nor the network is to blame for."""
        try:
            return self._send(row)
        except OvertakenError:
            return Overtaken()

    # Helpers, in the order in which they are called.

    def _send(self, row: Claimed) -> Outcome:
        if row.kind in self._outward:
            return self._send_outward(row)
        if row.kind == HOME:
            return self._publish(row)
        if row.kind in PICTURES:
            return self._share(row)
        return self._send_to_slack(row)

    def _send_outward(self, row: Claimed) -> Outcome:
        with self._office.db.reading() as session:
            version = session.get_one(Outbox, row.id).version
        return self._outward[row.kind](row) or Sent(version)

    def _publish(self, row: Claimed) -> Outcome:
        """Somebody's Home tab. It replaces what was there, so doing it twice does no harm.

        One that would look as it did stays: a Home is marked whenever anything happens anywhere, and Slack
        takes about a hundred of them a minute (https://docs.slack.dev/reference/methods/views.publish).
        """
        with self._office.db.reading() as session:
            stored = session.get_one(Outbox, row.id)
            drawn = render(session, stored, self._office)
            shown = (stored.payload or {}).get("shown")
        looks = hashlib.sha256(json.dumps(drawn.blocks, sort_keys=True).encode()).hexdigest()
        if looks == shown:
            return Sent(drawn.version, called=False)
        try:
            self._slack.views_publish(user_id=row.channel, view={"type": "home", "blocks": drawn.blocks})
        except Exception as error:  # noqa: BLE001  # sorted by outcome_of; what it can't name is re-raised
            return outcome_of(row, error)
        return Sent(drawn.version, looks=looks)

    def _share(self, row: Claimed) -> Outcome:
        """A picture, into the thread of its message; drawn here, where nobody waits for it."""
        with self._office.db.reading() as session:
            stored = session.get_one(Outbox, row.id)
            first = _first_of_thread(session, str((stored.payload or {})["under"]))
            picture = PICTURES[row.kind](session, stored, self._office)
        if first is None or first.ts is None or first.slack_channel is None:
            return _wait_for(row, first)
        try:
            place = first.slack_channel, first.ts
            if not (row.unknown and is_shared(self._slack, picture, *place)):
                self._refuse_what_is_not_ours(row)
                share_picture(self._slack, picture, *place)
        except Exception as error:  # noqa: BLE001  # sorted by outcome_of; what it can't name is re-raised
            return outcome_of(row, error)
        return Sent(stored.version)

    def _send_to_slack(self, row: Claimed) -> Outcome:
        with self._office.db.reading() as session:
            message = render(session, session.get_one(Outbox, row.id), self._office)
            first = _first_of_thread(session, message.under)
        if message.under is not None and (first is None or first.ts is None):
            return _wait_for(row, first)
        try:
            return Sent(message.version, self._say(row, message, first))
        except Exception as error:  # noqa: BLE001  # sorted by outcome_of; what it can't name is re-raised
            self._places.forget(row.channel)
            return outcome_of(row, error)

    def _say(self, row: Claimed, message: Rendered, first: Outbox | None) -> tuple[str, str]:
        """Changes it where it stands, or posts it. Returns where: channel id and ts."""
        thread = first.ts if first else None
        channel = (first.slack_channel if first else None) or row.channel
        place = (row.slack_channel, row.ts) if row.ts and row.slack_channel else None
        if place is None and row.unknown:
            known_by = block_ids_begin_with(row.kind, row.key, row.subject)
            place = find_message(
                self._slack, self._places, known_by, row.slack_channel or channel, row.since, thread
            )
        if place is None:
            self._refuse_what_is_not_ours(row)
            answer = self._slack.chat_postMessage(
                channel=channel,
                thread_ts=thread,
                text=message.text,
                blocks=message.blocks,
                unfurl_links=False,
                unfurl_media=False,
            )
            return str(answer["channel"]), str(answer["ts"])
        self._slack.chat_update(channel=place[0], ts=place[1], text=message.text, blocks=message.blocks)
        return place

    def _refuse_what_is_not_ours(self, row: Claimed) -> None:
        """Right before what must not happen twice: it may have been looked for a long time."""
        if not row.is_fresh and not self._claiming.still_mine(row):
            raise OvertakenError


def _first_of_thread(session: Session, key: str | None) -> Outbox | None:
    """The message in whose thread another stands."""
    return session.scalars(select(Outbox).where(Outbox.key == key)).one() if key else None


def _wait_for(row: Claimed, first: Outbox | None) -> Outcome:
    """There is no thread yet: later, or never when what should begin it was refused."""
    if first is None or first.parked_at is not None:
        why = f"Slack refused {first.key if first else 'the message'}, under which it belongs"
        return Parked(why, for_certain=not row.unknown)
    return Later(f"{first.key} is not posted yet", THREAD_WAIT, nothing_sent=True)
