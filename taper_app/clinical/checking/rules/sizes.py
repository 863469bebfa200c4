"""How far: no cut bigger than asked while a smaller one can be made.

Source: interfaces.md, "How the steps follow the pace", 1.
"""

from __future__ import annotations

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.smallest_cuts import smallest_cut, smallest_cut_at_other_times
from taper_app.clinical.checking.times import times_asked, times_change
from taper_app.clinical.checking.wording import day_dose, mg


def judge_sizes(case: Case) -> None:
    for place, step in enumerate(case.plan.steps):
        before = case.course.amounts_before(place)
        if step.kind not in ("cut", "keep") or not before or case.is_past(place) or {*step.amounts} - {*before}:
            continue
        pace = case.pace_from(before, place)
        cut = sum(before.values()) - sum(step.amounts.values())
        if pace is None or cut <= 0:
            continue
        ((medicine, dose),) = before.items()
        if pace.is_bigger_than_asked(dose, dose - cut):
            _judge_need(case, place, medicine, cut)


def _judge_need(case: Case, place: int, medicine: str, cut: int) -> None:
    step, before = case.plan.steps[place], case.course.amounts_before(place) or {}
    least = _smallest_cut_in(case, place, medicine)
    if least is None:
        case.findings.not_judged(f"Whether a smaller cut could be made in step {step.number} is not judged.")
    elif cut > least:
        case.findings.violated(
            "cut-bigger-than-asked",
            step.number,
            f"{day_dose(before)} falls by {mg(cut)}, more than the pace asks; these products allow {mg(least)}.",
        )


def _smallest_cut_in(case: Case, place: int, medicine: str) -> int | None:
    """The least by which this step can go down; None when the plan does not say what is needed to tell."""
    doses, slots = case.makeable(medicine, place), case.course.slots_before(place)
    if doses is None or slots is None:
        return None
    if times_change(case, place):
        return smallest_cut_at_other_times(sum(slots.values()), doses, len(times_asked(case) or ()))
    return smallest_cut(slots, {medicine: doses})
