"""`doctor`: what works, what doesn't, and how to mend it."""

from collections.abc import Iterator, Sequence, Sized
from dataclasses import dataclass
from typing import Literal

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from sqlalchemy import func, select

from bot.blocks.text import source_name
from bot.doctor_web import web_findings
from bot.slack_errors import WORDS
from bot.sources import Source
from bot.sources.facebook_reply import FacebookPoster
from config.errors import SettingsError
from config.manifest import scopes
from config.playbook import Playbook
from config.settings import Settings
from models.database import Database
from models.outbox import Outbox
from models.source_state import SourceState

State = Literal["ok", "bad", "note"]
LISTED = 10


@dataclass(frozen=True)
class Line:
    """One finding: ok, bad (mend it), or a note."""

    state: State
    about: str
    words: str


def examine(
    settings: Settings, playbook: Playbook, db: Database, sources: Sequence[Source], slack: WebClient | None
) -> Iterator[Line]:
    """Every finding, in the order in which one would mend them. `slack` is None without tokens."""
    whole = f"{_number(playbook.queues, 'queue')}, {_number(playbook.remits, 'lead')}"
    own = f", and of their own: {', '.join(playbook.own)}" if playbook.own else ""
    yield Line("ok", "playbook", f"{settings.playbook}: {whole}{own}")
    database = list(_database(db))
    yield from database
    if slack is None:
        yield Line("note", "slack", "no tokens in .env: `run` uses a local Slack")
    else:
        yield from _slack(slack, playbook)
    for source in sources:
        trouble = source.check()
        yield Line("bad" if trouble else "ok", f"source {source.name}", trouble or "can be read")
    good = all(line.state == "ok" for line in database)
    yield from (Line(*finding) for finding in web_findings(settings, playbook, db if good else None))
    yield from _replies(settings, playbook)
    if good:
        yield from _health(db)
        yield from _outbox(db)


def _database(db: Database) -> Iterator[Line]:
    try:
        db.refuse_another_version()
    except SettingsError as error:
        yield Line("bad", "database", str(error))
    else:
        yield Line("ok", "database", f"{db.address}, version {db.newest_version()}")


def _slack(slack: WebClient, playbook: Playbook) -> Iterator[Line]:
    try:
        hello = slack.auth_test()
        granted = {s.strip() for s in str(_header(hello.headers, "x-oauth-scopes")).split(",") if s.strip()}
        yield Line("ok", "slack", f"connected to {hello['team']} as {hello['user']}")
        missing = [s for s in scopes() if granted and s not in granted]
        if missing:
            words = (
                f"missing {', '.join(missing)}: update the app from `python app.py manifest` and reinstall it"
            )
            yield Line("bad", "slack scopes", words)
        yield from _channels(slack, playbook)
        yield from _people(slack, playbook)
    except SlackApiError as error:
        code = str(error.response.get("error")) if hasattr(error.response, "get") else "no answer"
        yield Line("bad", "slack", WORDS.get(code, code))
    except (OSError, SlackClientError) as error:
        yield Line("bad", "slack", f"can't be reached ({type(error).__name__}): is SLACK_API_URL right?")


def _channels(slack: WebClient, playbook: Playbook) -> Iterator[Line]:
    known: dict[str, bool] = {}
    cursor = None
    while True:
        page = slack.conversations_list(
            types="public_channel,private_channel", exclude_archived=True, limit=1000, cursor=cursor
        )
        for channel in page["channels"]:
            known[channel["name"]] = known[channel["id"]] = bool(channel.get("is_member", True))
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            break
    leads = (book.leads_channel for book in playbook.books)
    for name in dict.fromkeys([*(q.channel for q in playbook.queues), *leads]):
        if name not in known:
            yield Line("bad", f"channel #{name}", "is not there, or is private and the bot is not in it")
        elif not known[name]:
            yield Line("bad", f"channel #{name}", "the bot is not in it: `/invite @Listening Post` there")
        else:
            yield Line("ok", f"channel #{name}", "the bot is in it")


def _people(slack: WebClient, playbook: Playbook) -> Iterator[Line]:
    specialists = [one for book in playbook.books for one in book.specialists]
    leads = [one for book in playbook.books for one in book.leads]
    people = {s.slack: s.name for s in specialists} | {one.slack: one.name for one in leads}
    people |= {s.stand_in: f"{s.name}'s stand-in" for s in specialists if s.stand_in}
    for member, name in people.items():
        try:
            slack.users_info(user=member)
        except SlackApiError as error:
            code = str(error.response.get("error"))
            yield Line("bad", f"{name} ({member})", WORDS.get(code, code))


def _replies(settings: Settings, playbook: Playbook) -> Iterator[Line]:
    """Where replies leave through an API, and how customers reach us in private."""
    if any(brand.handles.get("x") for brand in playbook.brands) and not settings.x_can_post:
        yield Line("note", "replies on X", "people post them by hand: no X_CONSUMER_KEY … in .env")
    token, secret = settings.facebook_page_token, settings.facebook_app_secret
    if token:
        trouble = FacebookPoster(token, secret, api_url=settings.facebook_api_url).check()
        yield Line("bad" if trouble else "ok", "replies on Facebook", trouble or "the page token is good")
    elif any(brand.handles.get("facebook") for brand in playbook.brands):
        yield Line("note", "replies on Facebook", "people post them by hand: no FACEBOOK_PAGE_TOKEN in .env")
    for brand in playbook.brands:
        lacking = {
            "x": None if brand.x_user_id else "x_user_id",
            "facebook": None if brand.messenger else "messenger",
        }
        for platform, key in lacking.items():
            if key and any(platform == named for named in brand.handles):
                words = f"no link to a private message on {source_name(platform)}: set {key} in the playbook"
                yield Line("note", f"brand {brand.name}", words)


def _health(db: Database) -> Iterator[Line]:
    with db.reading() as session:
        for state in session.scalars(select(SourceState).where(SourceState.failing_since.is_not(None))):
            since = f"{state.failing_since:%Y-%m-%d %H:%M} UTC"
            yield Line("bad", f"source {state.name}", f"failing since {since}: {state.last_error}")


def _outbox(db: Database) -> Iterator[Line]:
    with db.reading() as session:
        parked = session.scalars(
            select(Outbox)
            .where(Outbox.parked_at.is_not(None))
            .order_by(Outbox.parked_at.desc())
            .limit(LISTED)
        ).all()
        for row in parked:
            yield Line("bad", f"message {row.key}", f"refused by Slack for {row.channel}: {row.error}")
        total = session.scalar(select(func.count(Outbox.id)).where(Outbox.parked_at.is_not(None))) or 0
        waiting = session.scalar(select(func.count(Outbox.id)).where(Outbox.due_at.is_not(None))) or 0
        more = f", {total} refused (mend the cause, then `python app.py doctor --retry`)" if total else ""
        yield Line("note" if total else "ok", "outbox", f"{waiting} waiting to be sent{more}")


def _number(of: Sized, one: str) -> str:
    return f"{len(of)} {one}{'s' * (len(of) != 1)}"


def _header(headers: dict[str, object], name: str) -> object:
    value = next((v for k, v in headers.items() if str(k).lower() == name), "")
    return value[0] if isinstance(value, list) and value else value
