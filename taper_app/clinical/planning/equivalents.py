"""Diazepam equivalents: by the table a prescriber named, and over all shipped tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from taper_app.clinical.planning.answer import EquivalentRange
from taper_app.clinical.protocol.equivalence import EquivalenceTable
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.quantities import TENTH_MCG_PER_MG, rounded

#: Daily amounts by medicine, in tenth_mcg.
DailyAmounts = Mapping[str, int]


class _Factors(NamedTuple):
    """mg diazepam per mg of one medicine."""

    low: Fraction
    chosen: Fraction
    high: Fraction


@dataclass(frozen=True, slots=True)
class Converter:
    """Milligrams of diazepam for daily amounts. ``named`` is the table the request chose, if any."""

    tables: tuple[EquivalenceTable, ...]
    named: EquivalenceTable | None
    _known: dict[str, _Factors] = field(default_factory=dict, init=False, repr=False, compare=False)

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
        return self._factors(medicine).low

    def high_factor(self, medicine: str) -> Fraction:
        return self._factors(medicine).high

    def chosen_factor(self, medicine: str) -> Fraction:
        """By the named table (of a printed range the end with less diazepam); without one, the highest."""
        return self._factors(medicine).chosen

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

    def _factors(self, medicine: str) -> _Factors:
        """Worked out once for each medicine of a plan: every step asks for them again."""
        if medicine not in self._known:
            entries = [entry for table in self.tables if (entry := table.entry(medicine))]
            named = self.named.entry(medicine) if self.named else None
            high = max(entry.diazepam_mg_per_mg_high for entry in entries)
            self._known[medicine] = _Factors(
                low=min(entry.diazepam_mg_per_mg_low for entry in entries),
                chosen=named.diazepam_mg_per_mg_low if named else high,
                high=high,
            )
        return self._known[medicine]


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
    parts = [_times(factor(medicine), amount) for medicine, amount in daily.items()]
    return parts[0] if len(parts) == 1 else sum(parts, Fraction(0))


def _times(mg_per_mg: Fraction, tenth_mcg: int) -> Fraction:
    return Fraction(tenth_mcg * mg_per_mg.numerator, TENTH_MCG_PER_MG * mg_per_mg.denominator)
