"""What Facebook sends us by itself: who sent it, and what it says about our page.

https://developers.facebook.com/docs/graph-api/webhooks/getting-started
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime

from bot.sources.facebook_changes import Changes, changes_in
from bot.sources.given import read_json
from bot.sources.webhook import Unreadable, Unsigned

PATH = "/hooks/facebook"
NAME = "facebook-webhook"
"""Under which its health is stored."""
MOST_BYTES = 4_000_000
"""Facebook sends up to a thousand changes at once."""
_CHALLENGE = re.compile(r"[A-Za-z0-9_\-]{1,200}", re.ASCII)


@dataclass(frozen=True)
class FacebookHook:
    """Our page's webhook. Without its secret nothing is taken, without its token nothing is confirmed."""

    page_id: str
    app_secret: str | None
    verify_token: str | None

    def challenge(self, mode: str, token: str, challenge: str) -> str:
        """What Facebook wants to hear when somebody subscribes it to us. Raises Unsigned, Unreadable."""
        expected = (self.verify_token or "").encode()
        if not expected or not hmac.compare_digest(expected, token.encode("utf-8", "replace")):
            raise Unsigned("The verify token is not FACEBOOK_VERIFY_TOKEN.")
        if mode != "subscribe" or not _CHALLENGE.fullmatch(challenge):
            raise Unreadable("This is no challenge of Facebook's.")
        return challenge

    def verify(self, signature: str, body: bytes) -> None:
        """Raises Unsigned unless our app signed it (X-Hub-Signature-256: sha256=…)."""
        if not self.app_secret:
            raise Unsigned("FACEBOOK_APP_SECRET is not set, so nobody's signature can be verified.")
        made = hmac.new(self.app_secret.encode(), body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(f"sha256={made}".encode(), signature.encode("utf-8", "replace")):
            raise Unsigned("The signature does not fit the body and the app's secret.")

    def read(self, body: bytes, now: datetime) -> Changes:
        """What changed on our page. Raises Unreadable."""
        try:
            document = read_json(body)
        except ValueError as error:
            raise Unreadable(f"The body can't be read: {error}.") from None
        return changes_in(document, self.page_id, now)
