"""Where people find each word of `/case` without typing it: the buttons and menus on cards, sheets and Home.

A word's button is `word_<word>`; a menu's option is the word and the case.
"""

from collections.abc import Collection
from dataclasses import dataclass

from bot.blocks.text import Block, actions, button, option, overflow
from bot.case_view import CaseView
from models.moves import CLAIMED, DISMISSED, ESCALATED, RESOLVED, STAGES, WAITING


@dataclass(frozen=True)
class Way:
    """A word of `/case` as it reads on a button, in the stages in which it can help."""

    word: str
    label: str
    stages: Collection[str]


WAYS = (
    Way("ask", "Ask a colleague…", (CLAIMED,)),
    Way("handover", "Hand over…", (CLAIMED,)),
    Way("escalate", "Escalate…", (WAITING, CLAIMED)),
    Way("private", "Write in private…", (CLAIMED,)),
    Way("wait", "Wait for the customer", (CLAIMED,)),
    Way("continue", "Go on", (CLAIMED,)),
    Way("promise", "Promise an answer…", (CLAIMED,)),
    Way("dismiss", "No reply needed…", (WAITING, CLAIMED)),
    Way("release", "Release", (CLAIMED,)),
    Way("is", "It is something else…", STAGES),
    Way("note", "Add a note…", STAGES),
    Way("reopen", "Reopen", (RESOLVED, DISMISSED)),
    Way("offer", "Offer as an answer…", (RESOLVED,)),
    Way("takeback", "Take it back", (ESCALATED,)),
    Way("allow", "Let somebody take it…", (WAITING,)),
)
"""What one can do with a case; all of them on its sheet."""
ON_CARD = ("escalate", "release", "dismiss", "reopen", "note")
"""Those that are on the card too: an overflow menu holds five, and "Everything else…" is one of them."""
DRAWN_ELSEWHERE = {
    "resolve": "Resolve on cards, sheets and Home",
    "hours": "Crisis and hours on Home",
    "group": "See all, on the card of a story's first case and of a heap",
    "answered": "Close the rest as answered…, there once it is answered",
    "keep": "Keep it, beside the offer on the sheet",
    "show": "Everything else… in the card's menu",
}
"""Words with a place of their own."""
TOOLS = (
    Way("mine", "My cases", ()),
    Way("queue", "What waits", ()),
    Way("find", "Find…", ()),
    Way("aside", "Set aside", ()),
    Way("digest", "The day so far", ()),
    Way("answers", "Approved answers", ()),
    Way("training", "Courses", ()),
    Way("languages", "My languages…", ()),
    Way("away", "Away…", ()),
    Way("back", "I am back", ()),
    Way("help", "Help", ()),
)
"""Words that need no case: a row of buttons on Home."""
LEAD_TOOLS = (
    Way("crisis", "Crisis and hours…", ()),
    Way("away", "Set somebody away…", ()),
    Way("lessons", "Lessons", ()),
)
"""What leads may switch, on their Home."""


def card_menu(view: CaseView) -> dict[str, object]:
    """The card's ⋯ menu; its last entry shows the case with all the rest."""
    case = view.case
    listed = [way for way in WAYS if way.word in ON_CARD and _helps(way, view)]
    options = [option(way.label, f"{way.word} {case.id}") for way in listed]
    return overflow("case_menu", [*options, option("Everything else…", f"show {case.id}")])


def sheet_menu(view: CaseView) -> dict[str, object]:
    """The checklist's ⋯ menu: ways to get help, and out."""
    case = view.case
    words = ("ask", "handover", "escalate", "note")
    listed = [way for way in WAYS if way.word in words and _helps(way, view)]
    options = [option(way.label, f"{way.word} {case.id}") for way in listed]
    return overflow("case_menu", [*options, option("Everything else…", f"show {case.id}")])


def all_ways(view: CaseView, key: str) -> list[Block]:
    """A button for each thing that can be done with the case as it stands."""
    case = view.case
    first = {
        WAITING: [button("claim", "Claim", case.id, style="primary")],
        CLAIMED: [
            button("reply", "Reply…", case.id, style="primary"),
            button("checklist", "Checklist", case.id),
            button("resolve", "Resolve", case.id),
        ],
    }.get(case.stage, [])
    rest = [button(f"word_{way.word}", way.label, case.id) for way in WAYS if _helps(way, view)]
    rows = [actions(f"{key}|do", *first)] if first else []
    return [*rows, actions(f"{key}|ways", *rest)]


def tools(key: str) -> Block:
    """What can be opened from anywhere."""
    return actions(key, *(button(f"word_{tool.word}", tool.label, tool.word) for tool in TOOLS))


def lead_tools(key: str) -> Block:
    """The settings that leads may change."""
    return actions(key, *(button(f"word_{tool.word}", tool.label, tool.word) for tool in LEAD_TOOLS))


def _helps(way: Way, view: CaseView) -> bool:
    """Whether it can help with the case as it stands."""
    hidden = {"wait" if view.case.paused_at is not None else "continue"}
    if view.case.source != "facebook" or view.playbook.sources.facebook is None:
        hidden.add("private")
    return view.case.stage in way.stages and way.word not in hidden
