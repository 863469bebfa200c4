"""Where a plan begins when it is not at current use, and where it ends when it is not at zero.

Source: clinical_rules.md section 2, "Fractions of reported intake"; interfaces.md, "How the steps follow the pace", 7.
"""

from __future__ import annotations

from fractions import Fraction

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.numbers import exact_units
from taper_app.clinical.checking.shapes import RequestRead, Slots


def parts_asked(case: Case) -> Fraction | None:
    """The part of current use that the request starts with, in per cent; None: the whole of it."""
    return case.request.start_fraction_percent if case.request is not None else None


def slots_at_part(case: Case, request: RequestRead, percent: Fraction) -> Slots:
    """Each dose at so many per cent of it, rounded up to a makeable one but never above the dose itself."""
    parts: dict[tuple[str, str], int] = {}
    for (time, medicine), dose in request.slots.items():
        doses = case.makeable(medicine, 0)
        made = doses.smallest_from(dose * percent / 100) if doses is not None else None
        parts[time, medicine] = dose if made is None else min(made, dose)
    return parts


def floor_in(case: Case, medicine: str) -> Fraction | None:
    """The protocol's floor in units of a medicine, by the chosen table; None: no floor, or not listed."""
    floor = case.taper.floor if case.taper is not None else None
    per_unit = case.equivalents.chosen({medicine: 1}) if floor is not None else None
    return exact_units(floor.diazepam_mg) / per_unit if floor is not None and per_unit else None
