"""The same number of milligrams of one medicine each time."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from taper_app.clinical.planning.pace.asked import AskedFigures, range_in_words, shown_mg, stop_needs_until
from taper_app.clinical.protocol.tapers import PaceFixedMg, TimeToStop
from taper_app.clinical.quantities import TENTH_MCG_PER_MG, mg_of, plain


@dataclass(frozen=True, slots=True)
class FixedMg:
    """T(a→b) = every_days x (a-b)/cut. ``cut`` in tenth_mcg."""

    cut: int
    every_days: int
    printed: PaceFixedMg
    time_to_stop: TimeToStop = TimeToStop.ZERO
    has_no_end: bool = False

    @property
    def source(self) -> str:
        return self.printed.source

    def least_days(self, dose: int) -> int:
        return self.every_days

    def lowest_after(self, dose: int) -> Fraction:
        return Fraction(max(0, dose - self.cut))

    def time(self, dose: int, lower: Fraction) -> Fraction:
        """T in days, exact."""
        return self.every_days * (dose - lower) / self.cut

    def days_needed(self, dose: int, lower: Fraction) -> int:
        return ceil(self.time(dose, lower))

    def stop_needs_until(self, last_dose: int) -> Fraction:
        return stop_needs_until(self.time_to_stop, last_dose)

    def is_above_printed_maximum(self, dose: int, lower: int) -> bool:
        return dose - lower > self.printed.most_cut_mg * TENTH_MCG_PER_MG

    def printed_range(self, dose: int) -> str:
        least = self.printed.least_cut_mg
        return range_in_words(plain(least) if least else None, plain(self.printed.most_cut_mg), "mg")

    def asked_in_words(self, dose: int) -> str:
        cut = shown_mg(Fraction(self.cut))
        return f"{cut} less than {shown_mg(Fraction(dose))} is {shown_mg(self.lowest_after(dose))}"

    def asked_figures(self) -> AskedFigures:
        return AskedFigures(self.every_days, cut_mg=mg_of(self.cut))

    def begun_from(self, dose: int) -> FixedMg:
        return self
