"""Times of day: none that nobody asked for, none that comes back, and each dropped in its turn.

Source: interfaces.md, "How the steps follow the pace", 5; clinical_rules.md section 2 (interdose withdrawal).
"""

from __future__ import annotations

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.shapes import RAISING_KINDS
from taper_app.clinical.checking.times import times_asked, times_change


def judge_times_of_day(case: Case) -> None:
    _judge_returning(case)
    _judge_asked(case)
    for place, step in enumerate(case.plan.steps):
        before = case.course.times_before(place)
        if before is None or not step.times or before.keys() <= step.times.keys():
            continue
        if step.kind not in RAISING_KINDS and not case.is_past(place) and not times_change(case, place):
            _judge_order(case, place, sorted(before))
            _judge_short_acting(case, place)


def _judge_order(case: Case, place: int, before: list[str]) -> None:
    """Those between first and last go first, then the first, the last dose of the day last."""
    step = case.plan.steps[place]
    kept = step.times.keys() & set(before)
    goes_too_soon = before[-1] if before[-1] not in kept else before[0] if kept & set(before[1:-1]) else None
    if goes_too_soon is not None and goes_too_soon not in kept:
        case.findings.violated(
            "time-dropped-too-soon",
            step.number,
            f"The dose at {goes_too_soon} is dropped while those at {', '.join(sorted(kept))} are given.",
        )


def _judge_short_acting(case: Case, place: int) -> None:
    """A medicine that wears off within the day keeps its number of doses while the daily dose can fill them all."""
    step, before = case.plan.steps[place], case.course.slots_before(place) or {}
    medicines = {medicine for _, medicine in before} | step.amounts.keys()
    if len(medicines) != 1:
        return
    (medicine,) = medicines
    entry, doses = case.protocols.medicines.get(medicine), case.makeable(medicine, place)
    if entry is None or not entry.acting.short_acting or doses is None:
        return
    if doses.of_a_day(list(before.values()), none_left_out=True).can_make(step.amounts[medicine]):
        case.findings.violated(
            "short-acting-interval",
            step.number,
            f"{entry.name} is short-acting, and its daily dose still fills all {len(before)} times of day.",
        )


def _judge_returning(case: Case) -> None:
    dropped: set[str] = set()
    known = set(case.course.start_times or {})
    for step in case.plan.steps:
        if not dropped and known == step.times.keys():
            continue
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
