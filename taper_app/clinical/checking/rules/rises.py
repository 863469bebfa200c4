"""Downwards only: no day's dose and no time of day's dose rises, and what a step calls itself is what it does."""

from __future__ import annotations

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.equivalents import differ
from taper_app.clinical.checking.shapes import RAISING_KINDS, Amounts, StepRead, Times
from taper_app.clinical.checking.times import times_change
from taper_app.clinical.checking.wording import day_dose, mg


def judge_rises(case: Case) -> None:
    for place, step in enumerate(case.plan.steps):
        before = case.course.amounts_before(place)
        if before is None:
            case.findings.not_judged("Current use is not said: the first step has nothing to be compared with.")
            continue
        _judge_day(case, place, before)
        if step.kind == "step_back":
            _judge_step_back(case, place, before)
        times = case.course.times_before(place)
        if times is not None and step.kind not in RAISING_KINDS and not times_change(case, place):
            _judge_times(case, step, times)


def _judge_day(case: Case, place: int, before: Amounts) -> None:
    """In the past another table may have been named, and a plan may have ended on a dose to stay on."""
    step, is_past = case.plan.steps[place], case.is_past(place)
    if step.kind != "crossover" and step.kind not in RAISING_KINDS and step.amounts.keys() - before.keys():
        case.findings.violated("kind", step.number, "A new medicine comes in only by a cross-over step.")
    pair = case.equivalents.comparable(before, step.amounts)
    if pair is None:
        case.findings.not_judged(f"Step {step.number} changes the medicine, and no table that lists both is named.")
        return
    if is_past and differ(before, step.amounts):
        return
    earlier, now = pair
    if now > earlier and step.kind not in RAISING_KINDS:
        unit = " diazepam-equivalent" if differ(before, step.amounts) else ""
        case.findings.violated(
            "daily-dose-rises", step.number, f"The daily dose rises from {mg(earlier)} to {mg(now)}{unit}."
        )
    if step.kind == "cut" and now >= earlier:
        case.findings.violated("kind", step.number, f"A cut goes down; this step gives {day_dose(step.amounts)}.")
    may_go_down = is_past or step is case.plan.steps[-1]
    keeps = step.kind == "stabilise" or (step.kind == "keep" and not may_go_down)
    if keeps and now != earlier:
        case.findings.violated(
            "kind",
            step.number,
            f"A step of kind {step.kind} gives {day_dose(before)} as before; this one gives {day_dose(step.amounts)}.",
        )


def _judge_step_back(case: Case, place: int, before: Amounts) -> None:
    """Back to a dose that was given before, not above the start, and signed for by name where it is a rise."""
    step, start = case.plan.steps[place], case.course.start
    given = [start, *(earlier.amounts for earlier in case.plan.steps[:place])]
    if step.amounts not in given:
        case.findings.violated(
            "step-back", step.number, f"{day_dose(step.amounts)} was not given before; another dose is restabilised."
        )
    above = case.equivalents.comparable(start, step.amounts) if start is not None else None
    if above is not None and above[1] > above[0]:
        case.findings.violated(
            "step-back", step.number, f"A step back to {day_dose(step.amounts)} goes above the starting dose."
        )
    pair = case.equivalents.comparable(before, step.amounts)
    if pair is None or pair[1] <= pair[0]:
        return
    signs = case.plan.signs_on(step.number)
    sentence = f"The daily dose rises from {day_dose(before)} to {day_dose(step.amounts)}."
    if signs:
        case.findings.accepted("daily-dose-rises", step.number, f"{sentence} Signed for as {signs[0].code}.")
    else:
        case.findings.violated("daily-dose-rises", step.number, f"{sentence} No sign warning names it.")


def _judge_times(case: Case, step: StepRead, earlier: Times) -> None:
    """No time of day rises, except where one is dropped and the rest of it is merged into another."""
    if earlier.keys() - step.times.keys():
        return
    for time, now in step.times.items():
        before = earlier.get(time, {})
        pair = case.equivalents.comparable(before, now)
        by_another_table = case.began_before_the_change(step) and differ(before, now)
        if pair is not None and pair[1] > pair[0] and not by_another_table:
            case.findings.violated(
                "time-rises", step.number, f"The dose at {time} rises from {day_dose(before)} to {day_dose(now)}."
            )
