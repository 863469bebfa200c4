"""Milligrams of diazepam by each shipped table, in exact fractions. Tables are never averaged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from taper_app.clinical.checking.shapes import Amounts
from taper_app.clinical.protocol.equivalence import EquivalenceEntry, EquivalenceTable

DIAZEPAM = "diazepam"
_Factor = Callable[[EquivalenceEntry], Fraction]


@dataclass(frozen=True, slots=True)
class Equivalents:
    """The shipped tables, and the one that the plan names (None: none was named)."""

    tables: Mapping[str, EquivalenceTable]
    chosen_table: EquivalenceTable | None

    def low(self, amounts: Amounts) -> Fraction | None:
        """The smallest diazepam dose over the tables that list every medicine of the day; None when none does."""
        totals = self._totals(amounts, _smaller)
        return min(totals.values()) if totals else None

    def high(self, amounts: Amounts) -> Fraction | None:
        totals = self._totals(amounts, _larger)
        return max(totals.values()) if totals else None

    def chosen(self, amounts: Amounts) -> Fraction | None:
        """By the named table; without one, the highest."""
        if self.chosen_table is None:
            return self.high(amounts)
        return self.by(self.chosen_table, amounts)

    def by(self, table: EquivalenceTable, amounts: Amounts) -> Fraction | None:
        """By one table; of a printed range the end that gives the smaller diazepam dose. None: not listed."""
        return _total(table, amounts, _smaller)

    def others_than_chosen(self) -> tuple[EquivalenceTable, ...]:
        return tuple(
            table
            for name, table in sorted(self.tables.items())
            if self.chosen_table is None or table is not self.chosen_table
        )

    def comparable(self, earlier: Amounts, later: Amounts) -> tuple[Fraction, Fraction] | None:
        """Two days' doses in one unit: mg of the one medicine, or diazepam by the named table."""
        medicines = set(earlier) | set(later)
        if len(medicines) <= 1:
            return sum(earlier.values(), Fraction(0)), sum(later.values(), Fraction(0))
        if self.chosen_table is None:
            return None
        one, other = self.by(self.chosen_table, earlier), self.by(self.chosen_table, later)
        return None if one is None or other is None else (one, other)

    def _totals(self, amounts: Amounts, factor: _Factor) -> dict[str, Fraction]:
        if not amounts:
            return {"none taken": Fraction(0)}
        found = {name: _total(table, amounts, factor) for name, table in self.tables.items()}
        return {name: total for name, total in found.items() if total is not None}


def differ(earlier: Amounts, later: Amounts) -> bool:
    """Whether two days cannot be compared in milligrams of one medicine."""
    return len(set(earlier) | set(later)) > 1


def _total(table: EquivalenceTable, amounts: Amounts, factor: _Factor) -> Fraction | None:
    total = Fraction(0)
    for medicine, mg in amounts.items():
        entry = table.entry(medicine)
        if entry is None:
            return None
        total += mg * factor(entry)
    return total


def _smaller(entry: EquivalenceEntry) -> Fraction:
    return entry.diazepam_mg_per_mg_low


def _larger(entry: EquivalenceEntry) -> Fraction:
    return entry.diazepam_mg_per_mg_high
