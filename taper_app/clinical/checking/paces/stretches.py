"""Paces in milligrams: fixed cuts, percent of the start, ladders and tables.

Each is a row of stretches of dose, highest first; within a stretch time runs evenly, so many days for so many
milligrams. Amounts are exact fractions of a unit of the tapered medicine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from taper_app.clinical.checking.numbers import Exact


@dataclass(frozen=True, slots=True)
class Stretch:
    """Above ``bottom`` (up to the stretch before, or without end) ``cut`` takes ``days``; at most ``most`` at once."""

    bottom: Exact
    cut: Exact
    most: Exact
    days: Exact
    least_days: int


@dataclass(frozen=True, slots=True)
class StretchPace:
    """``top``: the highest dose that a cut is printed for, None without an upper end."""

    stretches: tuple[Stretch, ...]
    top: Exact | None
    every_days: int
    has_no_end: bool = False

    def least_days(self, dose: int) -> int:
        return self.stretch(dose).least_days

    def asked(self, dose: int) -> tuple[Exact, ...]:
        """By the stretch that the dose lies in, and along the curve that slows where the next one begins."""
        stretch = self.stretch(dose)
        by_stretch = dose - stretch.cut
        if by_stretch >= stretch.bottom:
            return (by_stretch,)
        return tuple(sorted({max(by_stretch, 0), self._after_one_interval(dose)}))

    def is_bigger_than_asked(self, dose: int, lower: int) -> bool:
        return dose - lower > self.stretch(dose).cut and lower < self.asked(dose)[0]

    def is_long_enough(self, dose: int, lower: Exact, days: int) -> bool:
        taken = [
            Fraction((top - bottom) * stretch.days) / stretch.cut
            for top, bottom, stretch in self._way_down(dose, lower)
        ]
        return sum(taken) <= days

    def is_above_printed(self, dose: int, lower: int) -> bool | None:
        return dose - lower > self.stretch(dose).most

    def is_above_bands(self, dose: int) -> bool:
        return self.top is not None and dose > self.top

    def stretch(self, dose: int) -> Stretch:
        """The stretch that a dose lies in, its upper end included; above the highest, that one."""
        return next((each for each in self.stretches if dose > each.bottom), self.stretches[-1])

    def _way_down(self, dose: int, lower: Exact) -> Iterator[tuple[Exact, Exact, Stretch]]:
        """(upper end, lower end, stretch) of each part of the way from ``dose`` down to ``lower``."""
        top: Exact = dose
        for stretch in self.stretches:
            bottom = max(lower, stretch.bottom)
            if top > bottom:
                yield top, bottom, stretch
                top = bottom

    def _after_one_interval(self, dose: int) -> Exact:
        left = Fraction(1)
        for top, bottom, stretch in self._way_down(dose, 0):
            needed = Fraction(top - bottom) / stretch.cut
            if needed >= left:
                return top - left * stretch.cut
            left -= needed
        return 0


@dataclass(frozen=True, slots=True)
class TablePace(StretchPace):
    """From a dose the next lower printed line is asked; above the first line of all the first cut goes on."""

    def asked(self, dose: int) -> tuple[Exact, ...]:
        if self.is_above_bands(dose):
            return (dose - self.stretches[0].cut,)
        return (self.stretch(dose).bottom,)

    def is_bigger_than_asked(self, dose: int, lower: int) -> bool:
        return lower < self.asked(dose)[0]

    def is_above_printed(self, dose: int, lower: int) -> bool | None:
        """From between two lines the line below may be meant, or the whole cut from line to line."""
        if dose - lower > self.stretch(dose).most:
            return True
        return None if self.is_bigger_than_asked(dose, lower) else False
