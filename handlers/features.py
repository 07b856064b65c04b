"""The table of features; the manifest is made from it too.

Each module has COMMANDS, ACTIONS and VIEWS, and WORDS (of `/case`), SHORTCUTS, EVENTS
and CLOSED (modals that somebody closed) where it has any.
"""

from types import ModuleType

from slack_bolt import App

from handlers import (
    answer_offers,
    answers,
    asking,
    away,
    case,
    checklist,
    claim,
    digest,
    escalate,
    handover,
    home,
    languages,
    lessons,
    log,
    moving,
    overrule,
    people,
    practice,
    private,
    reply,
    stories,
    surges,
    switching,
    training,
    waiting,
)
from handlers.wiring import Handler, Services, Word, wire

FEATURES = (
    claim,
    case,
    moving,
    lessons,
    asking,
    handover,
    escalate,
    away,
    checklist,
    reply,
    private,
    answers,
    answer_offers,
    overrule,
    digest,
    training,
    practice,
    log,
    home,
    people,
    languages,
    waiting,
    switching,
    surges,
    stories,
)


def register(app: App, services: Services) -> None:
    """Every command, button, modal and event, each wired to its handler."""
    every = words()
    for word in every:
        app.action(f"word_{word}")(wire(case.word_button, services, every))
    for feature in FEATURES:
        for name, (handler, _, _) in feature.COMMANDS.items():
            app.command(name)(wire(handler, services, every))
        for name, handler in feature.ACTIONS.items():
            app.action(name)(wire(handler, services, every))
        for name, handler in feature.VIEWS.items():
            app.view(name)(wire(handler, services))
        for name, handler in _closed(feature).items():
            app.view_closed(name)(wire(handler, services))
        for name, (handler, *_) in _shortcuts_of(feature).items():
            app.shortcut(name)(wire(handler, services))
        for name, handler in _events(feature).items():
            app.event(name)(wire(handler, services))


def words() -> dict[str, Word]:
    """Every word of `/case`, in the order in which `/case help` has them."""
    return {name: word for feature in FEATURES for name, word in _words_of(feature).items()}


def _words_of(feature: ModuleType) -> dict[str, Word]:
    return getattr(feature, "WORDS", {})


def commands() -> dict[str, tuple[str, str]]:
    """Every slash command with its description and usage hint."""
    return {name: (what, usage) for f in FEATURES for name, (_, what, usage) in f.COMMANDS.items()}


def shortcuts() -> dict[str, tuple[str, str, str]]:
    """Every shortcut by its callback id: name, description, and "message" or "global"."""
    return {
        callback: (name, what, type_)
        for f in FEATURES
        for callback, (_, name, what, type_) in _shortcuts_of(f).items()
    }


def _shortcuts_of(feature: ModuleType) -> dict[str, tuple[Handler, str, str, str]]:
    return getattr(feature, "SHORTCUTS", {})


def events() -> list[str]:
    """Every event that a feature listens to."""
    return [name for feature in FEATURES for name in _events(feature)]


def _events(feature: ModuleType) -> dict[str, Handler]:
    return getattr(feature, "EVENTS", {})


def _closed(feature: ModuleType) -> dict[str, Handler]:
    return getattr(feature, "CLOSED", {})
