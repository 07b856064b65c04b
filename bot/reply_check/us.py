"""Who we are: what the reply check needs of a playbook."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.sift.plain_text import LETTER
from config.brands import Brand
from config.playbook import Playbook

_LEGAL_FORM = re.compile(
    r"[ ,]+(?:A/S|ApS|AS|AB|GmbH(?: & Co\. KG)?|AG|KG|SE|B\.?V\.?|N\.?V\.?|Ltd\.?|Limited|Inc\.?|LLC|PLC)$|"
    r"^株式会社 ?| ?株式会社$|(?:(?:股份|有限)+公司)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Us:
    """The company, its brands and handles, its order numbers, and the countries it telephones in."""

    company: str
    names: tuple[str, ...]
    order_pattern: str | None
    phone_regions: tuple[str, ...]
    phones: frozenset[str] = frozenset()
    """Our own telephone numbers, digits only."""
    others: tuple[str, ...] = ()
    """The other companies that people here speak for, with their brands: whoever answers for one does not
    introduce themselves as another."""

    @classmethod
    def of(cls, playbook: Playbook, brand: str | None = None) -> "Us":
        """Who speaks for a brand (None: for the main playbook's): names are those of the company's brands and
        of their handles, without "@"."""
        company = playbook.of(brand).company
        ours = [one for one in playbook.brands if playbook.of(one.name).company == company]
        theirs = [one for one in playbook.brands if one not in ours]
        companies = [playbook.of(one.name).company.name for one in theirs]
        return cls(
            company=company.name,
            names=_called(ours),
            others=tuple(dict.fromkeys([*companies, *_called(theirs)])),
            order_pattern=playbook.sift.order_pattern,
            phone_regions=playbook.sift.phone_regions,
            phones=frozenset(re.sub(r"\D", "", b.private_phone) for b in playbook.brands if b.private_phone),
        )

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches the company by any of its names, whole and in any case, with or without "@"."""
        return _any_of({self.company, _LEGAL_FORM.sub("", self.company), *self.names} - {""})

    @cached_property
    def another(self) -> re.Pattern[str] | None:
        """Matches the other companies that people here speak for. None: there are none."""
        return _any_of(set(self.others)) if self.others else None


def _called(brands: Sequence[Brand]) -> tuple[str, ...]:
    """Their names and their handles', without "@"."""
    names = [one.name for one in brands]
    handles = [name.removeprefix("@") for one in brands for all_ in one.handles.values() for name in all_]
    return tuple(dict.fromkeys([*names, *handles]))


def _any_of(names: Collection[str]) -> re.Pattern[str]:
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    any_name = "|".join(map(re.escape, longest_first))
    return re.compile(rf"(?<!{LETTER})(?<!\.)@?(?:{any_name})(?:'s)?(?!{LETTER})", re.IGNORECASE)
