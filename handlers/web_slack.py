"""Slack's requests over HTTP, in place of Socket Mode."""

import time

from flask import Response, request
from slack_bolt.adapter.flask import SlackRequestHandler

from handlers.web_route import Route, Site


def routes(site: Site) -> list[Route]:
    """Bolt verifies Slack's signature and its time before any listener runs."""
    if site.slack is None:
        return []
    handler = SlackRequestHandler(site.slack)

    def slack_events() -> Response:
        at = request.headers.get("X-Slack-Request-Timestamp", "")
        if not (at.isascii() and at.isdecimal()):  # Bolt takes it for a number and fails on anything else
            return Response("unsigned\n", 401)
        began = time.monotonic()
        answer = handler.handle(request)
        site.office.metrics.acknowledged(time.monotonic() - began)
        return answer

    return [Route("/slack/events", ("POST",), slack_events)]
