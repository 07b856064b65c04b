"""What a language pack says for the reply check.

Every pattern is a regular expression over lower-case text in which links read ⟨link⟩ and e-mail addresses
⟨mail⟩. Patterns match whole words. `{name}` in a pattern stands for the entry `name` of `parts`.
"""

import re
from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, model_validator

_PART = re.compile(r"\{([a-z_]+)\}")


Pattern = str
"""Compiled when its language is first needed, not when the pack is read: together they take seconds."""
Patterns = tuple[Pattern, ...]


class AskWords(BaseModel):
    """How one asks for something, and what only looks like it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    give: Patterns
    """Verbs by which a customer hands something over, with their dative: "send us", "let me know"."""
    give_after: Patterns
    """What must stand right before such a verb to make it a request: "please", "can you", a comma."""
    others_give: Patterns = ()
    """Somebody else as the subject, up to the verb: "we will", "our courier can"."""
    wants: Patterns
    """What announces the wanted thing by itself: "could I have", "we need", "do you have"."""
    openers: Patterns = ()
    """The beginning of a request whose verb comes last: "kannst du uns", "kun je"."""
    closers: Patterns = ()
    """The verb that ends it: "schicken", "doorgeven"."""
    question_words: Patterns
    """What, which."""
    question_gap: Pattern
    """All that may stand between the question word and the wanted thing: "is the best"."""
    tails: Patterns
    """What makes a request of the thing named before it: "would help", "please"."""
    it: Patterns
    """A request for something named earlier: "could you share it", "send that over"."""
    breaks: Patterns
    """Words after which a request no longer reaches: if, whether, because."""
    resumes: Patterns
    """Words that take the request up again after such a word: "along with your", "and your"."""
    negations: Patterns
    """Never, without, no need to."""
    negations_after: Patterns = ()
    """Negations that stand after what they forbid: "poste deine Nummer nicht"."""
    unnegated: Patterns = ()
    """What follows a negation and is wanted nevertheless: "just", "only"."""
    ignore: Patterns = ()
    """Phrases read over, because they sound like a negation or a request and are none: "no worries"."""
    received: Patterns = ()
    """What says that the thing is there already: "thanks for", "we have"."""
    alone: Patterns
    """Words which, with the wanted things, may make a whole request: "your", "and", "please"."""
    thanks: Patterns = ()
    """Thanks in advance, which make a request of what stands alone before them: "Order number, thanks"."""
    hints: Patterns = ()
    """Words before the thing after which it is asked for unless something says otherwise: "please"."""
    promises: Patterns = ()
    """What we do once the thing is there: "and I'll", "so we can"."""
    mentions: Patterns = ()
    """What before the thing says that it is only spoken about: "check", "you'll find", "changed"."""
    tells: Patterns = ()
    """What says so after it: "is on", "can be found"."""


class ChannelWords(BaseModel):
    """Where something is to be sent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    private: Patterns
    """A private message: "dm", "direct message", "inbox"."""
    not_private: Patterns = ()
    """Names one and invites to none: "thanks for your dm", "no need to dm us"."""
    sent: Patterns = ()
    """We write to the customer: "i've sent you a dm"; private only where the draft says "there"."""
    there: Patterns = ()
    """Answer in that message: "reply there", "to it"."""
    optional: Patterns = ()
    """A private message as one choice of two: "or send us", "if you'd rather"."""
    either: Patterns = ()
    """Or."""
    elsewhere: Patterns = ()
    """Neither public nor a private message: a form behind a link, the telephone, e-mail, the shop."""
    public: Patterns = ()
    """Where all can read it: "here", "below", "in the comments"."""
    it: Patterns = ()
    """Points back to what was asked for: "it", "this", "your details"."""


class IntroductionWords(BaseModel):
    """How a person says who they are. Patterns here are matched without regard to case."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    before_name: Patterns
    """ "I'm", "my name is", "this is"."""
    after_name: Patterns
    """ "here", "from"."""
    farewells: Patterns
    """What a name follows at the end: "kind regards"."""
    not_names: Patterns
    """Capitalised words in those places that are no names."""
    roles: Patterns
    """What somebody does at a company: "customer care", "service technician"."""
    not_roles: Patterns = ()
    """A role spoken about, not held: "contact our support"."""
    goes_on: Patterns = ()
    """How the next sentence goes on with the introduction: "I work", "I'm part of"."""
    at: Patterns
    """What stands before the company: from, at, of, with."""
    not_ours: Patterns = ()
    """What before the company's name makes it a product: "your"."""
    names: Patterns = ()
    """Where names are not capitalised: whole patterns, in their case, with the name in the group `name`."""


class MannersWords(BaseModel):
    """How a good reply speaks. All is optional: without a list, the advice that needs it is not given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reasons: Patterns = ()
    """Why the talk goes on in private: "so your details stay between us", "to protect your privacy"."""
    blames: Patterns = ()
    """Blame, lectures and sarcasm: "as we already told you", "you should have", "had you read the manual"."""
    not_blames: Patterns = ()
    """What looks like blame and is none: "you should have received a mail"."""
    promises: Patterns = ()
    """That we will be back: "I'll get back to you", "we'll keep you posted"."""
    times: Patterns = ()
    """By when: "by tomorrow noon", "within 24 hours", "today", "on Monday"."""
    finds_out: Patterns = ()
    """What answers a question for now: "let me check", "we'll find out"."""
    answers: Patterns = ()
    """What answers a yes-or-no question by itself: "yes", "unfortunately not", "it does"."""
    rhetorical: Patterns = ()
    """Questions that want no answer: "are you kidding", "how hard can it be"."""
    small: tuple[str, ...] = ()
    """Plain words, no patterns, that say nothing of what a sentence is about: "what", "does", "with"."""


class ReplyWords(BaseModel):
    """The `reply:` section of a language pack."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    accents_optional: bool = False
    """An accented letter in a pattern also matches the bare one, because people in a hurry write "numero" for
    "número". One that stands alone ("é", "à") doesn't; nor does one written as an escape (\\u00e9)."""
    parts: dict[str, str] = {}
    """Pieces used in the patterns below by `{name}`."""
    abbreviations: tuple[str, ...] = ()
    """Words whose full stop ends no sentence, without the stop: no, ref."""
    data: dict[str, Patterns]
    """Personal data by its English name, which the writer is shown: "order number"."""
    not_data: Patterns = ()
    """What reads like personal data and is none: "model number", "the store's address"."""
    perhaps: Patterns = ()
    """Words that may mean personal data and often do not: "number", "e-mail", "name". Only what was learned
    from labelled drafts (bot/reply_check/learned.py) looks at them."""
    questions: dict[str, Patterns] = {}
    """Whole questions that ask for personal data without naming it: "when were you born"."""
    ask: AskWords
    channel: ChannelWords
    introduction: IntroductionWords
    manners: MannersWords = MannersWords()
    own_contact: Patterns
    """What stands right before our own service number: "call us on"."""
    own_contact_after: Patterns = ()
    """What stands right after it: "までお電話ください"."""

    @model_validator(mode="after")
    def every_part_is_there(self) -> "ReplyWords":
        texts = [*self.parts.values(), *_texts(self.model_dump(exclude={"parts"}))]
        for name in (name for text in texts for name in _PART.findall(text)):
            if name not in self.parts:
                raise ValueError(f"a pattern uses {{{name}}}, which is not in parts")
        return self

    def filled(self, pattern: str) -> str:
        """The pattern with its parts put in."""
        for _ in range(3):  # a part may use a part
            pattern = _PART.sub(lambda found: f"(?:{self.parts[found[1]]})", pattern)
        return pattern


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
