"""Who we are: what the reply check needs of a playbook."""

import re
from dataclasses import dataclass
from functools import cached_property

from bot.sift.plain_text import LETTER
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

    @classmethod
    def of(cls, playbook: Playbook) -> "Us":
        """The `Us` of a playbook: names are its brands' and their handles', without "@"."""
        names = [brand.name for brand in playbook.brands]
        handles = [
            name.removeprefix("@") for b in playbook.brands for all_ in b.handles.values() for name in all_
        ]
        return cls(
            company=playbook.company.name,
            names=tuple(dict.fromkeys([*names, *handles])),
            order_pattern=playbook.sift.order_pattern,
            phone_regions=playbook.sift.phone_regions,
            phones=frozenset(re.sub(r"\D", "", b.private_phone) for b in playbook.brands if b.private_phone),
        )

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches the company by any of its names, whole and in any case, with or without "@"."""
        names = {self.company, _LEGAL_FORM.sub("", self.company), *self.names} - {""}
        longest_first = sorted(names, key=lambda name: (-len(name), name))
        any_name = "|".join(map(re.escape, longest_first))
        return re.compile(rf"(?<!{LETTER})(?<!\.)@?(?:{any_name})(?:'s)?(?!{LETTER})", re.IGNORECASE)
