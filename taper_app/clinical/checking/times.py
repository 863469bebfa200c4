"""Which times of day a step may have: those taken now up to the first cut, those asked for from then on.

Source: interfaces.md, ``times`` of the request, and "How the steps follow the pace", 5 and 6.
"""

from __future__ import annotations

from taper_app.clinical.checking.case import Case


def times_asked(case: Case) -> frozenset[str] | None:
    """The request's times of day, by default those of current use; None when the plan says neither."""
    request = case.request
    if request is None:
        return None
    times = request.times if request.times is not None else [dose.time for dose in request.current]
    return frozenset(times) or None


def times_change(case: Case, place: int) -> bool:
    """Whether other times of day than those before take effect in this step: only the first cut may do that.

    What the plan before an amendment asked for is not said: in its past the doses themselves tell.
    """
    if place != case.first_cut:
        return False
    before, asked = case.course.times_before(place), times_asked(case)
    if before is None or asked is None:
        return False
    if case.is_past(place):
        return bool({*case.plan.steps[place].times} - {*before})
    return {*before} != asked
