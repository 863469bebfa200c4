"""The pace of a request: its own numbers where it names them, else the protocol's defaults."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from taper_app.clinical.answers import Answer
from taper_app.clinical.planning.equivalents import Converter
from taper_app.clinical.planning.pace.asked import AskedPace
from taper_app.clinical.planning.pace.fixed_mg import FixedMg
from taper_app.clinical.planning.pace.ladder import Ladder
from taper_app.clinical.planning.pace.occupancy import Occupancy
from taper_app.clinical.planning.pace.percent_of_current import PercentOfCurrent
from taper_app.clinical.planning.pace.percent_of_start import PercentOfStart
from taper_app.clinical.planning.pace.table import Table
from taper_app.clinical.planning.request import PlanRequest
from taper_app.clinical.protocol.limits import PlanLimits
from taper_app.clinical.protocol.tapers import (
    PaceFixedMg,
    PaceLadder,
    PacePercentOfCurrent,
    PacePercentOfStart,
    PaceTable,
    PublishedTaper,
)
from taper_app.clinical.quantities import tenth_mcg_of

#: What the milligrams of an occupancy pace are of.
REFERENCE_MEDICINE = "diazepam"


def settle_pace(
    request: PlanRequest,
    taper: PublishedTaper,
    limits: PlanLimits,
    *,
    medicine: str,
    present: int,
    converter: Converter,
) -> AskedPace:
    """``medicine`` is the tapered one, ``present`` its present daily dose (tenth_mcg; 0 when it is not yet taken)."""
    pace, stop = taper.pace, taper.stop.time_to
    every_days = request.every_days or pace.every_days
    if isinstance(pace, PacePercentOfCurrent):
        cut, days = _percent_of_current(request, taper, pace, limits)
        return PercentOfCurrent(cut, days, pace, stop)
    if isinstance(pace, PacePercentOfStart):
        return PercentOfStart(_asked_or(request.cut_percent, pace.cut_percent), every_days, pace, present, stop)
    if isinstance(pace, PaceFixedMg):
        return FixedMg(tenth_mcg_of(_asked_or(request.cut_mg, pace.cut_mg)), every_days, pace, stop)
    if isinstance(pace, PaceLadder):
        return _ladder(request, pace, _scale(pace.medicine, medicine, converter), taper)
    if isinstance(pace, PaceTable):
        return Table(every_days, pace, _scale(pace.medicine, medicine, converter), stop)
    scale = _scale(REFERENCE_MEDICINE, medicine, converter)
    return Occupancy(_asked_or(request.cut_percent, pace.cut_percent), every_days, pace, scale, stop)


def _percent_of_current(
    request: PlanRequest, taper: PublishedTaper, pace: PacePercentOfCurrent, limits: PlanLimits
) -> tuple[Decimal, int]:
    """Percent and days: the gentler default from an age on, and the slow one with a seizure history."""
    percent, days = pace.cut_percent, pace.every_days
    older, age = taper.older_adults, request.patient.age_years
    if older and age is not None and age >= older.from_age_years:
        percent, days = older.cut_percent, older.every_days or days
    if request.patient.seizure_history is Answer.YES:
        slow = limits.seizure_history_pace
        percent, days = min(percent, slow.at_most_cut_percent), max(days, slow.at_least_every_days)
    return _asked_or(request.cut_percent, percent), request.every_days or days


def _ladder(request: PlanRequest, pace: PaceLadder, scale: Fraction, taper: PublishedTaper) -> Ladder:
    """An interval that is asked replaces the bands' own days, except the smallest of them: the filled-in request
    names that one, and has to give the same plan again."""
    shortest = min(band.every_days or pace.every_days for band in pace.bands)
    return Ladder(
        every_days=request.every_days or shortest,
        printed=pace,
        scale=scale,
        cut_mg=request.cut_mg,
        replaces_band_days=request.every_days not in (None, shortest),
        time_to_stop=taper.stop.time_to,
    )


def _asked_or(asked: Decimal | None, default: Decimal) -> Decimal:
    return default if asked is None else asked


def _scale(written_in: str, medicine: str, converter: Converter) -> Fraction:
    """mg of the medicine that a pace is written in, for 1 mg of the tapered one."""
    if written_in == medicine:
        return Fraction(1)
    return converter.chosen_factor(medicine) / converter.chosen_factor(written_in)
