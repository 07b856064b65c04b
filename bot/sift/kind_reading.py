"""Which kind a post is and how grave: what the rules see in it, weighed by what was learned."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.sift.ads import AdFinder
from bot.sift.cues import CueLists
from bot.sift.kind import KindFound, find_kind
from bot.sift.kind_learned import Read, learned
from bot.sift.kind_signs import settled, signs
from bot.sift.kind_words import grams, length
from bot.sift.language import everyday_words
from bot.sift.plain_text import is_unspaced, normalised, without_links, without_names_and_links
from bot.sift.severity import NEVER_SEVERE, NOT_SEVERE, Severity, SeverityFinder
from bot.sift.words import WordList
from config.language_sift import SiftWords
from config.sifting import Kind, Reach
from models.post import Post


@dataclass(frozen=True)
class KindRead:
    """`reason` says why it is this kind, in words that a team lead reads. `namesake`: it reads as if
    somebody or something else of the name is meant."""

    kind: Kind
    reason: str
    severity: Severity
    namesake: bool


@dataclass(frozen=True)
class Ruled:
    """What the rules see in a post. `ad` is why it is one, if it is; `signs` is what is weighed."""

    found: KindFound
    ad: str | None
    own_ad: bool
    """It is one by the team's own words."""
    never_an_ad: bool
    speech: str
    """What is said, normalised, without links and handles."""
    plain: str
    """All of it, normalised, without links."""
    has_link: bool
    cues: CueLists
    ads: AdFinder

    @property
    def kind(self) -> Kind:
        return "ad" if self.ad else self.found.kind

    @property
    def reason(self) -> str:
        return self.ad or self.found.reason

    def themes(self) -> dict[str, list[str]]:
        """The words of the post that speak of each theme."""
        return self.cues.themes(self.speech)

    def signs(self, themes: Mapping[str, Collection[str]]) -> set[str]:
        """What is weighed."""
        return signs(
            self.speech,
            {**self.found.tally, **self.ads.tally(self.plain)},
            {theme: len(words) for theme, words in themes.items()},
            [self.found.kind, "ad"] if self.ad else [self.found.kind],
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
        self._everyday = everyday_words(words.values())

    def read(self, post: Post, text: str, language: str) -> KindRead:
        """The kind of `post`, whose `normalised` text is `text`."""
        ruled = self.ruled(post, text, language)
        grave = self._grave.get(language, self._all_grave)
        severity = grave.find(ruled.speech, metrics=post.metrics)
        themes = ruled.themes()
        never: set[Kind] = {"ad"} if ruled.never_an_ad else set()
        if severity.grade > 0:  # nothing grave becomes everyday
            never.update(kind for kind in NEVER_SEVERE if kind != ruled.kind)
        found = ruled.signs(themes)
        stands = ruled.own_ad or settled(found, ruled.kind, words=length(ruled.speech))
        read = learned().read(found, grams(ruled.speech), language, ruled.kind, never=never, stands=stands)
        reason = ruled.reason if read.kind == ruled.kind else _reads_like(read, themes, self._everyday)
        if read.kind in NEVER_SEVERE:
            severity = NOT_SEVERE
        return KindRead(read.kind, reason, severity, read.like_a_namesake)

    def ruled(self, post: Post, text: str, language: str) -> Ruled:
        """What the rules alone see."""
        speech = normalised(_speech(post.text))
        cues = self._cues.get(language, self._all_cues)
        found = find_kind(speech, cues)
        unlinked, links = without_links(post.text)
        plain, ads = normalised(unlinked), self._ads.get(language, self._all_ads)
        never_an_ad, word, ad = self._never_ads.first(text) is not None, None, None
        if not never_an_ad:
            word = self._own_ads.first(text)
            ad = f"ad words: '{word}'" if word else None
            ad = ad or ads.reason(plain, complaint=found.complaint, has_link=links > 0)
        return Ruled(found, ad, word is not None, never_an_ad, speech, plain, links > 0, cues, ads)


_LIKE = {"other": "none of the kinds", "idea": "an idea", "ad": "an ad", "praise": "praise"}
_QUOTED, _FEWEST_LETTERS = 3, 4


def _reads_like(read: Read, themes: Mapping[str, Sequence[str]], everyday: Collection[str]) -> str:
    """ "reads like a complaint: 'third time', 'nobody'" """
    of_themes = [themes[sign.split()[1]][0] for sign in read.signs if sign.startswith("theme ")]
    words: list[str] = []
    for word in (*(word for word in read.words if _tells(word, everyday)), *of_themes):
        if not any(word in other or other in word for other in words):
            words.append(word)
    like = _LIKE.get(read.kind, f"a {read.kind}")
    quoted = ", ".join(f"'{word}'" for word in words[:_QUOTED])
    return f"reads like {like}: {quoted}" if words else f"reads like {like} by its form"


def _tells(gram: str, everyday: Collection[str]) -> bool:
    """Whether a reader makes something of it: no "^ and", no "of the"."""
    if is_unspaced(gram):
        return True
    words = gram.split()
    return (
        "^" not in words
        and "$" not in words
        and any(len(word) >= _FEWEST_LETTERS and word not in everyday for word in words)
    )


def _speech(text: str) -> str:
    """What is said, without links and handles; the words of hashtags stay."""
    return without_names_and_links(text.replace("#", " "))
