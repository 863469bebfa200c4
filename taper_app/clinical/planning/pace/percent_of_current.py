"""A cut in percent of the dose taken now. It never reaches zero, so its longest step is bounded."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import ceil, log1p

from taper_app.clinical.planning.pace.asked import AskedFigures, range_in_words, shown_mg, stop_needs_until
from taper_app.clinical.protocol.tapers import PacePercentOfCurrent, TimeToStop
from taper_app.clinical.quantities import percent_text

#: A time longer than this is bounded by ``longest_step_days`` in any request, so that nobody reads it to the day.
_BEYOND_ANY_STEP = 10_000


@dataclass(frozen=True)
class PercentOfCurrent:
    """T(a→b) = every_days x ln(a/b) / ln(1/(1-cut))."""

    cut_percent: Decimal
    every_days: int
    printed: PacePercentOfCurrent
    time_to_stop: TimeToStop = TimeToStop.HALF_OF_LAST_DOSE
    has_no_end: bool = True

    @property
    def source(self) -> str:
        return self.printed.source

    def least_days(self, dose: int) -> int:
        return self.every_days

    def lowest_after(self, dose: int) -> Fraction:
        return Fraction(dose * self._kept.numerator, self._kept.denominator)

    def days_needed(self, dose: int, lower: Fraction) -> int:
        """Smallest n with (dose/lower)^every_days <= (100/(100-cut))^n: guessed with logarithms, decided exactly."""
        if lower >= dose:
            return 0
        fall = float((dose - lower) / lower)
        days = ceil(self.every_days * log1p(fall) / -log1p(-float(self.cut_percent) / 100))
        if days > _BEYOND_ANY_STEP:
            return days
        while not self._reaches(dose, lower, days=days):
            days += 1
        while self._reaches(dose, lower, days=days - 1):
            days -= 1
        return days

    def _reaches(self, dose: int, lower: Fraction, *, days: int) -> bool:
        """Whether the pace has come down from ``dose`` to ``lower`` after so many days, compared in integers."""
        left: int = (dose * lower.denominator) ** self.every_days * self._kept.numerator**days
        right: int = lower.numerator**self.every_days * self._kept.denominator**days
        return left <= right

    @cached_property
    def _kept(self) -> Fraction:
        """The part of a dose that one cut leaves; asked for at every dose of a search."""
        return (100 - Fraction(self.cut_percent)) / 100

    def stop_needs_until(self, last_dose: int) -> Fraction:
        return stop_needs_until(self.time_to_stop, last_dose)

    def is_above_printed_maximum(self, dose: int, lower: int) -> bool:
        return (dose - lower) * 100 > Fraction(self.printed.most_cut_percent) * dose

    def printed_range(self, dose: int) -> str:
        least = self.printed.least_cut_percent
        return range_in_words(percent_text(least) if least else None, percent_text(self.printed.most_cut_percent), "%")

    def asked_in_words(self, dose: int) -> str:
        return (
            f"{percent_text(self.cut_percent)} % less than {shown_mg(Fraction(dose))} "
            f"is {shown_mg(self.lowest_after(dose))}"
        )

    def asked_figures(self) -> AskedFigures:
        return AskedFigures(self.every_days, cut_percent=self.cut_percent)

    def begun_from(self, dose: int) -> PercentOfCurrent:
        return self
