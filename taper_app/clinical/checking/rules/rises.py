"""Downwards only: no day's dose and no time of day's dose rises, and what a step calls itself is what it does."""

from __future__ import annotations

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.equivalents import differ
from taper_app.clinical.checking.shapes import RAISING_KINDS, Amounts, Slots, StepRead, by_time
from taper_app.clinical.checking.times import judge_times_asked, times_change
from taper_app.clinical.checking.wording import day_dose, mg


def judge_rises(case: Case) -> None:
    for index, step in enumerate(case.plan.steps):
        before = case.course.amounts_before(index)
        if before is None:
            case.findings.not_judged("Current use is not said: the first step has nothing to be compared with.")
            continue
        _judge_day(case, step, before)
        slots = case.course.slots_before(index)
        if slots is not None:
            _judge_times(case, index, step, slots)
    _judge_dropped_times(case)
    judge_times_asked(case)


def _judge_day(case: Case, step: StepRead, before: Amounts) -> None:
    pair = case.equivalents.comparable(before, step.amounts)
    if pair is None:
        case.findings.not_judged(f"Step {step.number} changes the medicine, and no table that lists both is named.")
        return
    earlier, now = pair
    if now > earlier and step.kind not in RAISING_KINDS:
        unit = " diazepam-equivalent" if differ(before, step.amounts) else ""
        case.findings.violated(
            "daily-dose-rises", step.number, f"The daily dose rises from {mg(earlier)} to {mg(now)}{unit}."
        )
    if step.kind == "cut" and now >= earlier:
        case.findings.violated("kind", step.number, f"A cut goes down; this step gives {day_dose(step.amounts)}.")
    if step.kind == "stabilise" and now != earlier:
        case.findings.violated(
            "kind",
            step.number,
            f"Stabilising keeps the dose of {day_dose(before)}; this step gives {day_dose(step.amounts)}.",
        )
    is_last = step is case.plan.steps[-1]
    if step.kind == "keep" and not is_last and now != earlier:
        case.findings.violated(
            "kind", step.number, f"Keeping the dose means {day_dose(before)}; this step gives {day_dose(step.amounts)}."
        )
    if step.kind != "crossover" and step.kind not in RAISING_KINDS and set(step.amounts) - set(before):
        case.findings.violated("kind", step.number, "A new medicine comes in only by a cross-over step.")


def _judge_times(case: Case, index: int, step: StepRead, before: Slots) -> None:
    if step.kind in RAISING_KINDS or times_change(case, index):
        return
    earlier, now = by_time(before), by_time(step.slots)
    if set(earlier) - set(now):
        return
    for time in sorted(now):
        pair = case.equivalents.comparable(earlier.get(time, {}), now[time])
        if pair is not None and pair[1] > pair[0]:
            case.findings.violated(
                "time-rises",
                step.number,
                f"The dose at {time} rises from {day_dose(earlier.get(time, {}))} to {day_dose(now[time])}.",
            )


def _judge_dropped_times(case: Case) -> None:
    dropped: set[str] = set()
    known = set(by_time(case.course.start_slots or {}))
    for step in case.plan.steps:
        now = set(by_time(step.slots))
        if step.kind in RAISING_KINDS:
            dropped, known = set(), now
            continue
        for time in sorted(now & dropped):
            case.findings.violated("time-returns", step.number, f"The dose at {time} had been dropped and comes back.")
        dropped |= known - now
        known |= now
