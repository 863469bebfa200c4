"""Times of day: none that nobody asked for, none that comes back, and the last dose of the day dropped last.

Source: interfaces.md, "How the steps follow the pace", 5.
"""

from __future__ import annotations

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.shapes import RAISING_KINDS
from taper_app.clinical.checking.times import times_asked


def judge_times_of_day(case: Case) -> None:
    _judge_dropped(case)
    _judge_asked(case)


def _judge_dropped(case: Case) -> None:
    dropped: set[str] = set()
    known = set(case.course.start_times or {})
    for step in case.plan.steps:
        now = set(step.times)
        if step.kind in RAISING_KINDS:
            dropped, known = set(), now
            continue
        for time in sorted(now & dropped):
            case.findings.violated("time-returns", step.number, f"The dose at {time} had been dropped and comes back.")
        dropped |= known - now
        known |= now


def _judge_asked(case: Case) -> None:
    """No time of day that neither the step before has nor, from the first cut on, the request."""
    asked, begins = times_asked(case), case.first_cut
    if asked is None:
        return
    for place, step in enumerate(case.plan.steps):
        before = case.course.times_before(place)
        is_from_first_cut = begins is not None and place >= begins
        allowed = asked if is_from_first_cut or before is None else before.keys()
        if step.kind in RAISING_KINDS or step.times.keys() <= allowed:
            continue
        if case.is_past(place):
            case.findings.not_judged("Which times of day were asked for before the change is not said.")
            continue
        case.findings.violated(
            "time-not-asked-for",
            step.number,
            f"The request has no dose at {', '.join(sorted(step.times.keys() - allowed))}.",
        )
