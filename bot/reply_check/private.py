"""Where a draft wants the answer to go: to a private message, to another private place, or into the open."""

import re
from dataclasses import dataclass
from functools import cached_property

from bot.reply_check.reading import Sentence, word_count
from bot.reply_check.words import FILLER, Words, read_over

_ADDRESSED = re.compile(r"⟨mail⟩|\d{3}")
_BETWEEN_THINGS = re.compile(rf"(?<={FILLER}) \w+ (?:\w+ )?(?={FILLER})")


@dataclass(frozen=True)
class Place:
    """What one sentence says about where to answer."""

    text: str
    words: Words

    @cached_property
    def _channel(self) -> str:
        return read_over(self.words.channel.sent, read_over(self.words.channel.not_private, self.text))

    @cached_property
    def private(self) -> re.Match[str] | None:
        """The invitation to a private message, if there is one."""
        return self.words.channel.private.search(self._channel)

    @cached_property
    def optional(self) -> re.Match[str] | None:
        """The word that makes a private message only one of two ways."""
        if self.private is None:
            return None
        begin, end = self.private.span()
        for choice in self.words.channel.optional.finditer(self._choices(self._channel)):
            if choice.start() < begin <= choice.end() + 2 or 0 <= choice.start() - end <= 12:
                return choice
        return None

    @cached_property
    def sent(self) -> re.Match[str] | None:
        """We write to the customer in private."""
        return self.words.channel.sent.search(read_over(self.words.channel.not_private, self.text))

    @cached_property
    def there(self) -> bool:
        return self.words.channel.there.search(self.text) is not None

    @cached_property
    def elsewhere(self) -> bool:
        return self.words.channel.elsewhere.search(self.text) is not None

    @cached_property
    def by_mail_or_phone(self) -> bool:
        """An e-mail address or a telephone number is named."""
        return any(_ADDRESSED.search(found[0]) for found in self.words.channel.elsewhere.finditer(self.text))

    @cached_property
    def public(self) -> re.Match[str] | None:
        """The word that says "in the open"; not where it belongs to a private or other place."""
        channel = self.words.channel
        text = read_over(channel.elsewhere, read_over(channel.private, self._channel))
        found = channel.public.search(text)
        return None if found and _negated(text[: found.start()], self.words) else found

    @cached_property
    def points_back(self) -> bool:
        return self.words.channel.it.search(self.text) is not None

    @cached_property
    def names_data(self) -> bool:
        return any(pattern.search(self.text) for pattern in self.words.data.values())

    @cached_property
    def takes_the_answer(self) -> bool:
        """May the answer to another sentence's question go to this sentence's private message?"""
        return self.private is not None and self.optional is None and not self._or_public

    @cached_property
    def _or_public(self) -> bool:
        if self.private is None or self.public is None:
            return False
        first, last = sorted([self.private, self.public], key=lambda m: m.start())
        choices = self._choices(self.text)
        return self.words.channel.either.search(choices, first.start(), last.start()) is not None

    def _choices(self, text: str) -> str:
        """ "DM the ticket or order number, here": an "or" between two things is no choice of places."""
        masked = text
        for pattern in self.words.data.values():
            masked = read_over(pattern, masked)
        for between in _BETWEEN_THINGS.finditer(masked):
            text = text[: between.start()] + FILLER * len(between[0]) + text[between.end() :]
        return text

    def _said_in_the_open(self, start: int, end: int) -> bool:
        """ "Send us a DM, or just drop your order number here": the place behind the thing is its own."""
        if self.private is None or self.private.end() > start:
            return False
        text = read_over(self.words.channel.elsewhere, read_over(self.words.channel.private, self._channel))
        return (
            self.words.channel.public.match(text, end + len(text[end:]) - len(text[end:].lstrip()))
            is not None
        )

    def holds(self, start: int, end: int, *, only_messages: bool = False) -> bool:
        """Is what this sentence asks for at `start` to be given in private, going by this sentence alone?

        With `only_messages` a form or the shop do not count; an e-mail address or a telephone number does.
        """
        if self._said_in_the_open(start, end):
            return False
        if self.private is not None and not self._or_public:
            return self.optional is None or self.optional.start() < start
        if self.sent is not None and self.sent.end() <= start:
            return self.public is None
        elsewhere = self.by_mail_or_phone if only_messages else self.elsewhere
        return elsewhere and self.private is None and self.public is None


@dataclass(frozen=True)
class Places:
    """The places of a whole draft, sentence by sentence."""

    of: list[Place]

    def keeps_private(self, index: int, start: int, end: int, *, only_messages: bool = False) -> bool:
        """Is what sentence `index` asks for at `start` to `end` to be given in private?"""
        here = self.of[index]
        if here.holds(start, end, only_messages=only_messages):
            return True
        if here.public is not None or here.private is not None:
            return False
        return self._sent_on(index) or self._sent_back(index)

    def _sent_on(self, index: int) -> bool:
        """ "What's your order number? Please DM it to us.": one of the next two sentences says where to."""
        for place in self.of[index + 1 : index + 3]:
            if place.takes_the_answer:
                return place.points_back or not place.names_data
            if place.points_back and (place.elsewhere or (place.sent and place.there)):
                return True
        return False

    def _sent_back(self, index: int) -> bool:
        """ "Please send us a DM. We need your order number.": one of the last two sentences said where to."""
        before = self.of[max(0, index - 2) : index]
        if any(place.takes_the_answer for place in before):
            return True
        return self.of[index].there and any(place.sent or place.private for place in before)

    @property
    def invites(self) -> bool:
        """Does any sentence invite to a private message, or say that we sent one?"""
        return any(place.private is not None or place.sent is not None for place in self.of)


def places(draft: list[Sentence], words: Words) -> Places:
    """Where each sentence of the draft wants its answer."""
    return Places([Place(read_over(words.ask.ignore, sentence.text), words) for sentence in draft])


def _negated(before: str, words: Words) -> bool:
    return any(word_count(before[no.end() :]) <= 6 for no in words.ask.negations.finditer(before))
