"""A schedule printed line by line, in milligrams of one medicine; another medicine's doses are scaled first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil

from taper_app.clinical.planning.pace.asked import AskedFigures, shown_mg, stop_needs_until
from taper_app.clinical.protocol.tapers import PaceTable, TimeToStop
from taper_app.clinical.quantities import TENTH_MCG_PER_MG, mg_text


@dataclass(frozen=True, slots=True)
class Table:
    """T(a→b): between two printed lines time runs in proportion to the milligrams.

    A line's days lead from it to the next lower line, the last one's to zero; ``every_days`` leads from the
    printed starting dose to the first line, and goes on at that rate above it. ``every_days`` other than the
    printed one stretches every line alike. ``scale``: mg of the table's medicine that match 1 mg of the tapered one.
    """

    every_days: int
    printed: PaceTable
    scale: Fraction
    time_to_stop: TimeToStop = TimeToStop.ZERO
    has_no_end: bool = False

    @property
    def source(self) -> str:
        return self.printed.source

    @property
    def highest_printed_mg(self) -> Decimal | None:
        return self.printed.starts_from_mg

    @property
    def last_line(self) -> Fraction:
        """The lowest printed dose, in tenth_mcg of the tapered medicine."""
        return self._tenth_mcg(Fraction(self.printed.rows[-1].mg))

    def is_above_highest(self, dose: int) -> bool:
        return self._mg(Fraction(dose)) > Fraction(self.printed.starts_from_mg)

    def least_days(self, dose: int) -> int:
        return self.every_days

    def lowest_after(self, dose: int) -> Fraction:
        """The next lower line, strictly below; above the printed starting dose the first cut goes on."""
        mg = self._mg(Fraction(dose))
        if self.is_above_highest(dose):
            return self._tenth_mcg(mg - self._first_cut_mg)
        return self._tenth_mcg(next((Fraction(row.mg) for row in self.printed.rows if row.mg < mg), Fraction(0)))

    def time(self, dose: int, lower: Fraction) -> Fraction:
        """T in days, exact."""
        high, low = self._mg(Fraction(dose)), self._mg(lower)
        days = Fraction(0)
        for upper_end, lower_end, stretch_days in self._stretches():
            top = high if upper_end == self.printed.starts_from_mg else min(high, upper_end)
            inside = top - max(low, lower_end)
            if inside > 0:
                days += inside / (upper_end - lower_end) * stretch_days
        return days

    def days_needed(self, dose: int, lower: Fraction) -> int:
        return ceil(self.time(dose, lower))

    def stop_needs_until(self, last_dose: int) -> Fraction:
        return stop_needs_until(self.time_to_stop, last_dose)

    def is_above_printed_maximum(self, dose: int, lower: int) -> bool:
        return lower < self.lowest_after(dose)

    def printed_range(self, dose: int) -> str:
        return f"{shown_mg(self.lowest_after(dose))} as the next dose"

    def asked_in_words(self, dose: int) -> str:
        now, lower = shown_mg(Fraction(dose)), self.lowest_after(dose)
        if self.is_above_highest(dose):
            return f"Above {mg_text(self.printed.starts_from_mg)} the first cut goes on: {now} to {shown_mg(lower)}"
        return f"After {now} the table prints {shown_mg(lower) if lower else 'no dose'}"

    def asked_figures(self) -> AskedFigures:
        return AskedFigures(self.every_days)

    def begun_from(self, dose: int) -> Table:
        return self

    @property
    def _first_cut_mg(self) -> Fraction:
        return Fraction(self.printed.starts_from_mg) - Fraction(self.printed.rows[0].mg)

    def _stretches(self) -> Iterator[tuple[Fraction, Fraction, Fraction]]:
        """(upper end, lower end, days) from the printed starting dose down to zero, in mg of the table's medicine."""
        stretched = Fraction(self.every_days, self.printed.every_days)
        lines = [(Fraction(self.printed.starts_from_mg), self.printed.every_days)]
        lines += [(Fraction(row.mg), row.days) for row in self.printed.rows]
        for (upper_end, days), (lower_end, _) in pairwise([*lines, (Fraction(0), 0)]):
            yield upper_end, lower_end, days * stretched

    def _mg(self, tenth_mcg: Fraction) -> Fraction:
        return tenth_mcg * self.scale / TENTH_MCG_PER_MG

    def _tenth_mcg(self, mg: Fraction) -> Fraction:
        return mg / self.scale * TENTH_MCG_PER_MG
