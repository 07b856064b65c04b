"""Public holidays, by the library `holidays`: of the countries that a playbook names and of no others.

The library's package of countries imports all 249 with the first one, 8 MB and a tenth of a second of each
start. So it stands there without having run: the library asks for each country's module by its own name.
"""

import sys
from datetime import date
from importlib.util import find_spec, module_from_spec

import holidays
from holidays.registry import EntityLoader

_COUNTRIES = "holidays.countries"


def parts_of(country: str) -> list[str] | None:
    """The parts with holidays of their own (`BY` of `DE`); None when no such country is known."""
    if country not in EntityLoader.get_country_codes():
        return None
    _one_by_one()
    return list(getattr(holidays, country).subdivisions)


def public_holidays(country: str, part: str | None, year: int) -> frozenset[date]:
    """A year's. Whole, because the library's growing calendar is not for threads."""
    _one_by_one()
    return frozenset(holidays.country_holidays(country, subdiv=part, years=year, expand=False))


def _one_by_one() -> None:
    if _COUNTRIES not in sys.modules and (spec := find_spec(_COUNTRIES)) is not None:
        sys.modules[_COUNTRIES] = module_from_spec(spec)
