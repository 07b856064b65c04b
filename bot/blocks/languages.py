"""The form in which somebody chooses the languages that they answer in."""

from collections.abc import Collection
from typing import Any

from bot.blocks.modals import Meta, View, modal
from bot.blocks.text import LANGUAGES, Block, option, plain


def languages_modal(known: Collection[str], answer: Meta) -> View:
    """`known`: two letters each, those chosen already."""
    element: dict[str, Any] = {
        "type": "multi_static_select",
        "action_id": "value",
        "placeholder": plain("All of them"),
        "options": [option(name, code) for code, name in LANGUAGES.items()],
    }
    chosen = [option(name, code) for code, name in LANGUAGES.items() if code in known]
    if chosen:
        element["initial_options"] = chosen
    block: Block = {
        "type": "input",
        "block_id": "languages",
        "label": plain("Languages that you answer in"),
        "hint": plain("The command /claim brings you no others. Left empty: all."),
        "element": element,
        "optional": True,
    }
    return modal("languages", "My languages", [block], submit="Save", meta={"answer": answer})
