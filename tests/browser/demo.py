"""The demo as a person starts it, and a person at the local Slack's page in the browser."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from config.settings import ROOT
from tests.slack import free_port

SCREENSHOTS = ROOT / "var" / "screenshots"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
READY = "Listening Post runs in a local Slack"


def find_chromium() -> str | None:
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


@contextmanager
def browser(executable: str) -> Iterator[Browser]:
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield chromium
        chromium.close()


class Demo:
    """`python app.py run` without tokens, on a port and a database of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self.url = f"http://localhost:{self._port}"
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> str:
        """Returns what it says in the terminal once it runs."""
        # Empty, not absent: an empty variable wins over a developer's .env.
        none = dict.fromkeys(("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "PLAYBOOK"), "")
        database = f"sqlite:///{self._folder / 'journey.db'}"
        self._process = subprocess.Popen(
            [sys.executable, "app.py", "run"],
            cwd=ROOT,
            env={**os.environ, **none, "PORT": str(self._port), "DATABASE_URL": database},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self._process.stdout is not None
        said = ""
        for line in self._process.stdout:
            said += line
            if READY in line:
                return said
        raise AssertionError(f"the demo ended at once and said: {said}")

    def stop(self) -> int:
        """Ctrl-C; returns the exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.communicate(timeout=60)
        finally:
            self._process.kill()
        return self._process.returncode


@dataclass(frozen=True)
class Person:
    """What a person does and sees on the page."""

    page: Page

    @classmethod
    def at(cls, demo: Demo, browser: Browser, *, scale: float = 1, height: int = 1000) -> "Person":
        page = browser.new_page(
            viewport={"width": 1200, "height": height},
            device_scale_factor=scale,
            timezone_id="Europe/Copenhagen",
        )
        page.set_default_timeout(60_000)
        page.goto(demo.url)
        return cls(page)

    def acts_as(self, name: str) -> None:
        self.page.get_by_label("Act as").select_option(label=name)

    def opens(self, channel: str) -> None:
        entry = self.page.locator(".sidebar-item").filter(
            has_text=re.compile(rf"^\W*{re.escape(channel)}\W*$")
        )
        entry.click()

    def types(self, words: str) -> None:
        """Types into the composer and sends it."""
        composer = self.page.locator(".composer-input")
        composer.fill(words)
        composer.press("Enter")
        expect(composer).to_have_value("")

    def message(self, words: str) -> Locator:
        """The newest message with these words in it."""
        return self.page.locator(".msg").filter(has_text=words).last

    def card(self, number: int) -> Locator:
        head = re.compile(rf"^Case {number} ·")
        has_head = self.page.locator(".bk-section:first-child").filter(has_text=head)
        public = self.page.locator(".msg").filter(has_not=self.page.locator(".badge-eph"))
        return public.filter(has=has_head).last

    def told(self, words: str) -> Locator:
        """The newest message that only this person sees and that has these words in it."""
        private = self.page.locator(".msg").filter(has=self.page.locator(".badge-eph"))
        return private.filter(has_text=words).last

    @property
    def modal(self) -> Locator:
        return self.page.locator(".modal")

    def picture(self, name: str, of: Locator | None = None) -> None:
        """The page as it is now, with `of` in sight."""
        if of is not None:
            of.evaluate("element => element.scrollIntoView({block: 'center'})")
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")
