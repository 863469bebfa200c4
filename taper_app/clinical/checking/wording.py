"""Figures in the sentences of findings. Exact where the fraction ends, else rounded to what is printed elsewhere."""

from __future__ import annotations

from fractions import Fraction

from taper_app.clinical.checking.shapes import Amounts
from taper_app.clinical.quantities import percent_text, plain, rounded


def mg(amount: Fraction) -> str:
    return f"{number(amount)} mg"


def number(value: Fraction) -> str:
    return plain(rounded(value, 6))


def percent(value: Fraction) -> str:
    return f"{percent_text(value)} %"


def day_dose(amounts: Amounts) -> str:
    """A day's dose by medicine: ``clonazepam 1.5 mg``, or ``nothing``."""
    return " and ".join(f"{medicine} {mg(dose)}" for medicine, dose in sorted(amounts.items())) or "nothing"
