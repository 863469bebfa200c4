"""The request's own figures against what the protocol prints."""

from __future__ import annotations

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.numbers import exact_units
from taper_app.clinical.checking.paces import interval_of, is_usable
from taper_app.clinical.checking.shapes import RequestRead
from taper_app.clinical.checking.wording import mg
from taper_app.clinical.protocol.tapers import (
    PaceFixedMg,
    PaceLadder,
    PaceOccupancy,
    PacePercentOfCurrent,
    PacePercentOfStart,
    PublishedTaper,
)

OUTSIDE = "pace-outside-printed-range"
_PERCENT_PACES = PacePercentOfCurrent | PacePercentOfStart | PaceOccupancy


def judge_asked_pace(case: Case) -> None:
    request, taper = case.request, case.taper
    if taper is None or request is None:
        return
    _judge_fields(case, taper, request)
    if not is_usable(taper.pace, case.asked):
        case.findings.violated(OUTSIDE, None, "The cut or interval asked for cannot be used; name one above zero.")
        return
    every = interval_of(taper.pace, case.asked)
    if request.longest_step_days is not None and request.longest_step_days < every:
        case.findings.violated(OUTSIDE, None, "The longest step is shorter than the interval between two cuts.")
    if not case.has_override:
        for what in _outside(every, request, taper):
            case.findings.violated(OUTSIDE, None, f"{taper.name} prints no {what}; an override reason is needed.")


def _judge_fields(case: Case, taper: PublishedTaper, request: RequestRead) -> None:
    """A percentage belongs to the paces in percent, milligrams to fixed cuts and ladders; a table takes neither."""
    takes_percent = isinstance(taper.pace, _PERCENT_PACES)
    takes_mg = isinstance(taper.pace, PaceFixedMg | PaceLadder)
    for field, is_given, belongs in (
        ("cut_percent", request.cut_percent is not None, takes_percent),
        ("cut_mg", request.cut_mg is not None, takes_mg),
    ):
        if is_given and not belongs:
            case.findings.violated("pace-field", None, f"{taper.name} takes no {field}; leave it out.")


def _outside(every: int, request: RequestRead, taper: PublishedTaper) -> list[str]:
    """Each figure that the protocol does not print, in words."""
    pace, found = taper.pace, []
    most_every = pace.most_every_days
    if every < pace.least_every_days or (most_every is not None and every > most_every):
        found.append(f"interval of {every} days")
    percent, cut = request.cut_percent, request.cut_mg
    if (
        percent is not None
        and isinstance(pace, _PERCENT_PACES)
        and not (pace.least_cut_percent or 0) <= percent <= pace.most_cut_percent
    ):
        found.append("such cut in percent")
    if (
        cut is not None
        and isinstance(pace, PaceFixedMg)
        and not exact_units(pace.least_cut_mg or pace.cut_mg * 0) <= cut <= exact_units(pace.most_cut_mg)
    ):
        found.append(f"cut of {mg(cut)}")
    if cut is not None and isinstance(pace, PaceLadder) and cut > max(exact_units(b.most_cut_mg) for b in pace.bands):
        found.append(f"cut as large as {mg(cut)}")
    return found
