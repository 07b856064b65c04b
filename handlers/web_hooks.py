"""Mentions from other tools: POST /hooks/mentions/<name>."""

from typing import Any

from flask import request

from bot.callbacks import heard_from
from bot.sources import Batch
from bot.sources.webhook import MOST_BYTES, SIGNATURE, SIGNED_AT, Unreadable, Unsigned
from handlers.web_route import Answer, Refusal, Route, Site, json_body


def routes(site: Site) -> list[Route]:
    """Answered once everything is stored, so that whoever sent it may forget it."""
    if not site.webhooks:
        return []
    known = {webhook.name: webhook for webhook in site.webhooks}

    def mentions(name: str) -> Answer:
        if name not in known:
            raise Refusal(404, "There is no webhook of this name.")
        webhook, body = known[name], json_body(MOST_BYTES)
        now = site.office.clock()
        at = request.headers.get(SIGNED_AT, "").strip()
        signature = request.headers.get(SIGNATURE, "").strip()
        try:
            webhook.verify(at, signature, body, now)
            read = webhook.read(body, now)
        except Unsigned as no:
            raise Refusal(401, str(no)) from None
        except Unreadable as no:
            raise Refusal(400, str(no)) from None
        good = bool(read.posts or read.gone)
        batch = Batch(read.posts, gone=tuple(read.gone))
        taken = site.listener.take(heard_from(name), batch) if good else None
        said: dict[str, Any] = {
            "stored": taken.stored if taken else 0,
            "repeated": len(read.posts) - (taken.stored if taken else 0),
            "errors": [{"index": index, "error": words} for index, words in read.errors],
        }
        if read.gone:
            said["deleted"] = len(read.gone)
        # When nothing of it could be read, the sender should hear of it, and sending it again is no help.
        return said, 422 if read.errors and not good else 200

    return [Route("/hooks/mentions/<name>", ("POST",), mentions)]
