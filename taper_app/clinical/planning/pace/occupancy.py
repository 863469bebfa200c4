"""The same cut in percentage points of receptor occupancy each time. Its one constant is contested."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

from taper_app.clinical.planning.pace.asked import AskedFigures, range_in_words, shown_mg, stop_needs_until
from taper_app.clinical.protocol.tapers import PaceOccupancy, TimeToStop
from taper_app.clinical.quantities import TENTH_MCG_PER_MG, percent_text

POINTS = "percentage points of occupancy"


@dataclass(frozen=True, slots=True)
class Occupancy:
    """O(dose) = dose/(dose + half); T(a→b) = every_days x (O(a)-O(b))/cut, in exact fractions.

    ``scale``: mg diazepam that match 1 mg of the tapered medicine, by the chosen table. The time to zero has an
    end, but near zero a single cut takes many intervals: a step is bounded as with percent of the current dose.
    """

    cut_percent: Decimal
    every_days: int
    printed: PaceOccupancy
    scale: Fraction
    time_to_stop: TimeToStop = TimeToStop.ZERO
    has_no_end: bool = True

    @property
    def source(self) -> str:
        return self.printed.source

    @property
    def half_mg(self) -> Decimal:
        """mg diazepam at which half of the receptors are taken to be occupied."""
        return self.printed.half_occupancy_diazepam_mg.mg

    def occupied(self, dose: Fraction) -> Fraction:
        """The part of the receptors (0 to 1) that a daily dose (tenth_mcg) is taken to occupy."""
        mg = dose * self.scale / TENTH_MCG_PER_MG
        return mg / (mg + Fraction(self.half_mg))

    def least_days(self, dose: int) -> int:
        return self.every_days

    def lowest_after(self, dose: int) -> Fraction:
        left = self.occupied(Fraction(dose)) - Fraction(self.cut_percent) / 100
        if left <= 0:
            return Fraction(0)
        return Fraction(self.half_mg) * left / (1 - left) / self.scale * TENTH_MCG_PER_MG

    def time(self, dose: int, lower: Fraction) -> Fraction:
        """T in days, exact."""
        fallen = self.occupied(Fraction(dose)) - self.occupied(lower)
        return self.every_days * fallen * 100 / Fraction(self.cut_percent)

    def days_needed(self, dose: int, lower: Fraction) -> int:
        return ceil(self.time(dose, lower))

    def stop_needs_until(self, last_dose: int) -> Fraction:
        return stop_needs_until(self.time_to_stop, last_dose)

    def is_above_printed_maximum(self, dose: int, lower: int) -> bool:
        fallen = self.occupied(Fraction(dose)) - self.occupied(Fraction(lower))
        return fallen * 100 > Fraction(self.printed.most_cut_percent)

    def printed_range(self, dose: int) -> str:
        printed = self.printed
        return range_in_words(percent_text(printed.least_cut_percent), percent_text(printed.most_cut_percent), POINTS)

    def asked_in_words(self, dose: int) -> str:
        lower = self.lowest_after(dose)
        now, then = percent_text(self.occupied(Fraction(dose)) * 100), percent_text(self.occupied(lower) * 100)
        return (
            f"{percent_text(self.cut_percent)} {POINTS} less than the {now} % at {shown_mg(Fraction(dose))} "
            f"is {then} %, reached at {shown_mg(lower)}"
        )

    def asked_figures(self) -> AskedFigures:
        return AskedFigures(self.every_days, cut_percent=self.cut_percent)

    def begun_from(self, dose: int) -> Occupancy:
        return self
