"""A percentage of the dose taken now."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from taper_app.clinical.checking.numbers import Exact


@dataclass(frozen=True, slots=True)
class PercentPace:
    """Its time down to zero has no end. ``cut_percent`` lies above 0 and below 100."""

    cut_percent: Fraction
    most_cut_percent: Fraction
    every_days: int
    has_no_end: bool = True
    _kept: Fraction = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_kept", (100 - self.cut_percent) / 100)

    def least_days(self, dose: int) -> int:
        return self.every_days

    def asked(self, dose: int) -> tuple[Exact, ...]:
        return (dose * self._kept,)

    def is_bigger_than_asked(self, dose: int, lower: int) -> bool:
        return (dose - lower) * 100 * self.cut_percent.denominator > self.cut_percent.numerator * dose

    def is_long_enough(self, dose: int, lower: Exact, days: int) -> bool:
        """every x ln(a/b) / ln(1/(1-p)) <= days, written as a^every x (1-p)^days <= b^every."""
        if not lower:
            return False
        ratio, kept = Fraction(dose, lower), self._kept
        left = ratio.numerator**self.every_days * kept.numerator**days
        right = ratio.denominator**self.every_days * kept.denominator**days
        return bool(left <= right)

    def is_above_printed(self, dose: int, lower: int) -> bool:
        return (dose - lower) * 100 * self.most_cut_percent.denominator > self.most_cut_percent.numerator * dose

    def is_above_bands(self, dose: int) -> bool:
        return False
