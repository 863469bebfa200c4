"""A pace in one sentence, for lists, pages and prints: what a file prints, and what a plan was made with."""

from __future__ import annotations

from taper_app.clinical.planning.pace.asked import range_in_words
from taper_app.clinical.planning.request import PlanRequest
from taper_app.clinical.protocol.tapers import (
    LadderBand,
    Pace,
    PaceFixedMg,
    PaceLadder,
    PaceOccupancy,
    PacePercentOfStart,
    PaceTable,
)
from taper_app.clinical.quantities import mg_text, percent_text, plain


def printed_pace(pace: Pace) -> str:
    """``Prints 5 to 10 % of the dose taken now every 14 to 28 days.``"""
    if isinstance(pace, PaceLadder):
        bands = "; ".join(_band(band, pace) for band in pace.bands)
        return f"A ladder in mg {pace.medicine}: {bands}."
    if isinstance(pace, PaceTable):
        return _table(pace)
    every = _interval(pace.least_every_days, pace.most_every_days)
    if isinstance(pace, PaceFixedMg):
        least = plain(pace.least_cut_mg) if pace.least_cut_mg is not None else None
        return f"Prints {range_in_words(least, plain(pace.most_cut_mg), f'mg {pace.medicine}')} {every}."
    least = percent_text(pace.least_cut_percent) if pace.least_cut_percent is not None else None
    cut = range_in_words(least, percent_text(pace.most_cut_percent), percent_unit(pace))
    if isinstance(pace, PaceOccupancy):
        half = pace.half_occupancy_diazepam_mg
        return f"{cut} {every}; half occupancy at {mg_text(half.mg)} diazepam ({half.evidence.mark}; contested)."
    return f"Prints {cut} {every}."


def asked_pace(request: PlanRequest, pace: Pace | None) -> str:
    """The pace that a plan was made with: ``10% of the current dose every 14 days``. ``pace`` is its protocol's."""
    every = f" every {request.every_days} days" if request.every_days else ""
    if request.cut_percent is not None:
        unit = percent_unit(pace) if pace is not None else "%"
        of_what = "% of the current dose" if unit == "%" else unit if unit.startswith("%") else f" {unit}"
        return f"{percent_text(request.cut_percent)}{of_what}{every}"
    if request.cut_mg is not None:
        return f"{plain(request.cut_mg)} mg{every}"
    has_days_of_its_own = isinstance(pace, PaceTable) or (
        isinstance(pace, PaceLadder) and any(band.every_days for band in pace.bands)
    )
    return "as the protocol prints" if has_days_of_its_own else f"as the protocol prints{every}"


def percent_unit(pace: Pace) -> str:
    """What a cut in percent is a percentage of, where that is not the dose taken now."""
    if isinstance(pace, PacePercentOfStart):
        return "% of the starting dose"
    return "percentage points of occupancy" if isinstance(pace, PaceOccupancy) else "%"


def _interval(least: int, most: int | None) -> str:
    if most is None:
        return f"every {least} days or slower"
    if least == most:
        return "every day" if least == 1 else f"every {least} days"
    return f"every {least} to {most} days"


def _band(band: LadderBand, pace: PaceLadder) -> str:
    if band.from_mg is not None:
        where = f"{mg_text(band.from_mg)} to {mg_text(band.to_mg)} "
    else:
        where = f"above {mg_text(band.to_mg)} " if band.to_mg else ""
    own = band.every_days
    every = _interval(own, own) if own else _interval(pace.least_every_days, pace.most_every_days)
    return f"{where}by {mg_text(band.cut_mg)} {every}"


def _table(pace: PaceTable) -> str:
    lines = ", ".join(f"{plain(row.mg)} for {row.days} days" for row in pace.rows)
    inferred = " (inferred)" if pace.starts_from_is_inferred else ""
    return f"A table in mg {pace.medicine} from {mg_text(pace.starts_from_mg)}{inferred}: {lines}."
