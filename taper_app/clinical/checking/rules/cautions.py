"""Warnings that a plan must carry, and none without cause."""

from __future__ import annotations

from datetime import timedelta

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.equivalents import differ
from taper_app.clinical.checking.pace import LadderPace
from taper_app.clinical.checking.rules.ceilings import breached_steps
from taper_app.clinical.checking.wording import day_dose

PRINTED_MAXIMUM = "cut-above-printed-maximum"
#: Longer than any month: so many of these days are surely more than so many calendar months.
_LONGEST_MONTH_DAYS = 31


def judge_cautions(case: Case) -> None:
    if case.plan.warnings is None:
        return
    _judge_warning_steps(case)
    _judge_printed_maximum(case)
    _judge_above_bands(case)
    _judge_long_plan(case)


def _judge_warning_steps(case: Case) -> None:
    numbers = {step.number for step in case.plan.steps}
    for warning in case.plan.warnings or ():
        if warning.step is not None and warning.step not in numbers:
            case.findings.violated(
                "warning-step", warning.step, f"{warning.code} names a step that the plan does not have."
            )


def _judge_printed_maximum(case: Case) -> None:
    """A cut above the printed largest one is a caution where the ceiling is kept, and nowhere else."""
    if case.pace is None:
        return
    breached = breached_steps(case)
    for index, step in enumerate(case.plan.steps):
        before = case.course.amounts_before(index)
        if before is None or case.is_past(index) or differ(before, step.amounts):
            continue
        dose, lower = case.paced(before), case.paced(step.amounts)
        if dose is None or lower is None:
            continue
        is_above = lower < dose and case.pace.is_above_printed(dose, lower)
        warned = [w for w in case.plan.warnings or () if w.code == PRINTED_MAXIMUM and w.step == step.number]
        if is_above and step.number not in breached and not any(w.severity in ("warn", "sign") for w in warned):
            case.findings.violated(
                PRINTED_MAXIMUM,
                step.number,
                f"The cut from {day_dose(before)} to {day_dose(step.amounts)} is above what the source prints,"
                " and no warning says so.",
            )
        if warned and not is_above:
            case.findings.violated(
                PRINTED_MAXIMUM, step.number, "A warning calls this cut larger than the source prints, and it is not."
            )


def _judge_above_bands(case: Case) -> None:
    pace = case.pace
    if not isinstance(pace, LadderPace) or case.course.start is None:
        return
    start = case.paced(case.course.start)
    if start is None or not pace.is_above_bands(start):
        return
    if not any(w.severity in ("warn", "sign") and w.step in (None, 1) for w in case.plan.warnings or ()):
        case.findings.violated(
            "above-highest-band", 1, "Current use lies above the ladder's highest band, and no warning says so."
        )


def _judge_long_plan(case: Case) -> None:
    months = case.limits.long_plan_warning.months
    length = case.plan.steps[-1].starts_on - case.plan.steps[0].starts_on
    if length <= timedelta(days=months * _LONGEST_MONTH_DAYS):
        return
    if not any(w.severity in ("warn", "sign") and w.mentions("month", "long") for w in case.plan.warnings or ()):
        case.findings.violated("long-plan", None, f"The plan is longer than {months} months, and no warning says so.")
