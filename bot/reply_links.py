"""Links that take a person to where the reply goes, and the customer to where they write in private."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from bot.blocks.post import view_link
from config.playbook import Playbook
from models.case import Case
from models.mention import Mention

LONGEST_LINK = 2000
"""Characters: a text in Slack has 3,000 for the link and what stands around it. In scripts whose letters take
nine characters in a link, 280 of them are more; then the reply is copied."""


@dataclass(frozen=True)
class Links:
    """Where a person posts the reply (`filled`: it stands there already); where the customer writes to us in
    private; where a person posts that private link below the reply (X shows it as a button). None where the
    source has no such thing."""

    post: str | None
    filled: bool
    private: str | None
    invite: str | None


def links_for(case: Case, mention: Mention, text: str, playbook: Playbook) -> Links:
    """The links of one reply; `text` is what it says."""
    brand = playbook.brand(case.brand)
    form = str(brand.private_form) if brand.private_form else None
    if mention.source != "x" or not mention.external_id.isdigit():
        return Links(view_link(mention), False, form, None)
    post = _intent(mention.external_id, text)
    filled = len(post) <= LONGEST_LINK
    if not filled:
        post = _intent(mention.external_id)
    if not brand.x_user_id:
        return Links(post, filled, form, None)
    hello = f"[{playbook.company.name} #{case.id}] "
    query = urlencode({"recipient_id": brand.x_user_id, "text": hello}, quote_via=quote)
    private = f"https://x.com/messages/compose?{query}"
    return Links(post, filled, private, _intent(mention.external_id, private))


def _intent(post_id: str, text: str | None = None) -> str:
    """X's page for a reply, with `text` filled in: https://developer.x.com/en/docs/x-for-websites/web-intents"""
    filled = {"text": text} if text else {}
    return f"https://x.com/intent/post?{urlencode({'in_reply_to': post_id, **filled}, quote_via=quote)}"
