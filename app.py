"""Listening Post: the command line, and what gunicorn is given."""

import gc

gc.disable()  # while all is loaded: the collector would look through it again and again, for nothing

import json
import sys
from collections.abc import Iterator
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from bot.blocks.digest import digest_text
from bot.demo import LOG_FILE, load_samples, local_workspace, welcome, without_samples
from bot.doctor import examine
from bot.doctor_cost import cost_finding
from bot.ledger import ledger_lines
from bot.local_slack import show_cases_again
from bot.logs import set_up_logs
from bot.outbox.marking import retry_parked
from bot.reply_check.command import check_lines
from bot.reply_check.us import Us
from bot.sift.command import sift_lines
from bot.sift.report import score_lines
from bot.sift.sift import Sifter
from config.errors import SettingsError
from config.languages import language_packs
from config.manifest import manifest as slack_manifest
from config.playbook import load_playbook
from config.settings import ROOT, Settings, read_settings
from handlers.features import commands, events, shortcuts
from handlers.parts import build
from handlers.running import ROLES, make_ready, refuse_what_slack_refuses, run_role, site_of
from handlers.slack import slack_client
from models.database import Database
from models.errors import NotAllowed

if TYPE_CHECKING:
    from flask import Flask


gc.freeze()
gc.enable()

GUNICORN_STOPS = 3
"""gunicorn gives up, rather than starting the worker again and again, when it ends with this code."""


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
    run_role(settings, without_samples(settings, load_playbook(Path(settings.playbook))), role)


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


def create_web_app() -> "Flask":
    """For gunicorn: `gunicorn "app:create_web_app()"`."""
    from handlers.web import web_app

    try:
        settings = read_settings()
        playbook = load_playbook(Path(settings.playbook))
        set_up_logs(settings.log_level, secrets=settings.secrets)
        parts = build(settings, playbook)
        parts.office.db.await_it()
        parts.office.db.refuse_another_version()
        refuse_what_slack_refuses(settings, playbook, "web")
    except SettingsError as mistake:
        click.echo(str(mistake), err=True)
        sys.exit(GUNICORN_STOPS)
    parts.office.metrics.plays("web")
    make_ready(parts, "web")
    return web_app(site_of(parts, slack=True))


# Helpers, in the order in which they are called.


def _run_demo(settings: Settings) -> None:
    """The main job in a local Slack that lives as long as this process."""
    set_up_logs(settings.log_level, file=LOG_FILE)
    playbook = load_playbook(Path(settings.playbook))
    with local_workspace(settings) as (slack, there):
        database = Database(settings.database_url)
        database.upgrade()
        database.close()
        run_role(
            there,
            playbook,
            "all",
            begin=show_cases_again,
            ready=lambda: click.echo(welcome(slack.url)),
            later=load_samples,
            bounded=False,  # its Slack is a process of ours, and ends after it
        )


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
