"""Whether we are alive."""

from flask import Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from handlers.web_route import Route, Site


def routes(site: Site) -> list[Route]:
    def healthz() -> Response:
        try:
            with site.office.db.reading() as session:
                session.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return Response("the database does not answer\n", 503)
        return Response("ok\n", 200)

    return [Route("/healthz", ("GET",), healthz)]
