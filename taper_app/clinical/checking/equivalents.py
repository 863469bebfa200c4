"""Diazepam that matches a day's dose, by each shipped table that converts, in exact fractions. Never averaged."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from taper_app.clinical.checking.numbers import Exact, half_even, simplest
from taper_app.clinical.checking.shapes import Amounts
from taper_app.clinical.protocol.equivalence import EquivalenceEntry, EquivalenceTable

DIAZEPAM = "diazepam"
#: Low, chosen and high.
Figures = tuple[int | None, int | None, int | None]


class Equivalents:
    """The tables that convert, and the one of them that the plan names (None: none was named)."""

    def __init__(self, tables: Mapping[str, EquivalenceTable], named: str | None) -> None:
        self.tables = {name: table for name, table in tables.items() if table.is_for_conversion}
        self.chosen_table = self.tables.get(named) if named else None
        self._ranges: dict[str, tuple[Exact | None, Exact | None]] = {}
        self._by_table: dict[tuple[object, ...], Fraction | None] = {}
        self._factors: dict[tuple[str, str], Exact | None] = {}

    def low(self, amounts: Amounts) -> Fraction | None:
        """Each medicine by the table that gives it least, summed; None when one stands in no table."""
        return _sum(amounts, {medicine: self._range(medicine)[0] for medicine in amounts})

    def high(self, amounts: Amounts) -> Fraction | None:
        """Each medicine by the table that gives it most, summed; None when one stands in no table."""
        return _sum(amounts, {medicine: self._range(medicine)[1] for medicine in amounts})

    def chosen(self, amounts: Amounts) -> Fraction | None:
        """By the named table; without one, the highest."""
        if self.chosen_table is None:
            return self.high(amounts)
        return self.by(self.chosen_table, amounts)

    def by(self, table: EquivalenceTable, amounts: Amounts) -> Fraction | None:
        """By one table; of a printed range the end that gives the smaller diazepam dose. None: not listed."""
        key = (table.id, *amounts.items())
        if key not in self._by_table:
            self._by_table[key] = _sum(amounts, {medicine: self._factor(table, medicine) for medicine in amounts})
        return self._by_table[key]

    def figures(self, amounts: Amounts) -> Figures:
        """What a plan prints beside a day's dose, rounded to 0.0001 mg."""
        return _rounded(self.low(amounts)), _rounded(self.chosen(amounts)), _rounded(self.high(amounts))

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

    def _range(self, medicine: str) -> tuple[Exact | None, Exact | None]:
        """The least and the most diazepam that a unit of a medicine matches."""
        if medicine not in self._ranges:
            entries = [entry for table in self.tables.values() if (entry := table.entry(medicine)) is not None]
            low, high = [_smaller(entry) for entry in entries], [_larger(entry) for entry in entries]
            self._ranges[medicine] = (simplest(min(low)), simplest(max(high))) if entries else (None, None)
        return self._ranges[medicine]

    def _factor(self, table: EquivalenceTable, medicine: str) -> Exact | None:
        key = (table.id, medicine)
        if key not in self._factors:
            entry = table.entry(medicine)
            self._factors[key] = None if entry is None else simplest(_smaller(entry))
        return self._factors[key]


def differ(earlier: Amounts, later: Amounts) -> bool:
    """Whether two days cannot be compared in milligrams of one medicine."""
    return len({*earlier, *later}) > 1


def _sum(amounts: Amounts, factors: Mapping[str, Exact | None]) -> Fraction | None:
    total: Exact = 0
    for medicine, amount in amounts.items():
        factor = factors[medicine]
        if factor is None:
            return None
        total += amount * factor
    return Fraction(total)


def _rounded(exact: Fraction | None) -> int | None:
    return None if exact is None else half_even(exact.numerator, exact.denominator)


def _smaller(entry: EquivalenceEntry) -> Fraction:
    """The end of a printed range that gives the smaller diazepam dose."""
    return _per_mg(entry.printed_against_diazepam_mg, entry.printed_mg_high)


def _larger(entry: EquivalenceEntry) -> Fraction:
    return _per_mg(entry.printed_against_diazepam_mg, entry.printed_mg_low)


@lru_cache(maxsize=512)
def _per_mg(diazepam: Decimal, printed: Decimal) -> Fraction:
    return Fraction(diazepam) / Fraction(printed)
