"""Slack's limits, which the local Slack does not check: what is too long here would be refused there.

https://docs.slack.dev/reference/block-kit/blocks and …/block-elements, /composition-objects, /views.
"""

from collections.abc import Iterator
from typing import Any

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
ID, METADATA, VALUE, OPTION_VALUE = 255, 3000, 2000, 150
TEXTS = {"section": 3000, "context": 3000, "header": 150, "input": 2000, "button": 75, "option": 75}
OPTIONS = {"overflow": 5, "static_select": 100}
ELEMENTS = {"actions": 25, "context": 10}
KNOWN = {"section", "context", "header", "actions", "input", "divider", "image"}


def assert_message(message: dict[str, Any]) -> None:
    """Fails with everything in `message` (with `blocks` and `text`) that Slack would refuse."""
    blocks = message.get("blocks") or []
    wrong = list(_of_blocks(blocks, MESSAGE_BLOCKS))
    if not str(message.get("text") or "").strip():
        wrong.append("there is no text for notifications")
    elif len(str(message["text"])) > 4000:
        wrong.append("the text for notifications is too long")
    wrong += [f"an input in a message: {b['block_id']}" for b in blocks if b["type"] == "input"]
    assert not wrong, "; ".join(wrong)
    for parsed in Block.parse_all(blocks):
        parsed.validate_json()


def assert_view(view: dict[str, Any]) -> None:
    """Fails with everything in a modal or Home tab that Slack would refuse."""
    wrong = list(_of_blocks(view["blocks"], VIEW_BLOCKS))
    for name in ("title", "submit", "close"):
        if name in view:
            wrong += _of_text(view[name], 24, name)
    if len(view.get("private_metadata") or "") > METADATA:
        wrong.append("private_metadata is too long")
    if any(b["type"] == "input" for b in view["blocks"]) and not view.get("submit"):
        wrong.append("inputs without a submit button")
    assert not wrong, "; ".join(wrong)
    for parsed in Block.parse_all(view["blocks"]):
        parsed.validate_json()
    known = ("type", "title", "blocks", "submit", "close", "callback_id", "private_metadata")
    View(**{k: view[k] for k in known if k in view}).validate_json()


def _of_blocks(blocks: list[dict[str, Any]], most: int) -> Iterator[str]:
    if len(blocks) > most:
        yield f"{len(blocks)} blocks"
    ids = [b.get("block_id") for b in blocks]
    yield from (f"block_id {one} stands there twice" for one in {i for i in ids if i and ids.count(i) > 1})
    for block in blocks:
        yield from _of_block(block)


def _of_block(block: dict[str, Any]) -> Iterator[str]:
    kind, name = block["type"], str(block.get("block_id") or block["type"])
    if kind not in KNOWN:
        yield f"{name}: unknown block {kind}"
        return
    if not 0 < len(name) <= ID:
        yield f"{name}: block_id is too long"
    for key in ("text", "label", "hint"):
        if key in block:
            yield from _of_text(block[key], TEXTS[kind], f"{name} {key}")
    elements = [*block.get("elements", []), *(block[k] for k in ("accessory", "element") if k in block)]
    if kind in ELEMENTS and not 0 < len(elements) <= ELEMENTS[kind]:
        yield f"{name}: {len(elements)} elements"
    actions = [e["action_id"] for e in elements if "action_id" in e]
    if len(actions) != len(set(actions)):
        yield f"{name}: an action_id stands there twice"
    for element in elements:
        yield from _of_element(element, kind, name)


def _of_element(element: dict[str, Any], kind: str, name: str) -> Iterator[str]:
    if element["type"] in ("mrkdwn", "plain_text"):
        yield from _of_text(element, TEXTS[kind], name)
        return
    where = f"{name} {element.get('action_id')}"
    if not 0 < len(element.get("action_id", "x")) <= ID:
        yield f"{where}: action_id"
    if len(element.get("value") or "") > VALUE:
        yield f"{where}: value is too long"
    if element["type"] == "button":
        yield from _of_text(element["text"], TEXTS["button"], where)
    if "placeholder" in element:
        yield from _of_text(element["placeholder"], 150, where)
    if element["type"] in OPTIONS:
        options = element["options"]
        if not 0 < len(options) <= OPTIONS[element["type"]]:
            yield f"{where}: {len(options)} options"
        if len({o["value"] for o in options}) != len(options):
            yield f"{where}: two options with one value"
        for option in options:
            yield from _of_text(option["text"], TEXTS["option"], where)
            if not 0 < len(option["value"]) <= OPTION_VALUE:
                yield f"{where}: an option's value is {len(option['value'])} characters"
    if element["type"] == "plain_text_input":
        if len(element.get("initial_value") or "") > element.get("max_length", 3000):
            yield f"{where}: it begins with more than it takes"
        if element.get("max_length", 3000) > 3000:
            yield f"{where}: max_length"


def _of_text(text: dict[str, Any], most: int, where: str) -> Iterator[str]:
    words = text["text"]
    if not words.strip():
        yield f"{where}: an empty text"
    if len(words) > most:
        yield f"{where}: {len(words)} characters"
