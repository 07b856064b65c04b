"""A question to a colleague about a case, in the thread under its card: the case stays where it is."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.office import Office
from bot.workspace import Channels
from models.case import Case
from models.errors import NotAllowed
from models.outbox import SOON, put
from models.people import named

ASKED_COLLEAGUE = "ask_colleague"


@dataclass(frozen=True)
class Asking:
    """What `/case ask` does."""

    office: Office
    channels: Channels | None = None
    """Where Slack is asked first; without it what can't be asked is said once it was tried."""

    def ask(self, number: int, whom: str, question: str, *, by: str) -> None:
        """Posts the question under the case's card. Said twice in a row (a command delivered twice): once.

        Raises NotAllowed, NoSuchCase.
        """
        self._ask(number, whom, named(whom), question, by=by)

    def ask_channel(self, number: int, channel: str, name: str, question: str, *, by: str) -> None:
        """The same to a channel (its id and name): in the thread, and there with the way to the thread.

        Raises NotAllowed, NoSuchCase.
        """
        why = self.channels.why_closed(channel) if self.channels else None
        if why is not None:
            raise NotAllowed(not_asked(f"<#{channel}>", why))
        self._ask(number, channel, f"#{name.removeprefix('#')}", question, by=by)

    def _ask(self, number: int, whom: str, shown: str, question: str, *, by: str) -> None:
        question = question.replace("\x00", "").strip()

        def use(session: Session, case: Case, at: datetime) -> None:
            if not case.ask_colleague(
                whom, question, shown=shown, by=self.office.person(by, case.brand), at=at
            ):
                return
            count = sum(event.what == ASKED_COLLEAGUE for event in case.events)
            put(
                session,
                f"question:{case.id}:{count}",
                kind="question",
                subject=case.id,
                channel=self.office.playbook.queue(case.queue).channel,
                payload={"under": f"card:{case.id}", "by": by, "whom": whom, "question": question},
                at=at,
                priority=SOON,
            )
            if whom[0] in "CG":
                put(
                    session,
                    f"asked:{case.id}:{count}",
                    kind="asked_channel",
                    subject=case.id,
                    channel=whom,
                    payload={"by": by, "whom": whom, "question": question},
                    at=at,
                    priority=SOON,
                )

        self.office.change(number, use)


def not_asked(place: str, why: str) -> str:
    """The sentence about a channel in which nothing can be asked."""
    return f"I can't ask in {place}: {why}. `/invite` me there, or ask elsewhere."
