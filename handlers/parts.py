"""The program, put together: every part with what it needs."""

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from bot.answers.keeping import Answers
from bot.answers.offering import AnswerOffers
from bot.answers.reminding import AnswerChecks
from bot.answers.suggesting import Suggestions
from bot.away import Away
from bot.calling_back import CallingBack
from bot.clock import Works
from bot.delivery import Delivery
from bot.desk import Desk
from bot.digest import Digests
from bot.escalating import Escalations
from bot.escalation_clock import EscalationClock
from bot.handing_over import Handovers
from bot.home import Homes
from bot.home_watch import HomeWatch
from bot.idle import Idle
from bot.ledger import Ledger
from bot.listening import Listener
from bot.missing_names import MissingNames
from bot.office import Office
from bot.outbox.sending import Outward
from bot.outward import Outgoing, OutgoingPrivately
from bot.people import People
from bot.posting import OUTWARD, Posting
from bot.practising import Practising
from bot.presence import Presences
from bot.private_replies import KIND as PRIVATE
from bot.private_replies import PrivateReplies
from bot.rechecking import Rechecking
from bot.replying import Replies
from bot.sift.sift import Sifter
from bot.slack_status import STATUS_TIMEOUT, SlackStatuses
from bot.sources.build import build_messenger, build_names, build_sources
from bot.sources.facebook_reply import FacebookPoster
from bot.sources.x_reply import XPoster
from bot.standing import Looking, StandingCollector
from bot.targets import Targets
from bot.training import Training
from bot.workspace import Channels, Workspace
from config.languages import language_packs
from config.playbook import Playbook
from config.settings import Settings
from handlers.slack import slack_client
from handlers.wiring import Services
from models.database import Database
from models.outbox import CALLBACK


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
