"""The table of features. Each module has COMMANDS, ACTIONS and VIEWS; the manifest is made from them too."""

from slack_bolt import App

from handlers import case, checklist, claim, digest, escalate, reply, training
from handlers.wiring import Services, wire

FEATURES = (claim, case, checklist, reply, escalate, digest, training)


def register(app: App, services: Services) -> None:
    """Every command, button and modal, each wired to its handler."""
    for feature in FEATURES:
        for name, (handler, _, _) in feature.COMMANDS.items():
            app.command(name)(wire(handler, services))
        for name, handler in feature.ACTIONS.items():
            app.action(name)(wire(handler, services))
        for name, handler in feature.VIEWS.items():
            app.view(name)(wire(handler, services))


def commands() -> dict[str, tuple[str, str]]:
    """Every slash command with its description and usage hint."""
    return {name: (what, usage) for f in FEATURES for name, (_, what, usage) in f.COMMANDS.items()}
