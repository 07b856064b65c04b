"""Advertisements: things for sale, vacancies, giveaways, affiliate links. A customer's own story is none."""

import re
from collections import Counter
from collections.abc import Iterable

from bot.sift.cues import Cue, CueLists, quoted
from config.language_sift import SiftWords

_NAMES = {
    "for_sale": "for-sale words",
    "jobs": "job words",
    "giveaway": "giveaway words",
    "affiliate": "affiliate words",
}
_LISTS = tuple(n for name in _NAMES for n in (name, f"{name}?"))
_STRONG, _WEAK, _MOST_WEAK = 3, 1, 2
# Words of competitions and discounts are in many a customer's post: there one strong word is not enough.
_ENOUGH = {"for_sale": 3, "jobs": 3, "giveaway": 4, "affiliate": 4}
_STRONG_COMPLAINT = 3
_SENTENCE = re.compile(r"[^.!?。\n]{0,400}[.!?。\n]?")


class AdFinder:
    """Weighs the words of an ad against those of a customer's own story, in the languages of `packs`."""

    def __init__(self, packs: Iterable[SiftWords]) -> None:
        packs = list(packs)
        self._cues = CueLists.of(packs)
        self._prices = [
            re.compile(price) for price in dict.fromkeys(p for pack in packs for p in pack.prices)
        ]

    def reason(self, text: str, *, complaint: int, has_link: bool) -> str | None:
        """Why `text` (normalised) is an ad: "for-sale words: 'sælger', price". None when it is none.

        `text` is without its links; `has_link` says whether there were any. `complaint` is how strongly the
        post complains: an angry buyer's words weigh against an ad's.
        """
        if not self._cues.has_any(text, _LISTS):
            return None  # nearly every post
        cues = self._cues.find(text, [*_LISTS, "own_story", "offer"])
        if not any(cue.list in _LISTS for cue in cues):
            return None
        own_story = any(cue.list == "own_story" for cue in cues)
        against = 2 * (complaint >= _STRONG_COMPLAINT) + 2 * own_story + 2 * self._asks(text, cues)
        offers = any(cue.list == "offer" for cue in cues)
        best: tuple[int, str] | None = None
        for name, words in _NAMES.items():
            strong = [c for c in cues if c.list == name and not c.negated]
            weak = [c for c in cues if c.list == f"{name}?" and not c.negated]
            price = name == "for_sale" and any(p.search(text) for p in self._prices)
            score = _STRONG * min(len(_different(strong)), 2) + min(len(_different(weak)), _MOST_WEAK) * _WEAK
            if not score:
                continue
            # "#ad" and "#hiring" are put there by the advertiser.
            score += any(c.word.startswith("#") for c in strong)
            score += price + offers + has_link - against
            if score >= _ENOUGH[name] and (best is None or score > best[0]):
                best = (score, f"{words}: {quoted([*strong, *weak])}{', price' if price else ''}")
        return best[1] if best else None

    def tally(self, text: str) -> dict[str, int]:
        """How many words of each list are in `text`, for what was learned to weigh."""
        if not self._cues.has_any(text, _LISTS):
            return {}
        cues = self._cues.find(text, [*_LISTS, "own_story", "offer"])
        return dict(Counter(cue.list for cue in cues if not cue.negated))

    @staticmethod
    def _asks(text: str, cues: list[Cue]) -> bool:
        """A question other than the seller's own ("interested?", "want to win?")."""
        return any(
            sentence[0].rstrip().endswith("?") and _is_customers_own(sentence, cues)
            for sentence in _SENTENCE.finditer(text)
        )


def _is_customers_own(sentence: re.Match[str], cues: list[Cue]) -> bool:
    lists = {cue.list for cue in cues if sentence.start() <= cue.start < sentence.end()}
    return not lists or "own_story" in lists


def _different(cues: list[Cue]) -> set[str]:
    return {cue.word for cue in cues}
