"""Milligrams of one medicine that change from band to band; another medicine's doses are scaled first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

from taper_app.clinical.planning.pace.asked import AskedFigures, range_in_words, shown_mg, stop_needs_until
from taper_app.clinical.protocol.tapers import LadderBand, PaceLadder, TimeToStop
from taper_app.clinical.quantities import TENTH_MCG_PER_MG, mg_text, plain


@dataclass(frozen=True, slots=True)
class Ladder:
    """T(a→b) is the sum over the bands of (mg inside the band)/(its cut) x (its days).

    ``scale``: mg of the ladder's medicine that match 1 mg of the tapered one. ``cut_mg`` (of the ladder's
    medicine) replaces the bands' own cuts when the request names one, ``every_days`` their own days when
    ``replaces_band_days``. Above the highest band that band's cut goes on (the plan then carries a warning).
    """

    every_days: int
    printed: PaceLadder
    scale: Fraction
    cut_mg: Decimal | None = None
    replaces_band_days: bool = False
    time_to_stop: TimeToStop = TimeToStop.ZERO
    has_no_end: bool = False

    @property
    def source(self) -> str:
        return self.printed.source

    @property
    def highest_printed_mg(self) -> Decimal | None:
        """The upper end of the highest band, in mg of the ladder's medicine; None when none is printed."""
        return self.printed.bands[0].from_mg

    def is_above_highest(self, dose: int) -> bool:
        highest = self.highest_printed_mg
        return highest is not None and self._mg(Fraction(dose)) > Fraction(highest)

    def band_of(self, dose: int) -> LadderBand:
        """The band in which a dose lies (its upper end inclusive); above the highest, that one."""
        mg, bands = self._mg(Fraction(dose)), self.printed.bands
        return next((band for band in bands if mg > Fraction(band.to_mg)), bands[-1])

    def cut_in(self, band: LadderBand) -> Decimal:
        """The asked cut within a band, in mg of the ladder's medicine."""
        return self.cut_mg if self.cut_mg is not None else band.cut_mg

    def least_days(self, dose: int) -> int:
        return self._days_in(self.band_of(dose))

    def lowest_after(self, dose: int) -> Fraction:
        return max(Fraction(0), dose - self._tenth_mcg(Fraction(self.cut_in(self.band_of(dose)))))

    def time(self, dose: int, lower: Fraction) -> Fraction:
        """T in days, exact."""
        high, low = self._mg(Fraction(dose)), self._mg(lower)
        return sum(
            (mg / Fraction(self.cut_in(band)) * self._days_in(band) for band, mg in self._inside_bands(high, low)),
            Fraction(0),
        )

    def days_needed(self, dose: int, lower: Fraction) -> int:
        return ceil(self.time(dose, lower))

    def stop_needs_until(self, last_dose: int) -> Fraction:
        return stop_needs_until(self.time_to_stop, last_dose)

    def is_above_printed_maximum(self, dose: int, lower: int) -> bool:
        return self._mg(Fraction(dose - lower)) > Fraction(self.band_of(dose).most_cut_mg)

    def printed_range(self, dose: int) -> str:
        band = self.band_of(dose)
        least = plain(band.least_cut_mg) if band.least_cut_mg is not None else None
        return range_in_words(least, plain(band.most_cut_mg), f"mg {self.printed.medicine}")

    def asked_in_words(self, dose: int) -> str:
        cut = shown_mg(self._tenth_mcg(Fraction(self.cut_in(self.band_of(dose)))))
        return f"{cut} less than {shown_mg(Fraction(dose))} is {shown_mg(self.lowest_after(dose))}"

    def asked_figures(self) -> AskedFigures:
        return AskedFigures(self.every_days, cut_mg=self.cut_mg)

    def begun_from(self, dose: int) -> Ladder:
        return self

    def _days_in(self, band: LadderBand) -> int:
        if self.replaces_band_days or not any(each.every_days for each in self.printed.bands):
            return self.every_days
        return band.every_days or self.printed.every_days

    def _inside_bands(self, high: Fraction, low: Fraction) -> Iterator[tuple[LadderBand, Fraction]]:
        """How many mg of the way from ``high`` to ``low`` lie in each band; above the highest, in that one."""
        for position, band in enumerate(self.printed.bands):
            top = high if position == 0 or band.from_mg is None else min(high, Fraction(band.from_mg))
            inside = top - max(low, Fraction(band.to_mg))
            if inside > 0:
                yield band, inside

    def _mg(self, tenth_mcg: Fraction) -> Fraction:
        return tenth_mcg * self.scale / TENTH_MCG_PER_MG

    def _tenth_mcg(self, mg: Fraction) -> Fraction:
        return mg / self.scale * TENTH_MCG_PER_MG


def at_a_time(band: LadderBand) -> str:
    """``at a time between 40 and 20 mg``, ``at a time above 20 mg``, and ``at a time`` where it is the only band."""
    if band.from_mg is not None:
        return f"at a time between {plain(band.from_mg)} and {mg_text(band.to_mg)}"
    return f"at a time above {mg_text(band.to_mg)}" if band.to_mg else "at a time"
