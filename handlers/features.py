"""The table of features. Each module has COMMANDS, ACTIONS and VIEWS, and EVENTS if it listens to any.

The manifest is made from them too.
"""

from types import ModuleType

from slack_bolt import App

from handlers import case, checklist, claim, digest, escalate, home, reply, training
from handlers.wiring import Handler, Services, wire

FEATURES = (claim, case, checklist, reply, escalate, digest, training, home)


def register(app: App, services: Services) -> None:
    """Every command, button, modal and event, each wired to its handler."""
    for feature in FEATURES:
        for name, (handler, _, _) in feature.COMMANDS.items():
            app.command(name)(wire(handler, services))
        for name, handler in feature.ACTIONS.items():
            app.action(name)(wire(handler, services))
        for name, handler in feature.VIEWS.items():
            app.view(name)(wire(handler, services))
        for name, handler in _events(feature).items():
            app.event(name)(wire(handler, services))


def commands() -> dict[str, tuple[str, str]]:
    """Every slash command with its description and usage hint."""
    return {name: (what, usage) for f in FEATURES for name, (_, what, usage) in f.COMMANDS.items()}


def events() -> list[str]:
    """Every event that a feature listens to."""
    return [name for feature in FEATURES for name in _events(feature)]


def _events(feature: ModuleType) -> dict[str, Handler]:
    return getattr(feature, "EVENTS", {})
