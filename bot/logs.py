"""Logging, set up once at the start."""

import logging
import sys
from pathlib import Path

import structlog


def _quiet_about_requests(record: logging.LogRecord) -> bool:
    """Slack's libraries write whole requests, with people's words in them, below WARNING."""
    return record.levelno >= logging.WARNING or not record.name.startswith(("slack_bolt", "slack_sdk"))


def set_up_logs(level: str, *, file: Path | None = None) -> None:
    """Everything to standard error; with `file`, everything there and only warnings on the terminal.

    No customer text and no secret is logged at INFO or above.
    """
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
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
