"""The web side, for `--role web`: Slack's requests over HTTP, and whether we are alive."""

from flask import Flask, Response, request
from slack_bolt import App
from slack_bolt.adapter.flask import SlackRequestHandler
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from models.database import Database


def web_app(slack: App, db: Database) -> Flask:
    """A WSGI app. Bolt verifies Slack's signature and its time before any listener runs."""
    web = Flask("listening-post")
    handler = SlackRequestHandler(slack)

    @web.post("/slack/events")
    def slack_events() -> Response:
        at = request.headers.get("X-Slack-Request-Timestamp", "")
        if not (at.isascii() and at.isdecimal()):  # Bolt takes it for a number and fails on anything else
            return Response("unsigned\n", 401)
        return handler.handle(request)

    @web.get("/healthz")
    def healthz() -> tuple[str, int]:
        try:
            with db.reading() as session:
                session.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return "the database does not answer\n", 503
        return "ok\n", 200

    return web
