"""`doctor` on what sends to us: what is missing, and which address the other side needs."""

from collections.abc import Iterator
from typing import Literal

from config.playbook import Playbook
from config.settings import Settings

State = Literal["ok", "bad", "note"]


def web_findings(settings: Settings, playbook: Playbook) -> Iterator[tuple[State, str, str]]:
    """State, what it is about, and words."""
    for webhook in playbook.sources.webhooks:
        about = f"webhook {webhook.name}"
        secrets = len(settings.secrets_of(webhook.name))
        if not secrets:
            yield (
                "bad",
                about,
                f"no secret: WEBHOOK_SECRETS={webhook.name}=… (`openssl rand -hex 32`) in .env",
            )
        else:
            old = ", two secrets: remove the old one once it is not used any more" if secrets > 1 else ""
            yield "ok", about, f"POST {address(settings, f'/hooks/mentions/{webhook.name}')}{old}"
    known = {webhook.name for webhook in playbook.sources.webhooks}
    for name in settings.webhooks_with_secrets:
        if name not in known:
            words = "has a secret in .env and no entry under sources.webhooks in the playbook"
            yield "note", f"webhook {name}", words
    if playbook.sources.need_web and not settings.public_url:
        words = f"others send to us on PORT {settings.port}: set PUBLIC_URL to the address they reach it by"
        yield "note", "web", words


def address(settings: Settings, path: str) -> str:
    """What the other side needs to know; without PUBLIC_URL with a place for the host."""
    return f"{(settings.public_url or 'https://<your host>').rstrip('/')}{path}"
