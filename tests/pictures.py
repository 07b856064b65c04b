"""The README's pictures, taken from the running demo: `python -m tests.pictures FOLDER`."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Locator, expect

from tests.browser.demo import Demo, Person, browser, find_chromium

ASKS_IN_PUBLIC = "Hi Martha, sorry about that! What is your order number?"
GOOD = (
    "Hi Martha, I'm Ana from Tindra customer care. I'm sorry about the puddles, three in a week is no fun. "
    "Please send us your order number in a private message, so that I can get it mended."
)
SQUARE = ".modal { border-radius: 0; box-shadow: 0 0 0 2px white }"
"""Round corners, and edges between two pixels, would show what lies behind."""
MARGIN = 12
PARTS = ".msg-head > *, .mrkdwn, button, select"


def main(folder: Path) -> None:
    """Writes card.png, checklist.png, reply-check.png and digest.png to `folder`."""
    executable = find_chromium()
    if executable is None:
        sys.exit("NO BROWSER: the pictures need one; install chromium")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, browser(executable) as chromium:
        demo = Demo(Path(place))
        demo.start()
        try:
            _take(demo, chromium, folder)
        finally:
            demo.stop()


def _take(demo: Demo, chromium: Browser, folder: Path) -> None:
    ana = Person.at(demo, chromium, scale=2, height=1400)
    ana.acts_as("Ana Ribeiro")
    ana.opens("mentions")
    expect(ana.card(6)).to_be_visible(timeout=30_000)
    ana.card(1).get_by_role("button", name="Claim").click()
    expect(ana.card(1)).to_contain_text("@Ana Ribeiro has it")
    _picture(folder / "card.png", ana, ana.card(1), ana.card(6))

    sheet = ana.told("Case 1 ·")
    for following in ("I said my name", "I was kind", "I asked for nothing personal"):
        sheet.get_by_role("button", name="Done").click()
        expect(sheet).to_contain_text(f"Next: {following}")
    _picture(folder / "checklist.png", ana, sheet)

    sheet.get_by_role("button", name="Reply…").click()
    ana.modal.get_by_role("textbox").first.fill(ASKS_IN_PUBLIC)
    ana.modal.get_by_role("button", name="Check it").click()
    expect(ana.modal).to_contain_text("mend this first")
    ana.modal.screenshot(path=folder / "reply-check.png", style=SQUARE)
    ana.modal.get_by_role("textbox").first.fill(GOOD)
    ana.modal.get_by_role("button", name="Check it").click()
    ana.modal.get_by_role("button", name="I posted it").click()
    expect(ana.told("Your reply is on record.")).to_be_visible()

    ana.acts_as("Gry Madsen")
    ana.opens("care-leads")
    ana.types("/digest")
    expect(ana.told("Digest ·")).to_be_visible()
    _picture(folder / "digest.png", ana, ana.told("Digest ·"))


def _picture(path: Path, person: Person, *messages: Locator) -> None:
    """The messages, one below the other, and nothing around them."""
    person.page.mouse.move(0, 0)  # a message under the pointer is shaded
    boxes = [box for message in messages if (box := message.bounding_box())]
    inside = [part for m in messages for part in m.locator(PARTS).all()]
    words = [box for part in inside if (box := part.bounding_box())]
    top, left = min(b["y"] for b in boxes), min(b["x"] for b in boxes)
    bottom = max(b["y"] + b["height"] for b in boxes)
    right = max(b["x"] + b["width"] for b in words) + MARGIN
    clip = {"x": left, "y": top, "width": right - left, "height": bottom - top}
    person.page.screenshot(path=path, clip=clip)  # type: ignore[arg-type]  # a plain dict is fine


if __name__ == "__main__":
    main(Path(sys.argv[1]))
