"""Slack's requests over HTTP, in place of Socket Mode."""

import time

from flask import Response, request
from slack_bolt.adapter.flask.handler import to_bolt_request, to_flask_response
from werkzeug.exceptions import HTTPException

from handlers.web_route import Route, Site


def routes(site: Site) -> list[Route]:
    """Bolt verifies Slack's signature and its time before any listener runs."""
    slack = site.slack
    if slack is None:
        return []

    def slack_events() -> Response:
        at = request.headers.get("X-Slack-Request-Timestamp", "")
        if not (at.isascii() and at.isdecimal()):  # Bolt takes it for a number and fails on anything else
            return Response("unsigned\n", 401)
        began = time.monotonic()
        try:
            asked = to_bolt_request(request)
        except HTTPException:  # too large, or half of it
            raise
        except Exception:  # noqa: BLE001  # it looks into the body before it knows who sent it
            return Response("unsigned\n", 401)
        answer = to_flask_response(slack.dispatch(asked))
        if answer.status_code != 401:  # what others send is no click of anybody's
            site.office.metrics.acknowledged(time.monotonic() - began)
        return answer

    return [Route("/slack/events", ("POST",), slack_events)]
