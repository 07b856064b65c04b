"""Reads a draft before it is posted in public: who it says we are, what it asks for, what it gives away."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.reply_check.asks import asked_in_public
from bot.reply_check.gives_away import given_away
from bot.reply_check.introduction import Introduction, introduction
from bot.reply_check.learned import weights
from bot.reply_check.length import LIMITS, Limit
from bot.reply_check.likeness import like_one_of
from bot.reply_check.manners import blames, gives_reason, promises_without_time, short_links
from bot.reply_check.private import places
from bot.reply_check.problem import Problem, shown
from bot.reply_check.reading import Sentence, sentences
from bot.reply_check.theirs import repeated
from bot.reply_check.unanswered import unanswered
from bot.reply_check.us import Us
from bot.reply_check.words import Words, words_for
from bot.sift.personal_data import PersonalData

LONGEST = 10_000
"""What stands after so many characters is not read: no place we answer in takes more."""


@dataclass(frozen=True)
class Finding:
    """What the check found in one draft."""

    asks_in_public: bool
    """It asks the customer for personal data where everyone can read the answer."""
    invites_private: bool
    """It invites the customer to a private message."""
    introduces: bool
    """It says name, company and role of the writer."""
    gives_away: list[str]
    """Personal data in it, as exact substrings of the draft."""
    found: list[Problem]
    """Everything to mend or to think about, those that stop first."""

    @property
    def problems(self) -> list[str]:
        """One sentence each, for the writer."""
        return [problem.sentence for problem in self.found]

    @property
    def stops(self) -> list[str]:
        """The sentences of problems with which the draft must not be posted."""
        return [problem.sentence for problem in self.found if problem.stops]

    @property
    def advice(self) -> list[str]:
        """The sentences of all other problems."""
        return [problem.sentence for problem in self.found if not problem.stops]


def check_reply(
    text: str,
    language: str | None,
    us: Us,
    *,
    platform: str | None = None,
    introduction_needed: bool = True,
    customer: Sequence[str] = (),
    recent: Sequence[str] = (),
) -> Finding:
    """The findings on a draft `text` in `language` (a two-letter code).

    Without a pack for that language every pack is tried, and a problem seen by any of them counts.
    `platform` ("x", "bluesky", "mastodon") adds its length limit. Without `introduction_needed` a missing
    introduction is no problem: the writer has already said who they are. `customer` has the customer's posts,
    oldest first: the draft must not repeat their personal data, and should answer the newest. `recent` has
    our last public replies, oldest first, of which the last ten count: a draft that is nearly one of them
    reads like a template.
    Never raises on any text.
    """
    draft = text[:LONGEST]
    packs = words_for(language)
    read = [(sentences(draft, words.abbreviations), words) for words in packs]
    learned = weights(language) if language and len(packs) == 1 else None
    asked = [name for said, words in read for name in asked_in_public(said, words, learned)]
    invites = any(places(said, words).invites for said, words in read)
    hello = max(
        (introduction(draft, words, us) for words in packs), key=lambda one: one.name + one.company + one.role
    )
    again = repeated(draft, [post[:LONGEST] for post in customer], packs, us)
    given = [one for one in given_away(draft, packs, us) if not any(_overlap(one, two) for two in again)]

    found = []
    if asked:
        found.append(Problem("asks_in_public", _asks(list(dict.fromkeys(asked)), invites)))
    if introduction_needed and not hello.complete:
        found.append(Problem("no_introduction", _introduce(hello, us, draft)))
    found += [Problem("gives_away", _take_out(one)) for one in given]
    found += [Problem("repeats_theirs", _do_not_repeat(one)) for one in again]
    limit = LIMITS.get(platform or "")
    if limit is not None and (length := limit.length(text)) > limit.most:
        found.append(Problem("too_long", _shorten(length, limit)))
    found += _advice(draft, read, us, invites, [*customer], [*recent])
    return Finding(
        asks_in_public=bool(asked),
        invites_private=invites,
        introduces=hello.complete,
        gives_away=list(
            dict.fromkeys(one.text for one in sorted([*given, *again], key=lambda one: one.start))
        ),
        found=list(dict.fromkeys(found)),
    )


def _advice(
    draft: str,
    read: list[tuple[list[Sentence], Words]],
    us: Us,
    invites: bool,
    customer: list[str],
    recent: list[str],
) -> Iterator[Problem]:
    if invites and not any(gives_reason(said, words) for said, words in read):
        yield Problem("no_reason_for_private", _SAY_WHY)
    for said, words in read:
        yield from blames(said, words)
    for said, words in read:
        yield from promises_without_time(said, words)
    if not invites:
        for said, words in read:
            if question := unanswered(customer, said, words, us):
                yield Problem("unanswered", f"They asked “{shown(question)}” Does your reply answer it?")
                break
    if recent and like_one_of(draft, recent, us):
        yield Problem("template", _TEMPLATE)
    yield from short_links(draft)


_SAY_WHY = "Say why in private, such as “so that your details stay between us”."
_TEMPLATE = "This is nearly the same as an earlier reply of ours. Add a few words that are only about them."


def _overlap(one: PersonalData, two: PersonalData) -> bool:
    return (one.start < two.end and two.start < one.end) or one.text == two.text


def _take_out(one: PersonalData) -> str:
    return f"Take out the {one.kind} “{one.text}”, because everyone can read it here."


def _do_not_repeat(one: PersonalData) -> str:
    return f"Don't repeat their {one.kind} “{one.text}”, because everyone can read it here too."


def _shorten(length: int, limit: Limit) -> str:
    over = length - limit.most
    return f"{limit.name} counts {length} characters here, so shorten it by {over} to fit into {limit.most}."


def _asks(names: list[str], invites: bool) -> str:
    what = _listed([f"the {name}" for name in names])
    private = "a private message"
    move = f"say that it belongs in {private}" if invites else f"ask for it in {private} instead"
    return f"This asks for {what} where everyone can read the answer; {move}."


def _introduce(said: Introduction, us: Us, draft: str) -> str:
    if said.missing == ["company"] and us.another and (another := us.another.search(draft)):
        return f"Say that you write for {us.company}: this customer does not write to {another.group()}."
    are = "is" if len(said.missing) == 1 else "are"
    return f"Say who you are: your {_listed(said.missing)} {are} not there yet."


def _listed(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
