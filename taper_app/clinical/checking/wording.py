"""Figures in the sentences of findings. Exact where the fraction ends, else rounded to what is printed elsewhere."""

from __future__ import annotations

from fractions import Fraction

from taper_app.clinical.checking.numbers import PER_ONE
from taper_app.clinical.checking.shapes import Amounts
from taper_app.clinical.quantities import percent_text, plain, rounded


def mg(units: int | Fraction) -> str:
    """An amount in units of 0.0001 mg as ``1.5 mg``."""
    return f"{number(units)} mg"


def number(units: int | Fraction) -> str:
    return plain(rounded(Fraction(units, PER_ONE), 6))


def percent(value: Fraction) -> str:
    """A percentage (in per cent, not in units) as ``33.3 %``."""
    return f"{percent_text(value)} %"


def day_dose(amounts: Amounts) -> str:
    """A day's dose by medicine: ``clonazepam 1.5 mg``, or ``nothing``."""
    return " and ".join(f"{medicine} {mg(dose)}" for medicine, dose in sorted(amounts.items())) or "nothing"
