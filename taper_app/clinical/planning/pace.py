"""How fast a source goes: the lowest dose a cut may reach, and how long the pace takes for a cut.

T(a→b) is the time the asked pace itself needs from a to b. It is compared exactly, in integers and
fractions, so that 14 days never become 15 by a rounding error.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, log1p
from typing import Protocol

from taper_app.clinical.planning.equivalents import Converter
from taper_app.clinical.protocol.tapers import (
    LadderBand,
    PaceFixedMg,
    PaceLadder,
    PacePercentOfCurrent,
    PublishedTaper,
)
from taper_app.clinical.quantities import TENTH_MCG_PER_MG, mg_text, percent_text, rounded


class AskedPace(Protocol):
    """A pace with its numbers settled. Doses are whole tenth_mcg of the tapered medicine."""

    @property
    def every_days(self) -> int: ...
    def least_days(self, dose: int) -> int:
        """The shortest time on ``dose`` (tenth_mcg)."""

    @property
    def source(self) -> str: ...
    @property
    def has_no_end(self) -> bool:
        """Whether the time to zero has no end, so that a step's length has to be bounded."""

    def lowest_after(self, dose: int) -> Fraction:
        """The dose that the pace asks for after ``dose`` (tenth_mcg, may be a fraction, never below 0)."""

    def days_needed(self, dose: int, lower: Fraction) -> int:
        """T(dose→lower) rounded up to whole days."""

    def is_above_printed_maximum(self, dose: int, lower: int) -> bool:
        """Whether a makeable cut is bigger than the largest cut that the source prints for this dose."""

    def printed_range(self, dose: int) -> str:
        """The source's printed cut in words, such as ``5 to 10 %``."""

    def asked_in_words(self, dose: int) -> str:
        """``10 % less than 2 mg is 1.8 mg``."""

    def stop_needs_until(self, last_dose: int) -> Fraction:
        """The dose to which T is taken before the stop: half of the last dose, or zero."""


#: Far more than the relative error of the logarithms: an estimate this near to a whole day is settled exactly.
_FLOAT_ERROR = 1e-9
#: A time longer than this is bounded by ``longest_step_days`` in any request, so that nobody reads it to the day.
_BEYOND_ANY_STEP = 10_000


@dataclass(frozen=True, slots=True)
class PercentOfCurrent:
    """A cut in percent of the dose taken now. It never reaches zero, so its longest step is bounded."""

    cut_percent: Decimal
    every_days: int
    printed: PacePercentOfCurrent
    has_no_end: bool = True

    @property
    def source(self) -> str:
        return self.printed.source

    def least_days(self, dose: int) -> int:
        return self.every_days

    def lowest_after(self, dose: int) -> Fraction:
        return dose * (100 - Fraction(self.cut_percent)) / 100

    def days_needed(self, dose: int, lower: Fraction) -> int:
        """Smallest n with (dose/lower)^every_days <= (100/(100-cut))^n, estimated by a float, settled exactly."""
        if lower >= dose:
            return 0
        estimate = self.every_days * log1p(float((dose - lower) / lower)) / -log1p(-float(self.cut_percent) / 100)
        nearest = round(estimate)
        is_settled = abs(estimate - nearest) > _FLOAT_ERROR * max(1, estimate) or estimate > _BEYOND_ANY_STEP
        if is_settled or self._reaches(dose, lower, days=nearest):
            return ceil(estimate) if is_settled else nearest
        return nearest + 1

    def _reaches(self, dose: int, lower: Fraction, *, days: int) -> bool:
        """Whether the pace has come down from ``dose`` to ``lower`` after so many days, compared exactly."""
        kept = (100 - Fraction(self.cut_percent)) / 100
        return (Fraction(dose) / lower) ** self.every_days * kept**days <= 1

    def is_above_printed_maximum(self, dose: int, lower: int) -> bool:
        return Fraction(dose - lower, dose) * 100 > Fraction(self.printed.most_cut_percent)

    def printed_range(self, dose: int) -> str:
        least, most = self.printed.least_cut_percent, self.printed.most_cut_percent
        return f"{percent_text(least)} to {percent_text(most)} %" if least else f"at most {percent_text(most)} %"

    def asked_in_words(self, dose: int) -> str:
        return (
            f"{percent_text(self.cut_percent)} % less than {shown_mg(Fraction(dose))} "
            f"is {shown_mg(self.lowest_after(dose))}"
        )

    def stop_needs_until(self, last_dose: int) -> Fraction:
        return Fraction(last_dose, 2)


@dataclass(frozen=True, slots=True)
class FixedMg:
    """The same number of milligrams each time."""

    cut: int
    every_days: int
    printed: PaceFixedMg
    has_no_end: bool = False

    @property
    def source(self) -> str:
        return self.printed.source

    def least_days(self, dose: int) -> int:
        return self.every_days

    def lowest_after(self, dose: int) -> Fraction:
        return Fraction(max(0, dose - self.cut))

    def days_needed(self, dose: int, lower: Fraction) -> int:
        return ceil(self.every_days * (dose - lower) / self.cut)

    def is_above_printed_maximum(self, dose: int, lower: int) -> bool:
        return dose - lower > self.printed.most_cut_mg * TENTH_MCG_PER_MG

    def printed_range(self, dose: int) -> str:
        return f"at most {mg_text(self.printed.most_cut_mg)}"

    def asked_in_words(self, dose: int) -> str:
        cut = shown_mg(Fraction(self.cut))
        return f"{cut} less than {shown_mg(Fraction(dose))} is {shown_mg(self.lowest_after(dose))}"

    def stop_needs_until(self, last_dose: int) -> Fraction:
        return Fraction(0)


@dataclass(frozen=True, slots=True)
class Ladder:
    """Milligrams of diazepam that change from band to band; another medicine's doses are converted first.

    ``cut_mg`` replaces the bands' own cuts when the request names one. Above the highest band that band's
    cut goes on (the plan then carries a warning).
    """

    every_days: int
    printed: PaceLadder
    to_diazepam: Fraction
    cut_mg: Decimal | None = None
    has_no_end: bool = False

    @property
    def source(self) -> str:
        return self.printed.source

    def band_of(self, dose: int) -> LadderBand:
        """The band in which a dose lies (its upper end inclusive)."""
        diazepam_mg = self._diazepam_mg(Fraction(dose))
        lying = [band for band in self.printed.bands if Fraction(band.to_mg) < diazepam_mg <= Fraction(band.from_mg)]
        return lying[0] if lying else self.printed.bands[0]

    def is_above_highest_band(self, dose: int) -> bool:
        return self._diazepam_mg(Fraction(dose)) > Fraction(self.printed.bands[0].from_mg)

    def cut_in(self, band: LadderBand) -> Fraction:
        """The asked cut within a band, in mg diazepam."""
        return Fraction(self.cut_mg if self.cut_mg is not None else band.cut_mg)

    def least_days(self, dose: int) -> int:
        return self.every_days

    def lowest_after(self, dose: int) -> Fraction:
        return max(Fraction(0), dose - self._tenth_mcg(self.cut_in(self.band_of(dose))))

    def days_needed(self, dose: int, lower: Fraction) -> int:
        high_mg, low_mg = self._diazepam_mg(Fraction(dose)), self._diazepam_mg(lower)
        top = self.printed.bands[0]
        days = max(Fraction(0), high_mg - max(low_mg, Fraction(top.from_mg))) / self.cut_in(top)
        for band in self.printed.bands:
            inside = min(high_mg, Fraction(band.from_mg)) - max(low_mg, Fraction(band.to_mg))
            days += max(Fraction(0), inside) / self.cut_in(band)
        return ceil(self.every_days * days)

    def is_above_printed_maximum(self, dose: int, lower: int) -> bool:
        return self._diazepam_mg(Fraction(dose - lower)) > Fraction(self.band_of(dose).most_cut_mg)

    def printed_range(self, dose: int) -> str:
        band = self.band_of(dose)
        if band.least_cut_mg == band.most_cut_mg:
            return f"{mg_text(band.most_cut_mg)} diazepam"
        return f"{mg_text(band.least_cut_mg)} to {mg_text(band.most_cut_mg)} diazepam"

    def asked_in_words(self, dose: int) -> str:
        cut = shown_mg(self._tenth_mcg(self.cut_in(self.band_of(dose))))
        return f"{cut} less than {shown_mg(Fraction(dose))} is {shown_mg(self.lowest_after(dose))}"

    def stop_needs_until(self, last_dose: int) -> Fraction:
        return Fraction(0)

    def _diazepam_mg(self, tenth_mcg: Fraction) -> Fraction:
        return tenth_mcg / TENTH_MCG_PER_MG * self.to_diazepam

    def _tenth_mcg(self, diazepam_mg: Fraction) -> Fraction:
        return diazepam_mg / self.to_diazepam * TENTH_MCG_PER_MG


def shown_mg(tenth_mcg: Fraction) -> str:
    """A target in a reason text: three decimals, half to even (``1.688 mg``)."""
    return mg_text(rounded(tenth_mcg / TENTH_MCG_PER_MG, 3))


def settle_pace(
    taper: PublishedTaper,
    *,
    cut_percent: Decimal | None,
    cut_mg: Decimal | None,
    every_days: int | None,
    age_years: int | None,
    slow: bool,
    slow_cut_percent: Decimal,
    slow_every_days: int,
    medicine: str,
    converter: Converter,
) -> AskedPace:
    """The pace with the request's numbers where it names them, else the protocol's defaults.

    ``slow`` is set for a patient whose facts ask for the slow pace (a seizure history).
    """
    pace = taper.pace
    if isinstance(pace, PacePercentOfCurrent):
        default = pace.cut_percent
        if taper.older_adults and age_years is not None and age_years >= taper.older_adults.from_age_years:
            default = taper.older_adults.cut_percent
        days = pace.every_days
        if slow:
            default, days = min(default, slow_cut_percent), max(days, slow_every_days)
        return PercentOfCurrent(cut_percent if cut_percent is not None else default, every_days or days, pace)
    if isinstance(pace, PaceFixedMg):
        cut = cut_mg if cut_mg is not None else pace.cut_mg
        return FixedMg(int(cut * TENTH_MCG_PER_MG), every_days or pace.every_days, pace)
    return Ladder(every_days or pace.every_days, pace, converter.chosen_factor(medicine), cut_mg)
