"""The playbook's part about ourselves: the company and its brands."""

from typing import Annotated, Literal

from pydantic import Field, HttpUrl

from config.say import say
from config.values import Language, Part, Words

CUSTOMER_CARE = "customer care"
Role = Annotated[str, Field(min_length=1, max_length=80)]


class Company(Part):
    """Who we are when we introduce ourselves."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    role: Role | dict[Language, Role] = CUSTOMER_CARE
    """The role offered in the prepared introduction: "I'm Ana, customer care at Tindra". One for all
    languages, or one for each; "customer care" itself is known in every language of the packs."""

    def role_in(self, language: str) -> str:
        """The role in the customer's language, as far as it is known."""
        if isinstance(self.role, dict):
            return self.role.get(language) or say(language).role
        return say(language).role if self.role == CUSTOMER_CARE else self.role


class Keywords(Part):
    """A post is about the brand when one of `any`, each of `all` and none of `none` is in it.

    Words match whole and without regard to case, those of `any` and `all` of four letters or more also with
    an s behind them ("Tindras"); `word*` matches every word that begins so. A handle of
    the brand in the post always counts as about it (unless a `none` word is there).
    """

    any: Words = ()
    all: Words = ()
    none: Words = ()


class Brand(Part):
    """What customers call us, and the accounts we speak from."""

    name: str
    handles: dict[Literal["x", "facebook", "bluesky", "mastodon", "web"], Words] = Field(default={})
    x_user_id: Annotated[str, Field(pattern=r"^\d+$")] | None = None
    """Our numeric id on X; needed for the private-message link and the mentions timeline."""
    private_form: HttpUrl | None = None
    """Where a customer can write to us in private when the source has no private messages."""
    messenger: Annotated[str, Field(pattern=r"^[A-Za-z0-9.]{1,80}$")] | None = None
    """Our page's name or number on Facebook, for the link m.me/… that opens a private message to us."""
    private_phone: Annotated[str, Field(pattern=r"^\+?[0-9][0-9 ()/.\-]{3,30}$")] | None = None
    """Where a customer can call us, offered when there is neither private message nor form."""
    keywords: Keywords = Keywords()
    context: Words = ()
    """If the name is also an ordinary word or somebody's name: words that show that we are meant. Without
    one of them, a handle or a sign of business with a company (a word of the pack's `dealings` such as
    "invoice", an order number), a post that reads like a namesake's is set aside. Empty: no such check."""
    playbook: Annotated[str, Field(pattern=r"^[\w.\-]+\.ya?ml$", max_length=120)] | None = None
    """A file beside this one with what differs for this brand's cases: docs/brands.md. None: nothing does."""
    languages: tuple[Language, ...] = ()
    """Languages asked for at the source and answered by us; empty: all."""
