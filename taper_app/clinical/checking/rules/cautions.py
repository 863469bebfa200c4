"""Warnings that a plan must carry, and none without cause."""

from __future__ import annotations

from datetime import timedelta

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.rules.ceilings import breached_steps
from taper_app.clinical.checking.shapes import RAISING_KINDS
from taper_app.clinical.checking.wording import day_dose

PRINTED_MAXIMUM = "cut-above-printed-maximum"
CONTESTED = "contested-constant"
#: Longer than any month: so many of these days are surely more than so many calendar months.
_LONGEST_MONTH_DAYS = 31


def judge_cautions(case: Case) -> None:
    if case.plan.warnings is None:
        return
    _judge_warning_steps(case)
    _judge_printed_maximum(case)
    _judge_above_bands(case)
    _judge_contested(case)
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
    warned = {w.step for w in case.plan.warnings or () if w.code == PRINTED_MAXIMUM}
    cautioned = {w.step for w in case.plan.warnings or () if w.code == PRINTED_MAXIMUM and w.is_caution}
    cautioned |= {w.step for w in case.plan.warnings or () if w.is_caution and w.mentions("ceiling")}
    silent: list[int] = []
    for place, step in enumerate(case.plan.steps):
        is_above = _is_above_printed(case, place)
        if is_above and step.number not in cautioned:
            silent.append(place)
        if is_above is False and step.number in warned:
            case.findings.violated(
                PRINTED_MAXIMUM, step.number, "A warning calls this cut larger than the source prints, and it is not."
            )
    breached = breached_steps(case) if silent else frozenset()
    for place in silent:
        step, before = case.plan.steps[place], case.course.amounts_before(place) or {}
        if step.number not in breached:
            case.findings.violated(
                PRINTED_MAXIMUM,
                step.number,
                f"The cut from {day_dose(before)} to {day_dose(step.amounts)} is above what the source prints,"
                " and no warning says so.",
            )


def _is_above_printed(case: Case, place: int) -> bool | None:
    """None where nobody can tell: no pace, several medicines, an ordered dose, the past of an amended plan."""
    before, step = case.course.amounts_before(place), case.plan.steps[place]
    is_ordered = step.kind in RAISING_KINDS
    if not before or is_ordered or case.is_past(place) or step.amounts.keys() - before.keys():
        return None
    pace = case.pace_from(before, place)
    if pace is None:
        return None
    ((_, dose),) = before.items()
    lower = sum(step.amounts.values())
    return lower < dose and pace.is_above_printed(dose, lower)


def _judge_above_bands(case: Case) -> None:
    """The cuts begin above everything that the source prints: its highest band goes on, with a caution."""
    place = case.first_cut
    before = case.course.amounts_before(place) if place is not None else None
    pace = case.pace_from(before, place) if before and place is not None else None
    if pace is None or not before or not pace.is_above_bands(sum(before.values())):
        return
    if not any(w.is_caution and w.code != PRINTED_MAXIMUM for w in case.plan.warnings or ()):
        case.findings.violated(
            "above-highest-band", 1, "The dose lies above the protocol's highest band, and no warning says so."
        )


def _judge_contested(case: Case) -> None:
    """A protocol whose constant is contested acts only when a prescriber accepts that by name."""
    if case.taper is None or not case.taper.is_contested:
        return
    signs = [w for w in case.plan.warnings or () if w.is_signed_for and w.mentions(CONTESTED, "contested")]
    sentence = f"{case.taper.name} rests on a contested constant."
    if signs:
        case.findings.accepted(CONTESTED, signs[0].step, f"{sentence} Signed for as {signs[0].code}.")
    else:
        case.findings.violated(CONTESTED, None, f"{sentence} No sign warning names it.")


def _judge_long_plan(case: Case) -> None:
    months = case.limits.long_plan_warning.months
    length = case.plan.steps[-1].starts_on - case.plan.steps[0].starts_on
    if length <= timedelta(days=months * _LONGEST_MONTH_DAYS):
        return
    if not any(w.is_caution and w.mentions("month", "long") for w in case.plan.warnings or ()):
        case.findings.violated("long-plan", None, f"The plan is longer than {months} months, and no warning says so.")
