"""One open connection to X's filtered stream: lines of JSON, and a bare line at least every 20 seconds."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

from bot.sources import SourceError
from bot.sources.streaming import Lost
from bot.sources.window import Page
from bot.sources.x_answer import Ours, read_page
from bot.sources.x_client import Client, open_x_stream
from bot.sources.x_http import Refusal, as_source_error
from bot.sources.x_rules import TAG, Rules

A_READ = 65_536
LONGEST_LINE = 1_000_000
"""Bytes; a post with its author has some thousands."""


def open_connection(client: Client, rules: Rules, ours: Ours, clock: Callable[[], datetime]) -> "XConnection":
    """Connects. Raises Lost, Busy or SourceError, with the waits that X documents for each."""
    try:
        return XConnection(open_x_stream(client), rules, ours, clock)
    except Refusal as refusal:
        if refusal.status == 429 and refusal.document.get("title") == "ConnectionException":
            words = f"X keeps no further stream open for this app (429{refusal.detail})"
            raise Lost(words, "busy") from None
        error = as_source_error(refusal, clock())
        raise Lost(str(error), "refused") if type(error) is SourceError else error from None
    except requests.RequestException as error:
        raise Lost(f"X's stream can't be reached ({type(error).__name__})") from None


@dataclass
class XConnection:
    """Gives a page for each post, and None for each sign of life."""

    response: requests.Response
    rules: Rules
    ours: Ours
    clock: Callable[[], datetime]

    def __iter__(self) -> Iterator[Page | None]:
        for line in self._lines():
            yield self._read(line) if line.strip() else None

    def close(self) -> None:
        with suppress(Exception):
            self.response.raw.shutdown()  # wakes the thread that reads
        self.response.close()

    def _lines(self) -> Iterator[bytes]:
        rest = b""
        try:
            # Not iter_content: without chunks it would wait for the end, which never comes.
            while part := self.response.raw.read1(A_READ, decode_content=True):
                *lines, rest = (rest + part).split(b"\n")
                yield from lines
                if len(rest) > LONGEST_LINE:
                    raise Lost("X's stream sent a line without an end")
        except ReadTimeoutError:
            raise Lost("X's stream was silent") from None
        except (HTTPError, OSError, ValueError, AttributeError) as error:  # the last two while it is closed
            words = f"broke ({type(error).__name__})"
            raise Lost(f"X's stream {words}") from None

    def _read(self, line: bytes) -> Page:
        try:
            document = json.loads(line)
        except (ValueError, RecursionError):
            document = None
        if not isinstance(document, dict):
            return Page([], notes=["X's stream sent a line that can't be read"])
        if not isinstance(document.get("data"), dict):
            raise Lost(f"X ended the stream{Refusal(200, {}, document).detail}")
        page = read_page(
            {"data": [document["data"]], "includes": document.get("includes"), "meta": {}},
            self.ours,
            self.clock(),
        )
        return page if self._is_for_us(document.get("matching_rules")) else replace(page, posts=[])

    def _is_for_us(self, matching: object) -> bool:
        """Whether one of our rules matched; the app's other rules bring posts on the same connection."""
        if not isinstance(matching, list) or not matching:
            return True
        rules = [rule for rule in matching if isinstance(rule, dict)]
        return any(rule.get("tag") == TAG or str(rule.get("id")) in self.rules.ids for rule in rules)
