"""The playbook's part about what a post can be, and what needs nobody."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from config.values import Part, Words, regular_expression

KINDS = ("complaint", "question", "praise", "idea", "ad", "other")
Kind = Literal["complaint", "question", "praise", "idea", "ad", "other"]


def _phone_region(value: str) -> str:
    from phonenumbers import SUPPORTED_REGIONS  # here, so that only a whole playbook loads it

    if value not in SUPPORTED_REGIONS:
        raise ValueError('write a country by its two letters, such as DK (Norway: "NO")')
    return value


class Noise(Part):
    """A team's own rule for setting posts aside, with the reason people will read."""

    reason: str
    any: Annotated[Words, Field(min_length=1)]
    unless: Words = ()


class Ads(Part):
    """What the language packs can't know about ads for things like yours."""

    set_aside: bool = True
    """False: ads become cards like everything else."""
    any: Words = ()
    """Further words that make a post an ad."""
    unless: Words = ()
    """With one of these a post is never an ad."""


class Reach(Part):
    """From how many on a post counts as severe, whatever it says."""

    followers: Annotated[int, Field(ge=1)] = 100_000
    reposts: Annotated[int, Field(ge=1)] = 100


class Sift(Part):
    """Rules for what needs nobody."""

    excluded_authors: Words = ()
    """Handles (without @) whose posts are set aside: partners, bots, people with the brand's name."""
    ads: Ads = Ads()
    noise: tuple[Noise, ...] = ()
    reach: Reach = Reach()
    language_floor: Annotated[float, Field(gt=0, lt=1)] = 0.6
    """Below this confidence the language is "unknown"."""
    order_pattern: Annotated[str, AfterValidator(regular_expression)] | None = None
    """Regular expression of our order numbers; found first, before anything is taken for a phone number."""
    phone_regions: tuple[Annotated[str, AfterValidator(_phone_region)], ...] = ("GB", "DK", "NL", "DE")
    learn: bool = True
    """From 200 of the team's corrections on, what they teach refines the rules: docs/learning.md."""


class Topic(Part):
    """What a post can be about; the first topic with a word in the post wins."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_\-]*$")]
    label: str | None = None
    any: Words
