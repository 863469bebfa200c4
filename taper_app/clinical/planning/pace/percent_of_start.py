"""A cut in percent of the dose that the cuts began from: the same number of milligrams each time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil

from taper_app.clinical.planning.pace.asked import AskedFigures, range_in_words, shown_mg, stop_needs_until
from taper_app.clinical.protocol.tapers import PacePercentOfStart, TimeToStop
from taper_app.clinical.quantities import percent_text


@dataclass(frozen=True, slots=True)
class PercentOfStart:
    """T(a→b) = every_days x (a-b)/cut.

    ``start`` (tenth_mcg) is the dose the cuts began from: after a cross-over the new medicine's. It is 0 until
    that is known; ``begun_from`` sets it before the first cut is looked for.
    """

    cut_percent: Decimal
    every_days: int
    printed: PacePercentOfStart
    start: int
    time_to_stop: TimeToStop = TimeToStop.ZERO
    has_no_end: bool = False

    @property
    def source(self) -> str:
        return self.printed.source

    @property
    def cut(self) -> Fraction:
        """tenth_mcg each time."""
        return self.start * Fraction(self.cut_percent) / 100

    def least_days(self, dose: int) -> int:
        return self.every_days

    def lowest_after(self, dose: int) -> Fraction:
        return max(Fraction(0), dose - self.cut)

    def time(self, dose: int, lower: Fraction) -> Fraction:
        """T in days, exact."""
        return self.every_days * (dose - lower) / self.cut

    def days_needed(self, dose: int, lower: Fraction) -> int:
        return ceil(self.time(dose, lower))

    def stop_needs_until(self, last_dose: int) -> Fraction:
        return stop_needs_until(self.time_to_stop, last_dose)

    def is_above_printed_maximum(self, dose: int, lower: int) -> bool:
        return (dose - lower) * 100 > Fraction(self.printed.most_cut_percent) * self.start

    def printed_range(self, dose: int) -> str:
        least = self.printed.least_cut_percent
        most = percent_text(self.printed.most_cut_percent)
        return range_in_words(percent_text(least) if least else None, most, "% of the starting dose")

    def asked_in_words(self, dose: int) -> str:
        return (
            f"{percent_text(self.cut_percent)} % of the starting dose of {shown_mg(Fraction(self.start))} "
            f"is {shown_mg(self.cut)}, and that much less than {shown_mg(Fraction(dose))} "
            f"is {shown_mg(self.lowest_after(dose))}"
        )

    def asked_figures(self) -> AskedFigures:
        return AskedFigures(self.every_days, cut_percent=self.cut_percent)

    def begun_from(self, dose: int) -> PercentOfStart:
        return replace(self, start=dose)
