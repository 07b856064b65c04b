"""Which kind a post is and how grave: the rules first, then what was learned where they leave it open."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.sift.ads import AdFinder
from bot.sift.cues import CueLists
from bot.sift.kind import KindFound, find_kind
from bot.sift.kind_learned import learned
from bot.sift.kind_signs import settled, signs, without_support
from bot.sift.plain_text import normalised, without_links, without_names_and_links
from bot.sift.severity import NEVER_SEVERE, NOT_SEVERE, Severity, SeverityFinder
from bot.sift.words import WordList
from config.language_sift import SiftWords
from config.sifting import Kind, Reach
from models.post import Post


@dataclass(frozen=True)
class KindRead:
    """`reason` says why it is this kind, in words that a team lead reads."""

    kind: Kind
    reason: str
    severity: Severity


@dataclass(frozen=True)
class Ruled:
    """What the rules see in a post. `ad` is why it is one, if it is; `signs` is what is weighed besides."""

    found: KindFound
    ad: str | None
    never_an_ad: bool
    speech: str
    """What is said, normalised, without links and handles."""
    plain: str
    """All of it, normalised, without links."""
    has_link: bool
    cues: CueLists
    ads: AdFinder

    def themes(self) -> dict[str, list[str]]:
        """The words of the post that speak of each theme."""
        return self.cues.themes(self.speech)

    def signs(self, themes: Mapping[str, Collection[str]]) -> set[str]:
        """What is weighed."""
        return signs(
            self.speech,
            {**self.found.tally, **self.ads.tally(self.plain)},
            {theme: len(words) for theme, words in themes.items()},
            self.found.kind,
            has_link=self.has_link,
            has_tag="#" in self.plain,
        )


class KindReader:
    """Reads posts with the words of the packs; `own_ads` and `never_ads` are the team's own words."""

    def __init__(
        self, words: Mapping[str, SiftWords], reach: Reach, own_ads: WordList, never_ads: WordList
    ) -> None:
        self._cues = {code: CueLists.of([pack]) for code, pack in words.items()}
        self._all_cues = CueLists.of(words.values())
        # Half of all ads mix their language with English words and tags.
        english = [words["en"]] if "en" in words else []
        self._ads = {code: AdFinder([pack, *english]) for code, pack in words.items()}
        self._all_ads = AdFinder(words.values())
        self._grave = {code: SeverityFinder([pack, *english], reach) for code, pack in words.items()}
        self._all_grave = SeverityFinder(words.values(), reach)
        self._own_ads, self._never_ads = own_ads, never_ads

    def read(self, post: Post, text: str, language: str) -> KindRead:
        """The kind of `post`, whose `normalised` text is `text`."""
        ruled = self.ruled(post, text, language)
        grave = self._grave.get(language, self._all_grave)
        if ruled.ad:
            return KindRead("ad", ruled.ad, NOT_SEVERE)
        severity = grave.find(ruled.speech, metrics=post.metrics)
        weighed = _weighed(ruled, severe=severity.grade > 0)
        kind, reason = weighed or (ruled.found.kind, ruled.found.reason)
        return KindRead(kind, reason, NOT_SEVERE if kind in NEVER_SEVERE else severity)

    def ruled(self, post: Post, text: str, language: str) -> Ruled:
        """What the rules alone see."""
        speech = normalised(_speech(post.text))
        cues = self._cues.get(language, self._all_cues)
        found = find_kind(speech, cues)
        unlinked, links = without_links(post.text)
        plain, ads = normalised(unlinked), self._ads.get(language, self._all_ads)
        never_an_ad, ad = self._never_ads.first(text) is not None, None
        if not never_an_ad:
            word = self._own_ads.first(text)
            ad = f"ad words: '{word}'" if word else None
            ad = ad or ads.reason(plain, complaint=found.complaint, has_link=links > 0)
        return Ruled(found, ad, never_an_ad, speech, plain, links > 0, cues, ads)


_LIKE = {"other": "none of the kinds", "idea": "an idea", "ad": "an ad", "praise": "praise"}


def _weighed(ruled: Ruled, *, severe: bool) -> tuple[Kind, str] | None:
    """What was learned against the rules, and why; None where they agree or the rules settle it."""
    themes = ruled.themes()
    found = ruled.signs(themes)
    if settled(found, ruled.found.kind):
        return None
    never = without_support(found)
    if ruled.never_an_ad:
        never.add("ad")
    if severe:
        never |= {"praise", "ad"}  # nothing grave becomes everyday
    read = learned().read(found, ruled.found.kind, never=never - {ruled.found.kind})
    if read.kind == ruled.found.kind:
        return None
    spoke = [themes[sign.split()[1]] for sign in read.signs if sign.startswith("theme ")]
    words = list(dict.fromkeys(words[0] for words in spoke))[:3]
    like = _LIKE.get(read.kind, f"a {read.kind}")
    quoted = ", ".join(f"'{word}'" for word in words)
    return read.kind, f"reads like {like}: {quoted}" if words else f"reads like {like} by its form"


def _speech(text: str) -> str:
    """What is said, without links and handles; the words of hashtags stay."""
    return without_names_and_links(text.replace("#", " "))
