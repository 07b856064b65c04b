"""The program at work, in one of its roles, until it is told to stop."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from bot.clock import Clock, everywhere, jobs
from bot.office import Office
from bot.readiness import Readiness
from bot.reply_check.words import warm_up
from bot.settling import settle
from bot.sources.build import build_facebook_hook, build_webhooks
from bot.stopping import stop_within
from config.errors import SettingsError
from config.playbook import Playbook
from config.settings import Settings
from handlers.parts import Parts, build
from handlers.slack import refuse_wrong_tokens, slack_app, slack_socket
from handlers.slack_connection import connect
from models.leader import leader_lock

if TYPE_CHECKING:
    from handlers.web_route import Site
    from handlers.web_server import WebServer

ROLES = ("all", "worker", "clock", "web")
TURN = 0.0005
"""Seconds after which a thread at work lets another one go on. With Python's 0.005 the one that reads Slack's
socket needs several turns of that length for each envelope, while twenty listeners are at work."""


def run_role(
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
    refuse_what_slack_refuses(settings, playbook, role)
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
        make_ready(parts, role, later)
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


def make_ready(parts: Parts, role: str, later: Callable[[Office], None] = lambda office: None) -> None:
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


def refuse_what_slack_refuses(settings: Settings, playbook: Playbook, role: str) -> None:
    """Asks Slack whether it takes the tokens. Raises SettingsError when it does not, or one is missing.

    A web process without a secret to verify Slack's requests by serves webhooks alone, and does not ask."""
    if role == "web" and not settings.slack_signing_secret:
        if not playbook.sources.need_web:
            raise SettingsError(".env: SLACK_SIGNING_SECRET: needed to verify Slack's requests over HTTP.")
        return
    refuse_wrong_tokens(settings, socket=role in ("all", "worker"))


# Helpers, in the order in which they are called.


@contextmanager
def _until_told_to_stop() -> Iterator[threading.Event]:
    told = threading.Event()
    before = {s: signal.signal(s, lambda *_: told.set()) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


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
