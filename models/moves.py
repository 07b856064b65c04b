"""The stages of a case and every move between them."""

from dataclasses import dataclass

WAITING, CLAIMED, ESCALATED, RESOLVED, DISMISSED = "waiting", "claimed", "escalated", "resolved", "dismissed"
STAGES = (WAITING, CLAIMED, ESCALATED, RESOLVED, DISMISSED)
OPEN = (WAITING, CLAIMED, ESCALATED)


@dataclass(frozen=True)
class Move:
    """A verb: how it reads in "can't be …", from which stages, to which."""

    past: str
    from_: tuple[str, ...]
    to: str


MOVES = {
    "claim": Move("claimed", (WAITING,), CLAIMED),
    "release": Move("released", (CLAIMED,), WAITING),
    "offer": Move("handed over", (CLAIMED,), CLAIMED),
    "take_over": Move("taken over", (CLAIMED,), CLAIMED),
    "escalate": Move("escalated", (WAITING, CLAIMED, ESCALATED), ESCALATED),
    "accept": Move("accepted", (ESCALATED,), CLAIMED),
    "send_back": Move("sent back", (ESCALATED,), WAITING),
    "resolve": Move("resolved", (CLAIMED,), RESOLVED),
    "dismiss": Move("dismissed", (WAITING, CLAIMED), DISMISSED),
    "answer_with": Move("closed with another case", (WAITING,), DISMISSED),
    "reopen": Move("reopened", (RESOLVED, DISMISSED), WAITING),
    "return_to_owner": Move("given back to its owner", (RESOLVED,), CLAIMED),
}

DISMISSALS = {
    "ad": "it is an ad",
    "not_us": "it is not about us",
    "no_reply": "no reply would help",
    "duplicate": "it is a duplicate",
}
"""Why a case may be left alone. A decision the team is proud of, not a failure."""
