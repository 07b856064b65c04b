"""Logging, set up once at the start."""

import logging
import re
import sys
import threading
import traceback
from collections.abc import Collection
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog

from bot.trail import leave_a_trail

_TOKEN = re.compile(r"\bx(?:ox[a-z]|app)-[\w-]{6,}|(?<=Bearer )\S+|(?<=hooks\.slack\.com/)\S+")
"""What tokens look like, whosever they are."""
_SHORTEST = 6
"""Shorter secrets are not looked for: they might be words."""
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def set_up_logs(level: str, *, file: Path | None = None, secrets: Collection[str] = ()) -> None:
    """Everything to standard error; with `file`, everything there and only warnings on the terminal.

    No customer text and no secret is logged at INFO or above: of exceptions there is where and which, but
    not their words, which may quote a post or a row of the database. At DEBUG they are there.
    `secrets` are taken out of every line at every level.
    """
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(_in_full if level == "DEBUG" else _without_words),
    ]
    structlog.configure(
        processors=[
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
            _Discreet(secrets),
        ],
    )
    console = logging.StreamHandler(sys.stderr)
    handlers: list[logging.Handler] = [console]
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        handlers.append(logging.FileHandler(file, encoding="utf-8"))
        console.setLevel(logging.WARNING)
    for handler in handlers:
        handler.setFormatter(formatter)
        handler.addFilter(_quiet_about_requests)
    logging.basicConfig(level=level, handlers=handlers, force=True)
    # A delivery that is still at work when its next turn comes is normal; each job's start is noise.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    for chatty in ("slack_bolt", "slack_sdk", "urllib3", "tweepy", "alembic"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    # Python itself would print what nobody caught, with its words.
    sys.excepthook = _at_the_end
    threading.excepthook = lambda broke: _of_a_thread(broke.thread, broke.exc_value)
    leave_a_trail()


def _at_the_end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    structlog.get_logger().critical("the program broke", exc_info=(kind, error, trace))


def _of_a_thread(thread: threading.Thread | None, error: BaseException | None) -> None:
    if error is not None and not isinstance(error, SystemExit):
        structlog.get_logger().error("a thread broke", thread=thread.name if thread else None, exc_info=error)


class _Discreet:
    """Takes secrets out of a finished line."""

    def __init__(self, secrets: Collection[str]) -> None:
        known = sorted({s for s in secrets if len(s) >= _SHORTEST}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, _logger: Any, _method: str, line: Any) -> str:
        text = _TOKEN.sub("…", str(line))
        return self._known.sub("…", text) if self._known else text


def _quiet_about_requests(record: logging.LogRecord) -> bool:
    """Slack's libraries write whole requests, with people's words in them, below WARNING."""
    return record.levelno >= logging.WARNING or not record.name.startswith(("slack_bolt", "slack_sdk"))


def _in_full(exc_info: ExcInfo) -> str:
    return "".join(traceback.format_exception(*exc_info)).rstrip()


def _without_words(exc_info: ExcInfo) -> str:
    """The traceback of an exception and of what caused it, outermost last, each with its type alone."""
    parts: list[str] = []
    error: BaseException | None = exc_info[1]
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        frames = "".join(traceback.format_tb(error.__traceback__))
        kind = type(error)
        parts.append(f"Traceback (most recent call last):\n{frames}{kind.__module__}.{kind.__qualname__}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\nled to\n".join(reversed(parts))
