"""From a Bolt request to a plain function, and the one place where errors become words."""

import inspect
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from http.client import HTTPException
from typing import Any

import structlog
from slack_bolt import Args
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError
from slack_sdk.webhook import WebhookClient

from bot.answers.keeping import Answers
from bot.answers.offering import AnswerOffers
from bot.answers.suggesting import Suggestions
from bot.away import Away
from bot.blocks.modals import meta_of, said_modal
from bot.blocks.sheet import checklist_sheet, stands
from bot.blocks.text import Block
from bot.desk import Desk
from bot.digest import Digests
from bot.escalating import Escalations
from bot.handing_over import Handovers
from bot.home import Homes
from bot.listening import Listener
from bot.office import Office
from bot.once import carrying_out
from bot.people import People
from bot.practising import Practising
from bot.presence import Presences
from bot.private_replies import PrivateReplies
from bot.replying import Replies
from bot.slack_errors import what_happened
from bot.tls import trusted
from bot.training import Training
from bot.workspace import Channels
from handlers.interaction import interaction_id
from handlers.windows import open_window, redraw_window
from models.errors import DatabaseAway, NoRoom, NotAllowed, OutcomeUnknown, Repeated

log = structlog.get_logger()
Handler = Callable[..., None]
OpenModal = Callable[[dict[str, Any]], None]
"""Opens a view for the person who clicked or typed; within three seconds of it, which is Slack's limit."""
RedrawModal = Callable[..., None]
"""Draws the window that was clicked or typed in anew, unless it was drawn anew meanwhile (with `wins`: in any
case)."""

_AWAY = "The database does not answer right now. Nothing is lost; please try again in a moment."
_NOT_CERTAIN = (
    "The database broke off, so it is not certain whether this was kept. Please look first, and do it again "
    "only if it was not."
)


@dataclass(frozen=True)
class Services:
    """The use cases; a handler asks for one by naming it as a parameter."""

    desk: Desk
    replies: Replies
    private_replies: PrivateReplies
    escalations: Escalations
    digests: Digests
    listener: Listener
    training: Training
    practising: Practising
    homes: Homes
    answers: Answers
    answer_offers: AnswerOffers
    suggestions: Suggestions
    handovers: Handovers
    people: People
    presences: Presences
    away: Away
    channels: Channels


@dataclass(frozen=True)
class Answer:
    """Answers the person who asked, and nobody else.

    `url` is Slack's response_url (30 minutes, 5 uses). With `replace`, the private message that the
    button stood on is drawn anew instead of a further one being added. Home has no response_url: there
    `direct` is the person, who gets a direct message by `client`.
    """

    url: str | None
    replace: bool
    direct: str | None = None
    client: WebClient | None = None
    member: str = ""
    """Who asked: told by direct message when `url` is no longer taken, as after an hour in a modal."""

    @property
    def remembered(self) -> dict[str, Any]:
        """For a modal's private_metadata, so that its submission can answer too."""
        return {"url": self.url, "replace": self.replace, "direct": self.direct}

    @classmethod
    def recalled(cls, meta: dict[str, Any], client: WebClient | None = None, member: str = "") -> "Answer":
        """From what a modal remembered of the click that opened it."""
        known = meta.get("answer") or {}
        return cls(known.get("url"), bool(known.get("replace")), known.get("direct"), client, member)

    def __call__(self, text: str, blocks: list[Block] | None = None) -> None:
        if self.direct is not None and self.client is not None:
            self._write(self.client, self.direct, text, blocks)
        elif self.url is not None:
            self._respond(self.url, text, blocks)

    def _write(self, client: WebClient, member: str, text: str, blocks: list[Block] | None) -> None:
        try:
            client.chat_postMessage(
                channel=member, text=text, blocks=blocks, unfurl_links=False, unfurl_media=False
            )
        except (SlackClientError, OSError, HTTPException) as error:
            log.warning("answer not delivered", why=what_happened(error).why)

    def _respond(self, url: str, text: str, blocks: list[Block] | None) -> None:
        try:
            sent = WebhookClient(url, ssl=trusted()).send(
                text=text, blocks=blocks, response_type="ephemeral", replace_original=self.replace
            )
        except (OSError, HTTPException) as error:
            log.warning("answer not delivered", why=type(error).__name__)
            return
        if sent.status_code == 200:
            return
        # The move itself is committed. The address lives for 30 minutes and 5 uses; a person for longer.
        log.info("answer not taken", status=sent.status_code, body=sent.body[:200])
        if self.client is not None and self.member:
            self._write(self.client, self.member, text, blocks)


@dataclass(frozen=True)
class Asked:
    """Who asked for something in words, and what it takes to do it and to answer."""

    user: str
    services: Services
    answer: Answer
    open_modal: OpenModal
    words: Mapping[str, "Word"]
    """Every word of `/case`."""

    @property
    def desk(self) -> Desk:
        return self.services.desk

    @property
    def office(self) -> Office:
        return self.services.desk.office


@dataclass(frozen=True)
class Word:
    """A word of `/case`: what it does with what stood behind it, and its line in `/case help`.

    Each feature lists its own in WORDS. It also gets a button for itself, `word_<word>`, whose value is
    what stood behind it; `bot/blocks/ways.py` says where people find that.
    """

    do: Callable[[Asked, str], None]
    usage: str
    what: str


def wire(
    handler: Handler, services: Services, words: Mapping[str, Word] | None = None
) -> Callable[[Args], None]:
    """A Bolt listener that calls `handler` with the things that its parameters name.

    Besides Bolt's own names (ack, body, command, action, view, client …): `user` (member id), `answer`,
    `open_modal`, `redraw_modal` (the window that was clicked or typed in), `asked` (all of that for a word of
    `/case`), and the fields of Services.
    """
    wanted = tuple(inspect.signature(handler).parameters)

    def serve(args: Args) -> None:
        user, answer = _user(args.body), answer_to(args.client, args.body)
        open_modal = partial(open_window, args)
        own: dict[str, Any] = {
            "user": user,
            "answer": answer,
            "open_modal": open_modal,
            "redraw_modal": partial(redraw_window, args),
            "asked": Asked(user, services, answer, open_modal, words or {}),
        }
        given = {n: own[n] if n in own else getattr(services, n, None) or getattr(args, n) for n in wanted}
        try:
            with carrying_out(services.desk.office.db, interaction_id(args.body)):
                handler(**given)
        except Repeated as copy:
            _show_again(args, services.desk, copy, answer)
        except NotAllowed as no:
            _tell(args, str(no), no.kept)
        except NoRoom as full:
            log.error(str(full), handler=handler.__name__)
            _tell(args, "This can't be kept right now: the disk is full. Please try again in a while.")
        except DatabaseAway as away:
            log.error(str(away))
            _tell(args, _NOT_CERTAIN if isinstance(away, OutcomeUnknown) else _AWAY)
            return
        except Exception:  # the one place: logged with its traceback, answered with a reference
            reference = secrets.token_hex(3)
            log.exception("request failed", reference=reference)
            _tell(
                args, f"Something went wrong on our side. Nothing is lost. Reference for the log: {reference}"
            )
        if _on_home(args.body):
            services.homes.refresh(_user(args.body))

    def listener(args: Args) -> None:
        # What belongs to one click or command has the same `request=` on every line of the log.
        with structlog.contextvars.bound_contextvars(request=secrets.token_hex(3), handler=handler.__name__):
            serve(args)

    listener.__name__ = handler.__name__
    return listener


def answer_to(client: WebClient, body: dict[str, Any]) -> Answer:
    """How to answer a command, a click, a click on Home, or a submitted modal."""
    if body.get("type") == "view_submission":
        return Answer.recalled(meta_of(body["view"]), client, _user(body))
    if _on_home(body):
        return Answer(None, False, _user(body), client, _user(body))
    blocks = (body.get("message") or {}).get("blocks") or []
    private = str(blocks[0].get("block_id", "")).startswith(("sheet:", "show:", "list")) if blocks else False
    private = private or bool((body.get("container") or {}).get("is_ephemeral"))
    return Answer(body.get("response_url"), private, None, client, _user(body))


def _on_home(body: dict[str, Any]) -> bool:
    """Whether a button on Home was pressed. The local Slack sends that as a click on no message."""
    if body.get("type") != "block_actions":
        return False
    container = body.get("container") or {}
    nowhere = container.get("type") == "message" and not container.get("message_ts")
    return nowhere or (body.get("view") or {}).get("type") == "home"


def _user(body: dict[str, Any]) -> str:
    """Who typed, clicked or submitted, or whom an event is about."""
    if "event" in body:
        who = body["event"].get("user") or ""
        return str(who.get("id") or "") if isinstance(who, dict) else str(who)
    return str(body.get("user_id") or (body.get("user") or {}).get("id") or "")


def _show_again(args: Args, desk: Desk, copy: Repeated, answer: Answer) -> None:
    """What arrives again is answered with the case as it is now."""
    done = f"{copy} Nothing was done twice."
    if copy.case is None:
        _tell(args, done, title="Done already")
        return
    view = desk.view(copy.case)
    if args.body.get("type") == "view_submission":
        _tell(args, f"{done} {stands(view)}", title="Done already")
        return
    if args.ack.response is None:
        args.ack()
    answer(*checklist_sheet(view, done))


def _tell(args: Args, sentence: str, kept: str = "", *, title: str = "Not done") -> None:
    acknowledged = args.ack.response is not None
    if args.body.get("type") == "view_submission":
        if acknowledged:
            Answer(None, False, _user(args.body), args.client)(sentence)
        else:
            args.ack(response_action="update", view=said_modal(title, sentence, kept))
        return
    if not acknowledged:
        args.ack()
    if args.body.get("type") == "shortcut":  # a global one: it stands on no message, so it has no answer
        args.client.chat_postMessage(channel=_user(args.body), text=sentence)
        return
    replace(answer_to(args.client, args.body), replace=False)(sentence)
