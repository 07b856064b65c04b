"""For whoever looks after the program: alive, ready, and figures for Prometheus."""

import hmac

from flask import Response, request

from handlers.web_route import Refusal, Route, Site


def routes(site: Site) -> list[Route]:
    """/healthz asks nothing of anybody else: a program that is restarted because its database is away is no
    better off. Figures are for those who know the token; on the inside port for everybody."""
    watch = site.watch

    def healthz() -> Response:
        return Response("ok\n", 200, content_type="text/plain; charset=utf-8")

    def readyz() -> Response:
        if watch is None:
            raise Refusal(404, "Nobody looks after this one.")
        lines = watch.readiness.lines()
        bad = any(line.needed and not line.good for line in lines)
        text = "".join(f"{line}\n" for line in lines)
        return Response(text, 503 if bad else 200, content_type="text/plain; charset=utf-8")

    def metrics() -> Response:
        if watch is None or not (watch.inside or _knows(watch.token)):
            raise Refusal(404, "There is nothing at this address.")
        return Response(watch.metrics.text(), 200, content_type="text/plain; version=0.0.4; charset=utf-8")

    return [
        Route("/healthz", ("GET",), healthz),
        Route("/readyz", ("GET",), readyz),
        Route("/metrics", ("GET",), metrics),
    ]


def _knows(token: str | None) -> bool:
    """Prometheus sends it as `Authorization: Bearer …` (`authorization: credentials:` of a scrape)."""
    given = request.headers.get("Authorization", "")
    return bool(token) and hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
