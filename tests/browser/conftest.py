"""A browser where there is one; where there is none, the reason for the skip is said in the summary."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.demo import Demo, Person, browser, find_chromium

expect.set_options(timeout=60_000)  # milliseconds; the program may have started a moment ago, and others too
NO_BROWSER = "NO BROWSER: the browser journey was not tried; install chromium"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A headless Chromium. Without one the test is skipped; with REQUIRE_BROWSER=1 it fails."""
    executable = find_chromium()
    if executable is None:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(NO_BROWSER, pytrace=False)
        pytest.skip(NO_BROWSER)
    with browser(executable) as found:
        yield found


@pytest.fixture(scope="module")
def demo(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo, running."""
    demo = Demo(tmp_path_factory.mktemp("demo"))
    demo.start()
    yield demo
    demo.stop()


@pytest.fixture
def person(demo: Demo, chromium: Browser) -> Iterator[Person]:
    """Somebody who has just opened the page."""
    person = Person.at(demo, chromium)
    yield person
    person.page.close()
