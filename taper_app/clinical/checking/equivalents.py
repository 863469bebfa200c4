"""Diazepam that matches a day's dose, by each shipped table that converts, in exact fractions. Never averaged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from taper_app.clinical.checking.numbers import half_even
from taper_app.clinical.checking.shapes import Amounts
from taper_app.clinical.protocol.equivalence import EquivalenceEntry, EquivalenceTable

DIAZEPAM = "diazepam"
_Factor = Callable[[EquivalenceEntry], Fraction]
#: Low, chosen and high.
Figures = tuple[int | None, int | None, int | None]


class Equivalents:
    """The tables that convert, and the one of them that the plan names (None: none was named)."""

    def __init__(self, tables: Mapping[str, EquivalenceTable], named: str | None) -> None:
        self.tables = {name: table for name, table in tables.items() if table.is_for_conversion}
        self.chosen_table = self.tables.get(named) if named else None
        self._one: dict[str, tuple[Fraction | None, Fraction | None, Fraction | None]] = {}

    def low(self, amounts: Amounts) -> Fraction | None:
        """The smallest diazepam dose over the tables that list every medicine of the day; None when none does."""
        totals = self._totals(amounts, _smaller)
        return min(totals) if totals else None

    def high(self, amounts: Amounts) -> Fraction | None:
        totals = self._totals(amounts, _larger)
        return max(totals) if totals else None

    def chosen(self, amounts: Amounts) -> Fraction | None:
        """By the named table; without one, the highest."""
        if self.chosen_table is None:
            return self.high(amounts)
        return self.by(self.chosen_table, amounts)

    def by(self, table: EquivalenceTable, amounts: Amounts) -> Fraction | None:
        """By one table; of a printed range the end that gives the smaller diazepam dose. None: not listed."""
        return _total(table, amounts, _smaller)

    def highest_of_each(self, amounts: Amounts) -> Fraction | None:
        """Each medicine by the table that gives it most; None when one is in no table."""
        totals = [self.high({medicine: amount}) for medicine, amount in amounts.items()]
        return sum((total for total in totals if total is not None), Fraction(0)) if None not in totals else None

    def figures(self, amounts: Amounts) -> Figures:
        """What a plan prints beside a day's dose, rounded to 0.0001 mg."""
        if len(amounts) == 1:
            ((medicine, dose),) = amounts.items()
            low, chosen, high = self._factors(medicine)
            return _times(dose, low), _times(dose, chosen), _times(dose, high)
        return _times(1, self.low(amounts)), _times(1, self.chosen(amounts)), _times(1, self.high(amounts))

    def others_than_chosen(self) -> tuple[EquivalenceTable, ...]:
        return tuple(table for _, table in sorted(self.tables.items()) if table is not self.chosen_table)

    def spread(self, medicine: str, target: str) -> Fraction | None:
        """How many times the most of ``target`` that a table matches with a medicine is the least that one does.

        Over the tables that list both, printed ranges at both ends; None when no table does.
        """
        matches: list[Fraction] = []
        for table in self.tables.values():
            one, other = table.entry(medicine), table.entry(target)
            if one is not None and other is not None:
                matches.append(_smaller(one) / _larger(other))
                matches.append(_larger(one) / _smaller(other))
        return max(matches) / min(matches) if matches else None

    def comparable(self, earlier: Amounts, later: Amounts) -> tuple[int | Fraction, int | Fraction] | None:
        """Two days' doses in one unit: of the one medicine, or of diazepam by the named table."""
        if not differ(earlier, later):
            return sum(earlier.values()), sum(later.values())
        if self.chosen_table is None:
            return None
        one, other = self.by(self.chosen_table, earlier), self.by(self.chosen_table, later)
        return None if one is None or other is None else (one, other)

    def _factors(self, medicine: str) -> tuple[Fraction | None, Fraction | None, Fraction | None]:
        if medicine not in self._one:
            one = {medicine: 1}
            self._one[medicine] = (self.low(one), self.chosen(one), self.high(one))
        return self._one[medicine]

    def _totals(self, amounts: Amounts, factor: _Factor) -> list[Fraction]:
        found = [_total(table, amounts, factor) for table in self.tables.values()]
        return [total for total in found if total is not None]


def differ(earlier: Amounts, later: Amounts) -> bool:
    """Whether two days cannot be compared in milligrams of one medicine."""
    return len({*earlier, *later}) > 1


def _times(dose: int, factor: Fraction | None) -> int | None:
    return None if factor is None else half_even(dose * factor.numerator, factor.denominator)


def _total(table: EquivalenceTable, amounts: Amounts, factor: _Factor) -> Fraction | None:
    total = Fraction(0)
    for medicine, amount in amounts.items():
        entry = table.entry(medicine)
        if entry is None:
            return None
        total += amount * factor(entry)
    return total


def _smaller(entry: EquivalenceEntry) -> Fraction:
    return entry.diazepam_mg_per_mg_low


def _larger(entry: EquivalenceEntry) -> Fraction:
    return entry.diazepam_mg_per_mg_high
