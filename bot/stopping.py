"""What is in hand when the program is told to stop gets ten seconds; the rest is the next one's."""

import logging
import os
import threading

import structlog

log = structlog.get_logger()
PATIENCE = 10.0
"""Seconds. Platforms kill ten (Docker) to thirty (Heroku, Kubernetes) after they asked; a call of Slack's
that hangs must not bring us there."""


def stop_within(seconds: float = PATIENCE) -> None:
    """Ends the process so many seconds from now, if it has not ended by itself. That is as safe as a kill
    is: whatever was not marked as done is looked for and done by the next one."""
    timer = threading.Timer(seconds, _end)
    timer.daemon = True
    timer.start()


def _end() -> None:
    log.warning("stopped before all that was in hand was done: the next start goes on with it")
    logging.shutdown()
    os._exit(0)
