"""A random pace in and around what a taper's file prints; mostly the file's own."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from random import Random
from typing import Any

from taper_app.clinical.protocol.tapers import PublishedTaper
from taper_app.clinical.quantities import plain

_TENTH, _QUARTER = Decimal("0.1"), Decimal("0.125")


def pace_of(chance: Random, taper: PublishedTaper) -> dict[str, Any]:
    """``cut_percent`` or ``cut_mg``, ``every_days``, ``longest_step_days``: each only sometimes."""
    asked: dict[str, Any] = {}
    if chance.random() < 0.6:
        return asked
    if chance.random() < 0.6:
        asked |= _cut(chance, taper)
    if chance.random() < 0.6:
        asked["every_days"] = _days(chance, taper)
    if chance.random() < 0.4:
        asked["longest_step_days"] = max(asked.get("every_days", 1), chance.choice([14, 28, 30, 56, 90, 365]))
    return asked


def _cut(chance: Random, taper: PublishedTaper) -> dict[str, Any]:
    pace = taper.pace
    if pace.model == "table":
        return {}
    if pace.model == "ladder":
        figures = [figure for band in pace.bands for figure in (band.least_cut_mg, band.cut_mg, band.most_cut_mg)]
        return {"cut_mg": _around(chance, figures, _QUARTER)}
    if pace.model == "fixed_mg":
        return {"cut_mg": _around(chance, [pace.least_cut_mg, pace.cut_mg, pace.most_cut_mg], _QUARTER)}
    cut = _around(chance, [pace.least_cut_percent, pace.cut_percent, pace.most_cut_percent], _TENTH)
    return {"cut_percent": cut if Decimal(cut) < 100 else "99"}


def _around(chance: Random, printed: list[Decimal | None], grain: Decimal) -> str:
    """A printed figure, one between two, one just outside, or one far outside."""
    figures = sorted(figure for figure in printed if figure is not None)
    low, high = figures[0], figures[-1]
    between = low + (high - low) * chance.randint(0, 10) / 10
    wanted = chance.choice([*figures, *figures, (low + high) / 2, between, high + grain, high * 2, low / 2])
    return plain((wanted / grain).to_integral_value(ROUND_CEILING) * grain)


def _days(chance: Random, taper: PublishedTaper) -> int:
    pace = taper.pace
    least, most = pace.least_every_days, pace.most_every_days or pace.least_every_days * 4
    wanted = chance.choice([least, pace.every_days, most, chance.randint(least, most), least - 1, most + 1, most * 2])
    return min(365, max(1, wanted))
