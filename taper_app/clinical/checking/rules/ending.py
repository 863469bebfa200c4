"""The end is part of the taper: a stop from a dose that is small enough, or a dose that is kept.

Source: interfaces.md, "How the steps follow the pace", 4, and clinical_rules.md section 2.
"""

from __future__ import annotations

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.numbers import exact_units
from taper_app.clinical.checking.shapes import StepRead
from taper_app.clinical.checking.smallest_cuts import smallest_cut
from taper_app.clinical.checking.wording import day_dose, mg


def judge_ending(case: Case) -> None:
    *earlier, last = case.plan.steps
    by = case.request.ends_by if case.request is not None else None
    if by is not None and last.starts_on > by and not case.is_amended:
        case.findings.violated("ends-too-late", last.number, f"The request asks for an end by {by}.")
    for step in earlier:
        if case.began_before_the_change(step):
            continue  # a prescriber may have restored a dose after the end
        if step.kind == "stop":
            case.findings.violated("ending", step.number, "A stop is the last step; something follows this one.")
        elif not step.amounts:
            case.findings.violated("ending", step.number, "No medicine is given in this step, and yet it is no stop.")
    if last.kind == "stop":
        _judge_stop(case, last)
    elif last.kind in ("keep", "stabilise", "step_back", "restabilise"):
        _judge_kept_dose(case, last)
    else:
        case.findings.violated("ending", last.number, "The last step is a stop, or a keep at a maintenance dose.")


def _judge_stop(case: Case, last: StepRead) -> None:
    if last.amounts:
        case.findings.violated("ending", last.number, "A stop gives no dose.")
        return
    if case.request is not None and case.request.target_daily > 0:
        case.findings.violated(
            "ending", last.number, "The request asks for a maintenance dose, but the plan goes to zero."
        )
    place = len(case.plan.steps) - 1
    if not case.course.amounts_before(place):
        return
    _judge_high_stop(case, place)
    _judge_last_dose(case, place)


def _judge_high_stop(case: Case, place: int) -> None:
    last, before = case.plan.steps[place], case.course.amounts_before(place) or {}
    most, high = exact_units(case.limits.stop_without_override_at_most_diazepam_mg.mg), case.equivalents.high(before)
    if high is None:
        case.findings.not_judged("The stop is not judged in diazepam-equivalents: no table lists the last medicine.")
    elif high > most and not case.has_override:
        case.findings.violated(
            "stop-from-high-dose",
            last.number,
            f"The stop follows {mg(high)} diazepam-equivalent by the highest table;"
            f" more than {mg(most)} needs an override reason.",
        )


def _judge_last_dose(case: Case, place: int) -> None:
    """The stop follows the smallest makeable dose, or one that is small by the highest table."""
    last, before = case.plan.steps[place], case.course.amounts_before(place) or {}
    high = case.equivalents.high(before)
    is_small = high is not None and high <= exact_units(case.limits.stop_may_follow_at_most_diazepam_mg.mg)
    if is_small or case.products is None or len(before) != 1:
        return
    ((medicine, dose),) = before.items()
    doses = case.makeable(medicine, place)
    smallest = doses.smallest() if doses is not None else None
    if smallest is None or dose > smallest:
        makes = "make no dose of it" if smallest is None else f"make {mg(smallest)}"
        case.findings.violated(
            "stop-not-from-smallest-dose",
            last.number,
            f"The stop follows {day_dose(before)}; the listed products {makes}.",
        )


def _judge_kept_dose(case: Case, last: StepRead) -> None:
    if not last.amounts:
        case.findings.violated("ending", last.number, "The last step gives nothing, and yet it is no stop.")
    if case.request is None or case.is_amended or (case.taper is not None and case.taper.floor is not None):
        return
    if case.request.target_daily == 0:
        case.findings.violated("ending", last.number, "The request asks for zero, but the plan ends on a dose.")
    else:
        judge_maintenance_dose(case, case.request.target_daily)


def judge_maintenance_dose(case: Case, target: int) -> None:
    """A plan to a maintenance dose ends on it, or on the lowest makeable dose above it."""
    last = case.plan.steps[-1]
    if len(last.amounts) != 1:
        return
    ((medicine, dose),) = last.amounts.items()
    if dose < target:
        case.findings.violated(
            "target", last.number, f"The plan ends on {mg(dose)} of {medicine} a day, below the {mg(target)} asked for."
        )
    doses = case.makeable(medicine, len(case.plan.steps) - 1)
    least = smallest_cut(last.slots, {medicine: doses}) if doses is not None else None
    if dose > target and least is not None and dose - least >= target:
        case.findings.violated(
            "target",
            last.number,
            f"The plan ends on {mg(dose)} of {medicine} a day;"
            f" {mg(target)} is asked and {mg(dose - least)} can be made.",
        )
