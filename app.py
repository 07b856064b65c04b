"""Listening Post: the composition root and the command line, the one place where all parts meet."""

import gc

gc.disable()  # while all is loaded: the collector would look through it again and again, for nothing

import dataclasses
import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from bot.answers.keeping import Answers
from bot.answers.offering import AnswerOffers
from bot.answers.reminding import AnswerChecks
from bot.answers.suggesting import Suggestions
from bot.away import Away
from bot.blocks.digest import digest_text
from bot.calling_back import CallingBack
from bot.clock import Clock, Works, everywhere, jobs
from bot.delivery import Delivery
from bot.demo import LOG_FILE, load_samples, local_workspace, welcome, without_samples
from bot.desk import Desk
from bot.digest import Digests
from bot.doctor import examine
from bot.doctor_cost import cost_finding
from bot.escalating import Escalations
from bot.escalation_clock import EscalationClock
from bot.handing_over import Handovers
from bot.home import Homes
from bot.home_watch import HomeWatch
from bot.idle import Idle
from bot.ledger import Ledger, ledger_lines
from bot.listening import Listener
from bot.local_slack import show_cases_again
from bot.logs import set_up_logs
from bot.missing_names import MissingNames
from bot.office import Office
from bot.outbox.marking import retry_parked
from bot.outbox.sending import Outward
from bot.outward import Outgoing, OutgoingPrivately
from bot.people import People
from bot.posting import OUTWARD, Posting
from bot.practising import Practising
from bot.presence import Presences
from bot.private_replies import KIND as PRIVATE
from bot.private_replies import PrivateReplies
from bot.readiness import Readiness
from bot.rechecking import Rechecking
from bot.reply_check.command import check_lines
from bot.reply_check.us import Us
from bot.reply_check.words import warm_up
from bot.replying import Replies
from bot.settling import settle
from bot.sift.command import sift_lines
from bot.sift.report import score_lines
from bot.sift.sift import Sifter
from bot.slack_status import STATUS_TIMEOUT, SlackStatuses
from bot.sources.build import build_facebook_hook, build_messenger, build_names, build_sources, build_webhooks
from bot.sources.facebook_reply import FacebookPoster
from bot.sources.x_reply import XPoster
from bot.standing import Looking, StandingCollector
from bot.stopping import stop_within
from bot.targets import Targets
from bot.training import Training
from bot.workspace import Channels, Workspace
from config.errors import SettingsError
from config.languages import language_packs
from config.manifest import manifest as slack_manifest
from config.playbook import Playbook, load_playbook
from config.settings import ROOT, Settings, read_settings
from handlers.features import commands, events, shortcuts
from handlers.slack import refuse_wrong_tokens, slack_app, slack_client, slack_socket
from handlers.slack_connection import connect
from handlers.wiring import Services
from models.database import Database
from models.errors import NotAllowed
from models.leader import leader_lock
from models.outbox import CALLBACK

if TYPE_CHECKING:
    from flask import Flask

    from handlers.web_route import Site
    from handlers.web_server import WebServer

gc.freeze()
gc.enable()

ROLES = ("all", "worker", "clock", "web")
TURN = 0.0005
"""Seconds after which a thread at work lets another one go on. With Python's 0.005 the one that reads Slack's
socket needs several turns of that length for each envelope, while twenty listeners are at work."""
GUNICORN_STOPS = 3
"""gunicorn gives up, rather than starting the worker again and again, when it ends with this code."""


def utc_now() -> datetime:
    """The clock enters the program here and nowhere else."""
    return datetime.now(UTC)


@dataclasses.dataclass(frozen=True)
class Parts:
    """The program, put together and not yet started."""

    settings: Settings
    office: Office
    services: Services
    works: Works
    looking: Looking


def build(
    settings: Settings,
    playbook: Playbook,
    nudge: Callable[[], None] = lambda: None,
    clock: Callable[[], datetime] = utc_now,
) -> Parts:
    """Every part with what it needs. Nothing is connected or started yet."""

    def due() -> None:
        works.delivery.wake()
        nudge()

    office = Office(Database(settings.database_url), playbook, clock, due)
    slack = partial(slack_client, settings, retries=False, metrics=office.metrics)
    packs = language_packs()
    replies = Replies(office, posts_to=settings.posts_to)
    listener = Listener(office, Sifter(playbook, packs))
    people = People(office, Workspace(slack(timeout=2)))
    statuses = SlackStatuses(slack(timeout=STATUS_TIMEOUT), playbook.away)
    handovers = Handovers(office, people, statuses)
    presences = Presences(office)
    escalations, digests, homes = Escalations(office, statuses), Digests(office), Homes(office)
    poster = XPoster(
        settings.x_consumer_key,
        settings.x_consumer_secret,
        settings.x_access_token,
        settings.x_access_token_secret,
        api_url=settings.x_api_url,
    )
    facebook = FacebookPoster(
        settings.facebook_page_token, settings.facebook_app_secret, api_url=settings.facebook_api_url
    )
    private_replies = PrivateReplies(office, can_send="facebook" in settings.posts_to)
    outward: dict[str, Outward] = {
        OUTWARD["x"]: Outgoing(Posting(office), poster),
        OUTWARD["facebook"]: Outgoing(Posting(office), facebook),
        PRIVATE: OutgoingPrivately(private_replies, build_messenger(playbook, settings)),
        CALLBACK: CallingBack(office.db, playbook, settings.secrets_of),
    }
    works = Works(
        delivery=Delivery(office, slack(), outward),
        listener=listener,
        targets=Targets(office),
        idle=Idle(office),
        training=Training(office),
        escalations=escalations,
        escalation_clock=EscalationClock(office, statuses),
        digests=digests,
        home_watch=HomeWatch(office),
        answer_checks=AnswerChecks(office),
        handovers=handovers,
        people=people,
        presences=presences,
        missing_names=MissingNames(listener, build_names(playbook, settings)),
        sources=build_sources(playbook, settings, clock, Ledger(office).left, Rechecking(office).due),
    )
    looking = Looking(office, {source.name: source.every for source in works.sources})
    office.metrics.registry.register(StandingCollector(looking))
    return Parts(
        settings,
        office,
        Services(
            desk=Desk(office),
            replies=replies,
            private_replies=private_replies,
            escalations=escalations,
            digests=digests,
            listener=listener,
            training=Training(office),
            practising=Practising(office),
            homes=homes,
            answers=Answers(office),
            answer_offers=AnswerOffers(office),
            suggestions=Suggestions(office),
            handovers=handovers,
            people=people,
            presences=presences,
            away=Away(office, statuses),
            channels=Channels(slack(timeout=2)),
        ),
        works,
        looking,
    )


class OneLine(click.Group):
    """Turns the user's mistakes into sentences: never a traceback for a wrong setting."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (SettingsError, NotAllowed) as mistake:
            click.echo(str(mistake), err=True)
            ctx.exit(2)


@click.group(cls=OneLine, invoke_without_command=True)
@click.pass_context
def main(ctx: click.Context) -> None:
    """Brings what customers say in public to the people who can answer."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(run)


@main.command()
@click.option(
    "--role",
    type=click.Choice(ROLES),
    default="all",
    show_default=True,
    help="Which parts of the program this process is.",
)
def run(role: str = "all") -> None:
    """Runs the program: in the real workspace with tokens in .env, otherwise in a local Slack."""
    settings = read_settings()
    if settings.demo and role == "all":
        _run_demo(settings)
        return
    if settings.demo:
        raise SettingsError(f"`--role {role}` needs Slack's tokens in .env (see .env.example).")
    set_up_logs(settings.log_level, secrets=settings.secrets)
    _run(settings, without_samples(settings, load_playbook(Path(settings.playbook))), role)


@main.command()
def demo() -> None:
    """Runs in a local Slack with the sample posts, whatever is in .env."""
    mine = read_settings()
    place = f"sqlite:///{ROOT / 'var' / 'demo.db'}"
    _run_demo(Settings(database_url=place, port=mine.port, log_level=mine.log_level))


@main.group()
def db() -> None:
    """The database."""


@db.command()
def upgrade() -> None:
    """Brings the database to this program's version."""
    database = Database(read_settings().database_url)
    database.upgrade()
    click.echo(f"The database is at version {database.schema_version()}.")


@main.command()
@click.option("--retry", is_flag=True, help="Send again what Slack refused.")
def doctor(retry: bool) -> None:
    """Says what works, what doesn't and how to mend it."""
    settings = read_settings()
    parts = build(settings, load_playbook(Path(settings.playbook)))
    if retry:
        parts.office.db.refuse_another_version()
        with parts.office.db.transaction() as session:
            click.echo(f"{retry_parked(session, parts.office)} messages will be sent again.")
    slack = None if settings.demo else slack_client(settings, retries=True)
    bad = 0
    found = examine(settings, parts.office.playbook, parts.office.db, parts.works.sources, slack)
    for line in chain(found, cost_finding(parts.office)):
        mark = {"ok": "✓", "bad": "✗", "note": "·"}[line.state]
        click.echo(f"{mark} {line.about}: {line.words}")
        bad += line.state == "bad"
    if bad:
        sys.exit(1)


@main.command()
def spent() -> None:
    """What reading X has cost this month: posts read and estimated cost, day by day (UTC)."""
    settings = read_settings()
    office = build(settings, load_playbook(Path(settings.playbook))).office
    office.db.refuse_another_version()
    with office.db.reading() as session:
        for line in ledger_lines(session, office.playbook, office.clock()):
            click.echo(line)


@main.command()
@click.option("--request-url", help="For --role web: the public address of /slack/events.")
def manifest(request_url: str | None) -> None:
    """Prints the Slack app manifest: paste it where Slack says "From a manifest"."""
    click.echo(json.dumps(slack_manifest(commands(), shortcuts(), events(), request_url), indent=2))


@main.command()
@click.option(
    "--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The digest of this day; default: the last one."
)
@click.option("--lead", help="The lead's name as in the playbook; default: the first.")
@click.option("--print", "print_", is_flag=True, help="To the terminal only; without it the lead gets it.")
def digest(day: datetime | None, lead: str | None, print_: bool) -> None:
    """The digest of a day: shown here, or sent to the lead if they have not had it."""
    settings = read_settings()
    playbook = load_playbook(Path(settings.playbook))
    parts = build(settings, playbook)
    parts.office.db.refuse_another_version()
    digests = parts.services.digests
    one = digests.lead_called(lead or playbook.leads[0].name)
    when: date = day.date() if day else digests.last_day(one)
    if print_:
        click.echo(digest_text(digests.of_date(one, when), playbook))
    elif digests.make(one, when):
        click.echo(f"{one.name} gets the digest of {when} with the next delivery.")
    else:
        click.echo(f"{one.name} has had the digest of {when} already (or nothing was heard before it).")


@main.command()
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"), required=False)
@click.option(
    "--labels",
    type=click.File("r", encoding="utf-8", errors="replace"),
    help="Instead: how well the sift does on these posts, each with its kind, lang, pii and shown.",
)
@click.option("--misses", is_flag=True, help="With --labels: each post where it was wrong, too.")
@click.option("--playbook", "path", type=click.Path(path_type=Path), help="Another playbook to try.")
def sift(file: IO[str] | None, labels: IO[str] | None, misses: bool, path: Path | None) -> None:
    """Prints what the sift makes of each post in FILE (JSON Lines; - for standard input)."""
    if (file is None) == (labels is None):
        raise click.UsageError("Name one file: FILE to sift it, or --labels FILE to measure on it.")
    playbook = load_playbook(path or Path(read_settings().playbook))
    sifter = Sifter(playbook, language_packs())
    if labels is not None:
        _print_lines(score_lines(labels, sifter, misses=misses))
    elif file is not None:
        _print_lines(sift_lines(file, sifter))


@main.command()
@click.argument("files", type=click.File("r", encoding="utf-8", errors="replace"), nargs=-1)
def check_reply(files: tuple[IO[str], ...]) -> None:
    """Checks drafts: JSON Lines from FILES or standard input, one JSON line back for each."""
    us = Us.of(load_playbook(Path(read_settings().playbook)))
    lines = (line for file in files or (sys.stdin,) for line in file)
    _print_lines(check_lines(lines, us))


# Helpers, in the order in which they are called.


def _run_demo(settings: Settings) -> None:
    """The main job in a local Slack that lives as long as this process."""
    set_up_logs(settings.log_level, file=LOG_FILE)
    playbook = load_playbook(Path(settings.playbook))
    with local_workspace(settings) as (slack, there):
        database = Database(settings.database_url)
        database.upgrade()
        database.close()
        _run(
            there,
            playbook,
            "all",
            begin=show_cases_again,
            ready=lambda: click.echo(welcome(slack.url)),
            later=load_samples,
            bounded=False,  # its Slack is a process of ours, and ends after it
        )


def _run(
    settings: Settings,
    playbook: Playbook,
    role: str,
    *,
    begin: Callable[[Office], None] = lambda office: None,
    ready: Callable[[], None] = lambda: None,
    later: Callable[[Office], None] = lambda office: None,
    bounded: bool = True,
) -> None:
    """Runs the parts of `role` until SIGINT or SIGTERM, then lets them finish what is in hand,
    ten seconds long if it is `bounded`.

    `begin` is done before it connects, `later` beside all else, when nobody waits for it.
    Any role may run any number of times on one database: of those with a clock one leads.
    """
    clock: Clock | None = None

    def nudge() -> None:
        if clock is not None:
            clock.nudge()

    parts = build(settings, playbook, nudge)
    parts.office.db.await_it()
    parts.office.db.refuse_another_version()
    if role == "web":
        _refuse_unsigned(settings, playbook)
    if role != "web" or settings.slack_signing_secret:  # else it has nothing to do with Slack
        refuse_wrong_tokens(settings, socket=role in ("all", "worker"))
    sys.setswitchinterval(TURN)
    parts.office.metrics.plays(role)
    begin(parts.office)
    with ExitStack() as stack, _until_told_to_stop() as told:
        stack.callback(parts.office.db.close)
        if role != "web":
            clock = clock_of(parts, leads=role != "worker")
            stack.callback(clock.stop)
            stack.callback(parts.works.delivery.stop)
        connected = None
        if role in ("all", "worker"):
            connection = slack_socket(settings, slack_app(settings, parts.services), parts.office.metrics)
            connected = connection.client.is_connected
            connect(connection)
            stack.callback(connection.close)
        if role == "web" or (role == "all" and playbook.sources.need_web):
            stack.callback(_serve(parts, slack=role == "web").stop)
        if settings.metrics_port is not None:
            stack.callback(_serve_inside(parts, settings.metrics_port, role, connected).stop)
        ready()
        if clock is not None:  # all that is due runs at once: whoever connects should not wait for it
            clock.start()
        _warm_up(parts, role, later)
        told.wait()
        if bounded:
            stop_within()


def clock_of(parts: Parts, *, leads: bool) -> Clock:
    """Of a process that may lead, or of one that only delivers. Not started yet."""
    metrics = parts.office.metrics
    if not leads:
        return Clock(everywhere(parts.works), times=metrics.jobs)
    lock = leader_lock(parts.office.db)
    clock = Clock(jobs(parts.works), lock, parts.works.sources, times=metrics.jobs)
    metrics.may_lead(lambda: clock.leads)
    return clock


# Flask and a server are loaded only where something is served: 8 MB, and a tenth of a second.


def _serve(parts: Parts, *, slack: bool) -> "WebServer":
    """What others send to us."""
    from handlers.web import web_app
    from handlers.web_server import WebServer

    return WebServer(web_app(site_of(parts, slack=slack)), parts.settings.port)


def _serve_inside(parts: Parts, port: int, role: str, connected: Callable[[], bool] | None) -> "WebServer":
    """What is for those who look after the program."""
    from handlers.web import inside_app
    from handlers.web_route import Site, Watch
    from handlers.web_server import WebServer

    watch = Watch(parts.office.metrics, Readiness(parts.looking, role, connected), inside=True)
    site = Site(parts.office, parts.works.listener, watch=watch)
    return WebServer(inside_app(site), port, host=parts.settings.metrics_host, setting="METRICS_PORT")


def _warm_up(parts: Parts, role: str, later: Callable[[Office], None] = lambda office: None) -> None:
    """Makes ready, when it is connected, what somebody would wait for: where drafts come in the reply check's
    patterns, half a second for each language, as Slack gives up after three; where posts do the sift, which
    takes a second; then what posts are compared with, two for the first, and the other languages.

    One after the other: whoever is at work meanwhile shares the processor with one thread, not with three."""
    queues, sources = parts.office.playbook.queues, parts.office.playbook.sources
    first = list(dict.fromkeys(["en", *(language for queue in queues for language in queue.languages)]))

    def work() -> None:
        if role != "clock":
            warm_up(first[:1], others=False)
        if parts.works.sources if role in ("all", "clock") else role == "web" and sources.need_web:
            parts.works.listener.sifter.prepare(first)
        later(parts.office)
        if role != "clock":
            parts.services.suggestions.prepare()
            warm_up(first)  # and the others
        settle()

    threading.Thread(target=work, name="warm-up", daemon=True).start()


def _refuse_unsigned(settings: Settings, playbook: Playbook) -> None:
    if not settings.slack_signing_secret and not playbook.sources.need_web:
        raise SettingsError(".env: SLACK_SIGNING_SECRET: needed to verify Slack's requests over HTTP.")


@contextmanager
def _until_told_to_stop() -> Iterator[threading.Event]:
    told = threading.Event()
    before = {s: signal.signal(s, lambda *_: told.set()) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def site_of(parts: Parts, *, slack: bool) -> "Site":
    """What is served over HTTP; `slack`: Slack's requests too, where there is a secret to verify them by."""
    from handlers.web_route import Site, Watch

    settings, playbook = parts.settings, parts.office.playbook
    over_http = slack and settings.slack_signing_secret
    return Site(
        parts.office,
        parts.works.listener,
        slack=slack_app(settings, parts.services) if over_http else None,
        webhooks=build_webhooks(playbook, settings),
        facebook=build_facebook_hook(playbook, settings),
        # Whoever sends requests here asks whether they may: the rest of the program is not their business.
        watch=Watch(parts.office.metrics, Readiness(parts.looking, "web"), settings.metrics_token),
    )


def create_web_app() -> "Flask":
    """For gunicorn: `gunicorn "app:create_web_app()"`."""
    from handlers.web import web_app

    try:
        settings = read_settings()
        playbook = load_playbook(Path(settings.playbook))
        _refuse_unsigned(settings, playbook)
        set_up_logs(settings.log_level, secrets=settings.secrets)
        parts = build(settings, playbook)
        parts.office.db.await_it()
        parts.office.db.refuse_another_version()
        refuse_wrong_tokens(settings, socket=False)
    except SettingsError as mistake:
        click.echo(str(mistake), err=True)
        sys.exit(GUNICORN_STOPS)
    parts.office.metrics.plays("web")
    _warm_up(parts, "web")
    return web_app(site_of(parts, slack=True))


def _print_lines(lines: Iterator[str]) -> None:
    """Prints each line; ends with 1 when one of them was bad, after all of them."""
    bad = False
    for line in lines:
        bad = bad or line.startswith('{"error"')
        click.echo(line)
    if bad:
        sys.exit(1)


if __name__ == "__main__":
    main()
