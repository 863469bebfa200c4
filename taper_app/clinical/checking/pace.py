"""The pace that was asked, judged in whole-number arithmetic: no logarithm, no binary fraction.

Amounts are milligrams of the medicine for percentages, of the label's medicine for fixed cuts, and of
diazepam for ladders. Source of the rules: interfaces.md, "How the steps follow the pace".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from taper_app.clinical.protocol.tapers import LadderBand


@dataclass(frozen=True, slots=True)
class PercentPace:
    """A percentage of the dose taken now. Its time down to zero has no end; the stop counts to half the last dose."""

    cut_percent: Fraction
    most_cut_percent: Fraction
    every_days: int

    def asked(self, dose: Fraction) -> tuple[Fraction, ...]:
        """What the pace asks after ``dose``."""
        return (dose * (100 - self.cut_percent) / 100,)

    def is_long_enough(self, dose: Fraction, lower: Fraction, days: int) -> bool:
        """every x ln(a/b) / ln(1/(1-p)) <= days, written as a^every x (1-p)^days <= b^every."""
        ratio = dose / (lower or dose / 2)
        kept = (100 - self.cut_percent) / 100
        left = int(ratio.numerator) ** self.every_days * int(kept.numerator) ** days
        right = int(ratio.denominator) ** self.every_days * int(kept.denominator) ** days
        return bool(left <= right)

    def is_above_printed(self, dose: Fraction, lower: Fraction) -> bool:
        return (dose - lower) * 100 > self.most_cut_percent * dose


@dataclass(frozen=True, slots=True)
class FixedPace:
    """The same number of milligrams each time."""

    cut_mg: Fraction
    most_cut_mg: Fraction
    every_days: int

    def asked(self, dose: Fraction) -> tuple[Fraction, ...]:
        return (max(dose - self.cut_mg, Fraction(0)),)

    def is_long_enough(self, dose: Fraction, lower: Fraction, days: int) -> bool:
        return self.every_days * (dose - lower) <= days * self.cut_mg

    def is_above_printed(self, dose: Fraction, lower: Fraction) -> bool:
        return dose - lower > self.most_cut_mg


@dataclass(frozen=True, slots=True)
class LadderPace:
    """Cuts in mg diazepam by band, the upper end of a band inclusive; ``cut_mg`` replaces every band's own cut."""

    bands: tuple[LadderBand, ...]
    cut_mg: Fraction | None
    every_days: int

    def asked(self, dose: Fraction) -> tuple[Fraction, ...]:
        """Lowest first: by the band of the dose, and along the curve that slows where the next band begins."""
        by_band = max(dose - self._cut(self.band(dose)), Fraction(0))
        return tuple(sorted({by_band, self._after_one_interval(dose)}))

    def is_long_enough(self, dose: Fraction, lower: Fraction, days: int) -> bool:
        return sum((self._intervals(dose, lower)), Fraction(0)) * self.every_days <= days

    def is_above_printed(self, dose: Fraction, lower: Fraction) -> bool:
        return dose - lower > Fraction(self.band(dose).most_cut_mg)

    def is_above_bands(self, dose: Fraction) -> bool:
        return dose > Fraction(self.bands[0].from_mg)

    def band(self, dose: Fraction) -> LadderBand:
        """The band that a dose lies in; above the highest, that one."""
        below = [band for band in self.bands if dose > Fraction(band.to_mg)]
        return below[0] if below else self.bands[-1]

    def _cut(self, band: LadderBand) -> Fraction:
        return Fraction(band.cut_mg) if self.cut_mg is None else self.cut_mg

    def _stretches(self, dose: Fraction, lower: Fraction) -> Iterator[tuple[Fraction, Fraction, Fraction]]:
        """(upper end, lower end, cut) of each part of the way down that lies in one band."""
        for position, band in enumerate(self.bands):
            top = dose if position == 0 else min(dose, Fraction(band.from_mg))
            bottom = max(lower, Fraction(band.to_mg))
            if top > bottom:
                yield top, bottom, self._cut(band)

    def _intervals(self, dose: Fraction, lower: Fraction) -> Iterator[Fraction]:
        for top, bottom, cut in self._stretches(dose, lower):
            yield (top - bottom) / cut

    def _after_one_interval(self, dose: Fraction) -> Fraction:
        left = Fraction(1)
        for top, bottom, cut in self._stretches(dose, Fraction(0)):
            needed = (top - bottom) / cut
            if needed >= left:
                return top - left * cut
            left -= needed
        return Fraction(0)


AskedPace = PercentPace | FixedPace | LadderPace
