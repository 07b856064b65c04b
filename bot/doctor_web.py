"""`doctor` on what sends to us: what is missing, and which address the other side needs."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlsplit

from sqlalchemy import func, select

from bot.callbacks import channel_of, heard_from
from bot.sources import SourceError
from bot.sources.build import facebook_api
from bot.sources.facebook_hook import NAME, PATH
from config.playbook import Playbook
from config.settings import Settings
from models.database import Database
from models.outbox import CALLBACK, Outbox
from models.source_state import SourceState

State = Literal["ok", "bad", "note"]


def web_findings(
    settings: Settings, playbook: Playbook, db: Database | None = None
) -> Iterator[tuple[State, str, str]]:
    """State, what it is about, and words. `db`: to tell when something came last."""
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
            came = _came_last(db, heard_from(webhook.name))
            yield "ok", about, f"POST {address(settings, f'/hooks/mentions/{webhook.name}')}{old}{came}"
        if webhook.callback and db is not None:
            yield _called_back(db, webhook.name, urlsplit(str(webhook.callback)).netloc)
    known = {webhook.name for webhook in playbook.sources.webhooks}
    for name in settings.webhooks_with_secrets:
        if name not in known:
            words = "has a secret in .env and no entry under sources.webhooks in the playbook"
            yield "note", f"webhook {name}", words
    yield from _facebook(settings, playbook, db)
    if playbook.sources.need_web and not settings.public_url:
        words = f"others send to us on PORT {settings.port}: set PUBLIC_URL to the address they reach it by"
        yield "note", "web", words


def _facebook(
    settings: Settings, playbook: Playbook, db: Database | None
) -> Iterator[tuple[State, str, str]]:
    """What Facebook's dashboard needs, and whether the page sends what happens on it to our app."""
    page = playbook.sources.facebook
    if page is None or not page.webhook:
        return
    missing = [
        name
        for name, value in (
            ("FACEBOOK_APP_SECRET", settings.facebook_app_secret),
            ("FACEBOOK_VERIFY_TOKEN", settings.facebook_verify_token),
        )
        if not value
    ]
    about = "facebook webhook"
    if missing:
        yield "bad", about, f"set {' and '.join(missing)} in .env (or webhook: false in the playbook)"
        return
    words = f"callback URL {address(settings, PATH)}, with FACEBOOK_VERIFY_TOKEN as verify token"
    yield "ok", about, f"{words}{_came_last(db, NAME)}"
    if settings.facebook_page_token:
        try:
            apps = facebook_api(settings).read(f"{page.page_id}/subscribed_apps", datetime.now(UTC))
        except SourceError as error:
            yield "bad", "facebook subscription", str(error)
            return
        yield _subscribed(apps.get("data"), page.page_id)


def _subscribed(apps: object, page: str) -> tuple[State, str, str]:
    """https://developers.facebook.com/docs/graph-api/reference/page/subscribed_apps"""
    fields = (
        [app.get("subscribed_fields") for app in apps if isinstance(app, dict)]
        if isinstance(apps, list)
        else []
    )
    if any(isinstance(each, list) and "feed" in each for each in fields):
        return "ok", "facebook subscription", "the page tells our app of its feed"
    how = f"POST /{page}/subscribed_apps?subscribed_fields=feed with the page token"
    return "bad", "facebook subscription", f"the page does not tell our app of its feed: {how}"


def _called_back(db: Database, name: str, host: str) -> tuple[State, str, str]:
    """Whether the tool takes what it is told. Only the host is named: an address may have a key in it."""
    waits = select(func.count(), func.max(Outbox.error)).where(
        Outbox.kind == CALLBACK,
        Outbox.channel == channel_of(name),
        Outbox.due_at.is_not(None),
        Outbox.error.is_not(None),
    )
    with db.reading() as session:
        number, why = session.execute(waits).one()
    if not number:
        return "ok", f"callback {name}", f"tells {host} what becomes of its mentions"
    return "bad", f"callback {name}", f"{host} has not taken {number} of its cases yet: {why}"


def _came_last(db: Database | None, name: str) -> str:
    """Whether the other side has ever reached us, and when."""
    if db is None:
        return ""
    with db.reading() as session:
        state = session.get(SourceState, name)
    if state is None or state.last_ok_at is None:
        return "; nothing has come yet"
    return f"; something came last at {state.last_ok_at:%Y-%m-%d %H:%M} UTC"


def address(settings: Settings, path: str) -> str:
    """What the other side needs to know; without PUBLIC_URL with a place for the host."""
    return f"{(settings.public_url or 'https://<your host>').rstrip('/')}{path}"
