"""Links that take a person to where the reply goes, and the customer to where they write in private."""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from bot.blocks.post import view_link
from config.brands import Brand
from config.playbook import Playbook
from config.say import say
from models.case import Case
from models.mention import Mention

_SERVER = re.compile(r"[A-Za-z0-9.-]{3,253}(?::[0-9]{1,5})?")
LONGEST_LINK = 2000
"""Characters: a text in Slack has 3,000 for the link and what stands around it. In scripts whose letters take
nine characters in a link, 280 of them are more; then the reply is copied."""


@dataclass(frozen=True)
class Links:
    """Where a person posts the reply (`filled`: it stands there already); where the customer writes to us in
    private; where a person posts the invitation to it below the reply (X shows the link as a button). None
    where there is no such thing. `invitation` is the whole sentence, in the customer's language."""

    post: str | None
    filled: bool
    private: str | None
    invite: str | None
    invitation: str | None


def links_for(case: Case, mention: Mention, text: str, playbook: Playbook) -> Links:
    """The links of one reply; `text` is what it says."""
    brand, words = playbook.brand(case.brand), say(case.language)
    private = _private(case, mention, brand, playbook.of(case.brand).company.name)
    if private:
        invitation: str | None = words("invite", link=private)
    else:
        invitation = words("invite_phone", phone=brand.private_phone) if brand.private_phone else None
    if mention.source == "mastodon" and (here := _on_our_server(mention, brand)):
        return Links(here, False, private, None, invitation)
    if mention.source != "x" or not mention.external_id.isdigit():
        return Links(view_link(mention), False, private, None, invitation)
    post = _intent(mention.external_id, text)
    filled = len(post) <= LONGEST_LINK
    if not filled:
        post = _intent(mention.external_id)
    invite = _intent(mention.external_id, invitation) if invitation and private else None
    return Links(post, filled, private, invite, invitation)


def reference(case: Case) -> str:
    """By which a customer's private message is found again."""
    return f"#{case.id}"


def _private(case: Case, mention: Mention, brand: Brand, company: str) -> str | None:
    """X's and Facebook's own private messages, else the playbook's form."""
    if mention.source == "x" and brand.x_user_id:
        opening = say(case.language)("opening", company=company, reference=reference(case))
        query = urlencode({"recipient_id": brand.x_user_id, "text": opening}, quote_via=quote)
        return f"https://x.com/messages/compose?{query}"
    if mention.source == "facebook" and brand.messenger:
        # https://developers.facebook.com/docs/messenger-platform/discovery/m-me-links: `ref` comes back to us
        return f"https://m.me/{brand.messenger}?{urlencode({'ref': f'case-{case.id}'})}"
    return str(brand.private_form) if brand.private_form else None


def _on_our_server(mention: Mention, brand: Brand) -> str | None:
    """The post as our account's own server shows it, where we can answer it: on its author's server we are
    strangers. Every server has this address for what stands on others (it asks us to log in first)."""
    server = next(
        (handle.rpartition("@")[2] for handle in brand.handles.get("mastodon", ()) if "@" in handle[1:]), ""
    )
    link = view_link(mention)
    if link is None or not _SERVER.fullmatch(server):
        return None
    return f"https://{server}/authorize_interaction?{urlencode({'uri': link}, quote_via=quote)}"


def _intent(post_id: str, text: str | None = None) -> str:
    """X's page for a reply, with `text` filled in: https://developer.x.com/en/docs/x-for-websites/web-intents"""
    filled = {"text": text} if text else {}
    return f"https://x.com/intent/post?{urlencode({'in_reply_to': post_id, **filled}, quote_via=quote)}"
