"""Whom a lead leads: the queues and brands that are theirs to see."""

from dataclasses import dataclass

from config.staff import Lead


@dataclass(frozen=True)
class Remit:
    """A lead, and what is theirs."""

    lead: Lead
    queues: tuple[str, ...]
    """Names; never empty."""
    brands: tuple[str, ...] = ()
    """Names; empty: all."""

    def has(self, brand: str) -> bool:
        return not self.brands or brand in self.brands
