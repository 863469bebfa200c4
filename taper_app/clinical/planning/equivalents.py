"""Diazepam equivalents: by the table a prescriber named, and over all shipped tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from taper_app.clinical.planning.answer import EquivalentRange
from taper_app.clinical.protocol.equivalence import EquivalenceTable
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.quantities import TENTH_MCG_PER_MG, rounded

#: Daily amounts by medicine, in tenth_mcg.
DailyAmounts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Converter:
    """Milligrams of diazepam for daily amounts. ``named`` is the table the request chose, if any."""

    tables: tuple[EquivalenceTable, ...]
    named: EquivalenceTable | None

    @classmethod
    def of(cls, protocols: Protocols, named: str | None) -> Converter:
        return cls(tuple(protocols.equivalence.values()), protocols.equivalence[named] if named else None)

    def tables_listing(self, medicines: DailyAmounts) -> Iterator[EquivalenceTable]:
        """The shipped tables that list every one of these medicines."""
        for table in self.tables:
            if all(table.entry(medicine) for medicine in medicines):
                yield table

    def low_factor(self, medicine: str) -> Fraction:
        """mg diazepam per mg, the smallest over the shipped tables that list the medicine."""
        return min(entry.diazepam_mg_per_mg_low for table in self.tables if (entry := table.entry(medicine)))

    def high_factor(self, medicine: str) -> Fraction:
        return max(entry.diazepam_mg_per_mg_high for table in self.tables if (entry := table.entry(medicine)))

    def chosen_factor(self, medicine: str) -> Fraction:
        """By the named table (of a printed range the end with less diazepam); without one, the highest."""
        entry = self.named.entry(medicine) if self.named else None
        return entry.diazepam_mg_per_mg_low if entry else self.high_factor(medicine)

    def range_of(self, daily: DailyAmounts) -> EquivalentRange:
        """Low, chosen and high, rounded to 0.0001 mg."""
        return EquivalentRange(
            low=rounded(_sum(daily, self.low_factor), 4),
            chosen=rounded(_sum(daily, self.chosen_factor), 4),
            high=rounded(_sum(daily, self.high_factor), 4),
        )

    def highest_mg(self, daily: DailyAmounts) -> Fraction:
        """mg diazepam by the highest shipped table, exact."""
        return _sum(daily, self.high_factor)

    def chosen_mg(self, daily: DailyAmounts) -> Fraction:
        return _sum(daily, self.chosen_factor)

    def chosen_or_lowest_mg(self, daily: DailyAmounts) -> Fraction:
        """mg diazepam by the named table; without one by the lowest, for limits that have to be surely exceeded."""
        return _sum(daily, self.chosen_factor if self.named else self.low_factor)


def by_table(table: EquivalenceTable, daily: DailyAmounts) -> Fraction:
    """mg diazepam by one table (of a printed range the end with less diazepam), exact."""
    total = Fraction(0)
    for medicine, tenth_mcg in daily.items():
        entry = table.entry(medicine)
        if entry is None:
            raise KeyError(f"{table.id} does not list {medicine}")
        total += Fraction(tenth_mcg, TENTH_MCG_PER_MG) * entry.diazepam_mg_per_mg_low
    return total


def _sum(daily: DailyAmounts, factor: Callable[[str], Fraction]) -> Fraction:
    return sum(
        (Fraction(amount, TENTH_MCG_PER_MG) * factor(medicine) for medicine, amount in daily.items()), Fraction(0)
    )
