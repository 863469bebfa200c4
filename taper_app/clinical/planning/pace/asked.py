"""What the search, the ceilings and the reasons ask of a pace, whatever its model."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from taper_app.clinical.protocol.tapers import TimeToStop
from taper_app.clinical.quantities import TENTH_MCG_PER_MG, mg_text, rounded


@dataclass(frozen=True, slots=True)
class AskedFigures:
    """What a pace writes into the filled-in request, from which the same pace settles again.

    None for a cut that does not belong to its model, or that differs from band to band.
    """

    every_days: int
    cut_percent: Decimal | None = None
    cut_mg: Decimal | None = None


class AskedPace(Protocol):
    """A pace with its numbers settled. Doses are whole tenth_mcg of the tapered medicine."""

    @property
    def every_days(self) -> int:
        """The shortest time on any dose; also how long a time of day lasts in a cross-over."""

    @property
    def source(self) -> str: ...

    @property
    def has_no_end(self) -> bool:
        """Whether a step's length has to be bounded: the time to zero has no end, or grows beyond any use."""

    def least_days(self, dose: int) -> int:
        """The shortest time on ``dose``."""

    def lowest_after(self, dose: int) -> Fraction:
        """The dose that the pace asks for after ``dose`` (tenth_mcg, may be a fraction, never below 0)."""

    def days_needed(self, dose: int, lower: Fraction) -> int:
        """T(dose→lower) rounded up to whole days."""

    def stop_needs_until(self, last_dose: int) -> Fraction:
        """The dose to which T is taken before the stop, by the protocol's stop rule."""

    def is_above_printed_maximum(self, dose: int, lower: int) -> bool:
        """Whether a makeable cut is bigger than the largest cut that the source prints for this dose."""

    def printed_range(self, dose: int) -> str:
        """The source's printed cut in words, such as ``5 to 10 %``."""

    def asked_in_words(self, dose: int) -> str:
        """``10 % less than 2 mg is 1.8 mg``."""

    def asked_figures(self) -> AskedFigures:
        """What stands of it in the filled-in request."""

    def begun_from(self, dose: int) -> AskedPace:
        """The pace for cuts that begin from ``dose``; only a percentage of the start depends on it."""


def stop_needs_until(rule: TimeToStop, last_dose: int) -> Fraction:
    """Half of the last dose, or zero."""
    return Fraction(last_dose, 2) if rule is TimeToStop.HALF_OF_LAST_DOSE else Fraction(0)


def shown_mg(tenth_mcg: Fraction) -> str:
    """A target in a reason text: three decimals, half to even (``1.688 mg``)."""
    return mg_text(rounded(tenth_mcg / TENTH_MCG_PER_MG, 3))


def range_in_words(least: str | None, most: str, unit: str) -> str:
    """``5 to 10 %``, ``1 mg``, or ``at most 25 %`` when no least is printed."""
    if least is None:
        return f"at most {most} {unit}"
    return f"{most} {unit}" if least == most else f"{least} to {most} {unit}"
