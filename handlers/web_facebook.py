"""Facebook tells of posts and comments on our page: /hooks/facebook."""

import structlog
from flask import Response, request

from bot.facebook_removals import remove
from bot.sources import Batch
from bot.sources.facebook_hook import MOST_BYTES, NAME, PATH
from bot.sources.webhook import Unreadable, Unsigned
from handlers.web_route import Answer, Refusal, Route, Site, json_body

log = structlog.get_logger()


def routes(site: Site) -> list[Route]:
    """Answered once everything is stored; after anything but 200 Facebook sends it again, for a day."""
    if site.facebook is None:
        return []
    hook = site.facebook

    def challenge() -> Answer:
        given = request.args
        try:
            said = hook.challenge(
                given.get("hub.mode", ""), given.get("hub.verify_token", ""), given.get("hub.challenge", "")
            )
        except (Unsigned, Unreadable) as no:
            raise Refusal(403, str(no)) from None
        return Response(said, 200, content_type="text/plain")

    def changes() -> Answer:
        body = json_body(MOST_BYTES)
        try:
            hook.verify(request.headers.get("X-Hub-Signature-256", ""), body)
            found = hook.read(body, site.office.clock())
        except Unsigned as no:
            raise Refusal(401, str(no)) from None
        except Unreadable as no:
            raise Refusal(400, str(no)) from None
        for note in found.notes[:20]:
            log.warning("source note", source=NAME, note=note)
        there = [post for post in found.posts if post.external_id not in found.removed]
        taken = site.listener.take(NAME, Batch(there))
        removed = sum(remove(site.office, number) for number in found.removed)
        return {"stored": taken.stored, "repeated": taken.repeated, "removed": removed}, 200

    return [Route(PATH, ("GET",), challenge), Route(PATH, ("POST",), changes)]
