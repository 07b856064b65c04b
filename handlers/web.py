"""The web side: the table of routes by feature, and the one place where errors become answers in JSON."""

import secrets
from collections.abc import Iterable

import structlog
from flask import Flask, Response, jsonify
from sqlalchemy.exc import DBAPIError, TimeoutError
from werkzeug.exceptions import HTTPException

from handlers import web_facebook, web_health, web_hooks, web_slack
from handlers.web_route import Refusal, Route, Site
from models.errors import DatabaseAway

log = structlog.get_logger()
FEATURES = (web_health, web_slack, web_hooks, web_facebook)
"""Each module has `routes(site)`: those that are switched on."""
MOST_BYTES = 5_000_000
"""A request of Slack's has a whole view in it; routes for others take less."""
TRY_AGAIN = 30
_SENTENCES = {
    400: "This request can't be understood.",
    404: "There is nothing at this address.",
    405: "This address does not take this method.",
    413: "The body is too long.",
    415: "This kind of body is not taken here.",
}


def web_app(site: Site) -> Flask:
    """A WSGI app with the routes of every feature that `site` switches on."""
    return _app(route for feature in FEATURES for route in feature.routes(site))


def inside_app(site: Site) -> Flask:
    """For METRICS_PORT: what is for those who look after the program, and nothing else."""
    return _app(web_health.routes(site))


# Helpers.


def _app(routes: Iterable[Route]) -> Flask:
    web = Flask("listening-post", static_folder=None)
    web.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    for route in routes:
        web.add_url_rule(
            route.path,
            f"{route.path} {' '.join(route.methods)}",
            route.answer,
            methods=list(route.methods),
            provide_automatic_options=False,
        )

    web.register_error_handler(Refusal, lambda no: _said(str(no), no.status))
    web.register_error_handler(HTTPException, _refused)
    web.register_error_handler(DatabaseAway, _database_away)
    web.register_error_handler(DBAPIError, _database_away)
    web.register_error_handler(TimeoutError, _database_away)
    web.register_error_handler(Exception, _broken)
    return web


def _said(sentence: str, status: int) -> Response:
    response = jsonify({"error": sentence})
    response.status_code = status
    return response


def _refused(error: HTTPException) -> Response:
    status = error.code or 500
    response = _said(_SENTENCES.get(status, "This request is not taken."), status)
    if status == 405:
        response.headers["Allow"] = dict(error.get_headers()).get("Allow", "")
    return response


def _database_away(error: Exception) -> Response:
    """Nothing was stored: whoever sent it should send it again."""
    log.warning("database does not answer", why=type(error).__name__)
    response = _said("The database does not answer; please send this again.", 503)
    response.headers["Retry-After"] = str(TRY_AGAIN)
    return response


def _broken(error: Exception) -> Response:
    reference = secrets.token_hex(3)
    log.error("web request failed", reference=reference, exc_info=error)
    return _said(f"Something went wrong on our side. Reference for the log: {reference}.", 500)
