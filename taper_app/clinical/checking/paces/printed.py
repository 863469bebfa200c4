"""From a protocol's printed pace and the figures of a request to the pace that a plan is held against."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from taper_app.clinical.checking.equivalents import DIAZEPAM
from taper_app.clinical.checking.numbers import Exact, exact_units, simplest
from taper_app.clinical.checking.paces.asked import AskedPace
from taper_app.clinical.checking.paces.occupancy import OccupancyPace
from taper_app.clinical.checking.paces.percent import PercentPace
from taper_app.clinical.checking.paces.stretches import Stretch, StretchPace, TablePace
from taper_app.clinical.protocol.tapers import (
    PaceFixedMg,
    PaceLadder,
    PaceOccupancy,
    PacePercentOfCurrent,
    PacePercentOfStart,
    PaceTable,
    PublishedTaper,
)

Printed = PacePercentOfCurrent | PacePercentOfStart | PaceFixedMg | PaceLadder | PaceTable | PaceOccupancy


@dataclass(frozen=True, slots=True)
class PaceAsked:
    """The request's own figures, None where the protocol's stand. Percent in per cent, milligrams in units."""

    cut_percent: Fraction | None
    cut_mg: int | None
    every_days: int | None


def medicine_of(taper: PublishedTaper) -> str | None:
    """The medicine whose milligrams the pace is printed in; None for percentages of a dose."""
    if isinstance(taper.pace, PaceFixedMg | PaceLadder | PaceTable):
        return taper.pace.medicine
    return DIAZEPAM if isinstance(taper.pace, PaceOccupancy) else None


def interval_of(printed: Printed, asked: PaceAsked) -> int:
    """The interval of the protocol as a whole: asked for, or printed; the smallest of bands with days of their own."""
    if asked.every_days is not None:
        return asked.every_days
    return min(_own_days(printed)) if isinstance(printed, PaceLadder) else printed.every_days


def is_usable(printed: Printed, asked: PaceAsked) -> bool:
    """Whether the figures asked can make a pace at all."""
    if asked.every_days == 0 or asked.cut_mg == 0:
        return False
    percent = asked.cut_percent
    if percent is None:
        return True
    return 0 < percent < 100 or (percent == 100 and isinstance(printed, PacePercentOfStart))


def pace_of(printed: Printed, asked: PaceAsked, *, per_unit: Fraction, start: int) -> AskedPace | None:
    """None when the figures asked cannot make a pace at all.

    ``per_unit``: what one unit of the tapered medicine is in the pace's own medicine. ``start``: the daily dose
    that the cuts began from.
    """
    if not is_usable(printed, asked):
        return None
    every = interval_of(printed, asked)
    if isinstance(printed, PacePercentOfCurrent):
        return PercentPace(_percent(printed, asked), Fraction(printed.most_cut_percent), every)
    if isinstance(printed, PaceOccupancy):
        half = exact_units(printed.half_occupancy_diazepam_mg.mg) / per_unit
        return OccupancyPace(half, _percent(printed, asked), Fraction(printed.most_cut_percent), every)
    if isinstance(printed, PacePercentOfStart):
        most = start * Fraction(printed.most_cut_percent) / 100
        return _one_stretch(start * _percent(printed, asked) / 100, most, every) if start else None
    if isinstance(printed, PaceFixedMg):
        cut = exact_units(printed.cut_mg) if asked.cut_mg is None else Fraction(asked.cut_mg)
        return _one_stretch(cut / per_unit, exact_units(printed.most_cut_mg) / per_unit, every)
    if isinstance(printed, PaceLadder):
        return _ladder(printed, asked, per_unit)
    return _table(printed, Fraction(every, printed.every_days), per_unit, every)


def _percent(printed: PacePercentOfCurrent | PacePercentOfStart | PaceOccupancy, asked: PaceAsked) -> Fraction:
    return Fraction(printed.cut_percent) if asked.cut_percent is None else asked.cut_percent


def _one_stretch(cut: Fraction, most: Fraction, every: int) -> StretchPace:
    return StretchPace((_stretch(Fraction(0), cut, most, every, every),), None, every)


def _stretch(bottom: Exact, cut: Exact, most: Exact, days: Exact, least_days: int) -> Stretch:
    return Stretch(simplest(bottom), simplest(cut), simplest(most), simplest(days), least_days)


def _ladder(printed: PaceLadder, asked: PaceAsked, per_unit: Fraction) -> StretchPace:
    """A cut asked for replaces every band's own, and so does an interval.

    The filled request of a ladder whose bands have days of their own names the smallest of them: no other request.
    """
    own_days, every = _own_days(printed), interval_of(printed, asked)
    keeps_own_days = every == min(own_days)
    stretches = []
    for band, own in zip(printed.bands, own_days, strict=True):
        cut = exact_units(band.cut_mg) if asked.cut_mg is None else Fraction(asked.cut_mg)
        days = own if keeps_own_days else every
        most = exact_units(band.most_cut_mg)
        stretches.append(_stretch(exact_units(band.to_mg) / per_unit, cut / per_unit, most / per_unit, days, days))
    top = printed.bands[0].from_mg
    return StretchPace(tuple(stretches), None if top is None else exact_units(top) / per_unit, every)


def _own_days(printed: PaceLadder) -> list[int]:
    return [printed.every_days if band.every_days is None else band.every_days for band in printed.bands]


def _table(printed: PaceTable, scale: Fraction, per_unit: Fraction, every: int) -> TablePace:
    """Stretches from line to line; the days of a line run until the next. Above the first line, its own cut goes on."""
    lines = [printed.starts_from_mg, *(row.mg for row in printed.rows)]
    days = [printed.every_days, *(row.days for row in printed.rows)]
    doses = [exact_units(mg) / per_unit for mg in lines]
    stretches = tuple(
        _stretch(lower, upper - lower, upper - lower, scale * each, every)
        for upper, lower, each in zip(doses, [*doses[1:], Fraction(0)], days, strict=True)
    )
    return TablePace(stretches, doses[0], every)
