"""The sift: for each public post, whether it is about us, whether anyone needs to see it, and what it is."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.sift.about import BrandWords, handle_key
from bot.sift.dealings import DealingsFinder
from bot.sift.hurried import with_hurried_forms
from bot.sift.kind_reading import KindReader
from bot.sift.language import LanguageFinder
from bot.sift.personal_data import find_personal_data
from bot.sift.plain_text import normalised
from bot.sift.queues import queue_for
from bot.sift.words import WordBook
from config.languages import LanguagePack
from config.playbook import Playbook
from config.sifting import Kind
from models.post import Post


@dataclass(frozen=True)
class Verdict:
    """What the sift makes of one post."""

    shown: bool
    """False: set aside."""
    reason: str
    """Why, in words a team lead can read."""
    language: str
    """Two-letter code or "unknown"."""
    kind: Kind
    topic: str | None
    brand: str
    queue: str
    """The queue's name."""
    severity: int
    """0 to 3, see `severity`."""
    personal_data: list[str]
    """Exact substrings of the post."""
    personal_data_kinds: list[str]
    """What each of them is: "phone number", "e-mail address" …"""
    ruled: "Verdict | None" = None
    """What the rules alone said, where what was learned from the team says otherwise."""
    learned: str | None = None
    """What differs, in words."""


class Sifter:
    """Decides by the playbook's rules and the language packs' words. Safe to share between threads."""

    def __init__(self, playbook: Playbook, packs: dict[str, LanguagePack]) -> None:
        self._playbook = playbook
        words = {code: with_hurried_forms(pack.sift) for code, pack in packs.items() if pack.sift is not None}
        self._dealings = DealingsFinder(words)
        self._languages = LanguageFinder(packs, playbook.sift.language_floor)
        self._brands = [BrandWords.of(brand) for brand in playbook.brands]
        self._excluded = frozenset(handle_key(author) for author in playbook.sift.excluded_authors)
        team = _team_words(playbook)
        self._kinds = KindReader(words, playbook.sift.reach, team["ads"], team["no ads"])
        self._noise = [
            (rule.reason, team["noise", number], team["no noise", number])
            for number, rule in enumerate(playbook.sift.noise)
        ]
        self._topics = [(topic.name, team["topic", topic.name]) for topic in playbook.topics]

    def prepare(self, languages: Iterable[str]) -> None:
        """Loads what the first posts in these languages would wait for: a second, and a tenth for each."""
        for language in languages:
            self.sift(Post("", "", "Thanks.", datetime.min.replace(tzinfo=UTC), "", language=language))

    def sift(self, post: Post, *, earlier_language: str | None = None) -> Verdict:
        """The verdict on `post`, whatever its text. `earlier_language` is what the author wrote in before."""
        text = normalised(post.text)
        language = self._languages.find(post.text, (post.language, earlier_language))
        read = self._kinds.read(post, text, language)
        brand, not_about = self._brand(post, text)
        personal = find_personal_data(
            post.text,
            order_pattern=self._playbook.sift.order_pattern,
            phone_regions=self._playbook.sift.phone_regions,
        )
        namesake = (
            read.namesake
            and brand.is_namesake(post, text)
            and not self._dealings.speaks_of_one(text, language, read.kind, personal)
        )
        aside = self._set_aside(post, text, brand, not_about, namesake=namesake)
        if aside is None and read.kind == "ad" and self._playbook.sift.ads.set_aside:
            aside = read.reason
        topic = next((name for name, topic_words in self._topics if topic_words.first(text)), None)
        queue = queue_for(
            self._playbook, language=language, topic=topic, kind=read.kind, brand=brand.brand.name
        )
        reason = aside or "; ".join(filter(None, (read.severity.why, read.reason)))
        return Verdict(
            shown=aside is None,
            reason=reason,
            language=language,
            kind=read.kind,
            topic=topic,
            brand=brand.brand.name,
            queue=queue.name,
            severity=read.severity.grade,
            personal_data=[p.text for p in personal],
            personal_data_kinds=[p.kind for p in personal],
        )

    def _brand(self, post: Post, text: str) -> tuple[BrandWords, str | None]:
        """The brand the post is about, or the first one and why the post is about none."""
        for brand in self._brands:
            if brand.is_ours(post.source, post.author):
                return brand, None
        reasons = [(brand, brand.why_not_about(post, text)) for brand in self._brands]
        about = [brand for brand, reason in reasons if reason is None]
        # A brand whose handle is in the post before one whose name is only a word in it.
        named = [brand for brand in about if brand.has_handle(text)]
        meant = [brand for brand in about if not brand.is_namesake(post, text)]
        for brands in (named, meant, about):
            if brands:
                return brands[0], None
        return reasons[0]

    def _set_aside(
        self, post: Post, text: str, brand: BrandWords, not_about: str | None, *, namesake: bool
    ) -> str | None:
        if brand.is_ours(post.source, post.author):
            return "our own post"
        if post.repost or text.lstrip().startswith("rt @"):
            return "a repost"
        if handle_key(post.author) in self._excluded:
            return f"excluded author: {post.author}"
        if not_about:
            return not_about
        if namesake:
            return f"namesake: no word shows that {brand.brand.name} the company is meant"
        for reason, words, unless in self._noise:
            word = words.first(text)
            if word is not None and unless.first(text) is None:
                return f"{reason}: '{word}'"
        return None


def _team_words(playbook: Playbook) -> WordBook:
    """The team's own lists, searched together."""
    ads = playbook.sift.ads
    lists: dict[Hashable, tuple[str, ...]] = {"ads": ads.any, "no ads": ads.unless}
    lists |= {("topic", topic.name): topic.any for topic in playbook.topics}
    for number, rule in enumerate(playbook.sift.noise):
        lists |= {("noise", number): rule.any, ("no noise", number): rule.unless}
    return WordBook(lists)
