"""The same cut in percentage points of receptor occupancy each time: occupancy = dose / (dose + half)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from taper_app.clinical.checking.numbers import Exact


@dataclass(frozen=True, slots=True)
class OccupancyPace:
    """``half``: the dose (units of the tapered medicine) at which half of the receptors are taken to be occupied."""

    half: Fraction
    cut_percent: Fraction
    most_cut_percent: Fraction
    every_days: int
    has_no_end: bool = True

    def least_days(self, dose: int) -> int:
        return self.every_days

    def asked(self, dose: int) -> tuple[Exact, ...]:
        left = self._occupancy(dose) - self.cut_percent / 100
        return (self.half * left / (1 - left) if left > 0 else 0,)

    def is_bigger_than_asked(self, dose: int, lower: int) -> bool:
        return self._points(dose, lower) > self.cut_percent

    def is_long_enough(self, dose: int, lower: Exact, days: int) -> bool:
        return self.every_days * self._points(dose, lower) <= days * self.cut_percent

    def is_above_printed(self, dose: int, lower: int) -> bool:
        return self._points(dose, lower) > self.most_cut_percent

    def is_above_bands(self, dose: int) -> bool:
        return False

    def _points(self, dose: int, lower: Exact) -> Fraction:
        return (self._occupancy(dose) - self._occupancy(lower)) * 100

    def _occupancy(self, dose: Exact) -> Fraction:
        return Fraction(dose) / (dose + self.half)
