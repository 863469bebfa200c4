"""Which times of day a step may have: those taken now up to the first cut, those asked for from then on.

Source: interfaces.md, ``times`` of the request, and "How the steps follow the pace", 5 and 6.
"""

from __future__ import annotations

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.shapes import RAISING_KINDS, by_time


def times_asked(case: Case) -> frozenset[str] | None:
    """The request's times of day, by default those of current use; None when the plan says neither."""
    request = case.request
    if request is None:
        return None
    times = request.times if request.times is not None else [dose.time for dose in request.current]
    return frozenset(times) or None


def first_cut(case: Case) -> int | None:
    """Where the dose first goes down in the tapered medicine, or ends at once; None when it never does."""
    last = len(case.plan.steps) - 1
    for index, step in enumerate(case.plan.steps):
        is_lower_end = step.kind == "keep" and index == last and step.amounts != case.course.amounts_before(index)
        if step.kind in ("cut", "stop") or is_lower_end:
            return index
    return None


def times_change(case: Case, index: int) -> bool:
    """Whether other times of day than those before take effect in this step: only the first cut may do that.

    What the plan before an amendment asked for is not said: in its past the doses themselves tell.
    """
    before, asked = case.course.slots_before(index), times_asked(case)
    if before is None or asked is None or index != first_cut(case):
        return False
    earlier = set(by_time(before))
    if case.is_past(index):
        return bool(set(by_time(case.plan.steps[index].slots)) - earlier)
    return earlier != asked


def judge_times_asked(case: Case) -> None:
    """No time of day that neither the step before has nor, from the first cut on, the request."""
    asked, begins = times_asked(case), first_cut(case)
    if asked is None:
        return
    for index, step in enumerate(case.plan.steps):
        before, now = case.course.slots_before(index), set(by_time(step.slots))
        is_from_first_cut = begins is not None and index >= begins
        allowed = asked if is_from_first_cut or before is None else frozenset(by_time(before))
        if step.kind in RAISING_KINDS or now <= allowed:
            continue
        if case.is_past(index):
            case.findings.not_judged("Which times of day were asked for before the change is not said.")
            continue
        case.findings.violated(
            "time-not-asked-for", step.number, f"The request has no dose at {', '.join(sorted(now - allowed))}."
        )
