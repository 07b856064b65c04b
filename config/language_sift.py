"""What a language pack says for the sift: the everyday words of customers, in any line of business.

Every list follows one matcher: whole words, without regard to case, accents kept; `word*` matches every word
that begins so, `*word` every word that ends so; a space matches any white space or a hyphen.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"this is not a regular expression: {error}") from None
    return value


Words = tuple[Annotated[str, Field(min_length=1, max_length=80)], ...]
Patterns = tuple[Annotated[str, AfterValidator(_pattern)], ...]


class Cues(BaseModel):
    """Words that speak for something: `strong` ones settle it alone, `weak` ones need company."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    strong: Words = ()
    weak: Words = ()


class Themes(BaseModel):
    """What people speak of. Such words settle nothing alone: how many of each theme a post has is weighed by
    what was learned."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    waiting: Words = ()
    """Time that passes, days, "again"."""
    contact: Words = ()
    """Calling, writing, being answered or not, people of the company."""
    costs: Words = ()
    lack: Words = ()
    """What is not there, not open, not right."""
    harm: Words = ()
    """What is broken, wet, loud, slow."""
    kindness: Words = ()
    """What people did for somebody, and thanks."""
    delight: Words = ()
    """How good a thing is."""
    wish: Words = ()
    """Could, should, if; what one would like to have."""
    asking: Words = ()
    """Question words and what is asked for."""
    news: Words = ()
    """Newspapers, councils, shares, sport, sponsors."""
    scene: Words = ()
    """Where people are and what they see; greetings; "sent you a message"."""
    offer: Words = ()
    """Selling, hiring, winning, codes."""
    you: Words = ()
    me: Words = ()


class SeverityWords(BaseModel):
    """What makes a post grave, whoever wrote it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    danger: Words = ()
    """Somebody was or could be hurt: smoke, fire, shock, injury."""
    legal: Words = ()
    """Lawyers, courts, consumer authorities."""
    press: Words = ()
    """Journalists, and those who say that they will call one."""


class SiftWords(BaseModel):
    """The sift's part of a language pack."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    severity: SeverityWords = SeverityWords()
    complaint: Cues = Cues()
    """Something is broken, late, missing, wrong or felt to be unfair."""
    praise: Cues = Cues()
    """Thanks, liking, recommending."""
    question: Cues = Cues()
    """How people ask: `strong` are whole openings ("how do i"), `weak` single question words."""
    idea: Cues = Cues()
    """Wishes and proposals for what we should do or make."""
    neutral: Words = ()
    """Phrases whose words mean nothing here ("thanks in advance", "no worries", "good morning")."""
    expected: Words = ()
    """What things and people ought to do ("works", "arrived", "answer"); with a negation a complaint."""
    negations: Words = ()
    """Words that turn round what stands near them in the same clause."""
    negation_after: bool = False
    """Negations also follow their word ("virker ikke", "funktioniert nicht")."""
    for_sale: Cues = Cues()
    """Private persons and dealers who sell things."""
    jobs: Cues = Cues()
    """Vacancies."""
    giveaway: Cues = Cues()
    """Competitions and prize draws."""
    affiliate: Cues = Cues()
    """Discount codes, link collections, paid partnerships."""
    offer: Words = ()
    """Invitations to reply to an offer ("dm me", "interested?"); their question mark is no question."""
    prices: Patterns = ()
    """Regular expressions of prices, matched in case-folded text."""
    own_story: Words = ()
    """Words of somebody who tells of their own purchase or asks us something: no ad, then."""
    distinctive: Words = ()
    """Frequent short words that the neighbouring languages do not have."""
    dealings: Words = ()
    """Words of business with a company, in any line of it: order, invoice, customer service, refund. Where
    the playbook has `context` words, one of these shows as well that the company is meant."""
    themes: Themes = Themes()
    accents_optional: bool = False
    """People in a hurry leave accents out: "nao funciona" for "não funciona". Short words and single question
    words keep theirs, because without it they are other words ("né" and "ne", "cómo" and "como")."""
    letters: str = ""
    """Letters that the neighbouring languages do not have."""
