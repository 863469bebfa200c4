"""Changing the medicine: to a long-acting one, one slot a step, night first, never together with a cut.

Source: interfaces.md, "How the steps follow the pace", 6; clinical_rules.md section 3.
"""

from __future__ import annotations

from fractions import Fraction

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.equivalents import DIAZEPAM
from taper_app.clinical.checking.numbers import exact_units
from taper_app.clinical.checking.shapes import Amounts, StepRead, Times
from taper_app.clinical.checking.wording import day_dose, mg


def judge_crossover(case: Case) -> None:
    _judge_diazepam_outside_hospital(case)
    _judge_end(case)
    is_first = True
    for place, step in enumerate(case.plan.steps):
        if step.kind == "crossover":
            _judge_targets(case, place)
            _judge_total(case, step)
            before = case.course.times_before(place)
            if before is not None:
                _judge_slots(case, place, before, is_first=is_first and not case.is_amended)
            is_first = False
        elif step.kind in ("cut", "stop"):
            _judge_switch_is_over(case, place)


def _judge_end(case: Case) -> None:
    """A plan ends on the medicine that it was asked to taper with, or on nothing."""
    target, last = case.request.taper_medicine if case.request is not None else None, case.plan.steps[-1]
    others = sorted(last.amounts.keys() - {target})
    if target is not None and others and not case.is_amended:
        case.findings.violated(
            "change-not-over",
            last.number,
            f"The plan ends on {', '.join(others)}, though {target} was asked for.",
        )


def _judge_targets(case: Case, place: int) -> None:
    step, before = case.plan.steps[place], case.course.amounts_before(place)
    targets = case.limits.crossover_targets.medicines
    if before is None:
        return
    for medicine in sorted(step.amounts.keys() - before.keys() - set(targets)):
        case.findings.violated(
            "crossover-target", step.number, f"Nobody is changed to {medicine}, only to {', '.join(targets)}."
        )


def _judge_total(case: Case, step: StepRead) -> None:
    """By the table that gives each medicine most, the day never comes above the start."""
    start = case.equivalents.high(case.course.start) if case.course.start is not None else None
    now = case.equivalents.high(step.amounts)
    if start is not None and now is not None and now > start:
        case.findings.violated(
            "crossover-above-start",
            step.number,
            f"By the highest tables the day comes to {mg(now)} diazepam-equivalent; the start has {mg(start)}.",
        )


def _judge_slots(case: Case, place: int, earlier: Times, *, is_first: bool) -> None:
    step = case.plan.steps[place]
    now = step.times
    changed = [time for time in sorted(earlier.keys() | now.keys()) if earlier.get(time) != now.get(time)]
    if len(changed) != 1:
        case.findings.violated(
            "crossover-slot",
            step.number,
            f"A cross-over step changes one time of day; this one changes {len(changed)}.",
        )
        return
    slot, filled = earlier.get(changed[0], {}), now.get(changed[0], {})
    if not slot.keys() - filled.keys() or not filled:
        case.findings.violated(
            "crossover-slot",
            step.number,
            f"At {changed[0]} {day_dose(slot)} becomes {day_dose(filled)}: a cut is a step of its own.",
        )
        return
    if is_first and any(time > changed[0] and doses.keys() - filled.keys() for time, doses in earlier.items()):
        case.findings.violated(
            "crossover-order", step.number, f"The last dose of the day is changed first, not the one at {changed[0]}."
        )
    _judge_rounding(case, place, slot, filled)


def _judge_rounding(case: Case, place: int, slot: Amounts, filled: Amounts) -> None:
    """The new dose is the largest makeable one within the table's match and the slot's own highest equivalent."""
    step, table = case.plan.steps[place], case.equivalents.chosen_table
    medicine = _new_medicine(case, slot, filled)
    doses = case.makeable(medicine, place) if medicine is not None else None
    if table is None or medicine is None or doses is None or case.is_past(place):
        return
    beside = {name: dose for name, dose in filled.items() if name != medicine}
    one = {medicine: 1}
    matched = _room(
        case.equivalents.by(table, slot), case.equivalents.by(table, beside), case.equivalents.by(table, one)
    )
    capped = _room(*(case.equivalents.high(each) for each in (slot, beside, one)))
    if matched is None or capped is None:
        return
    given, most = filled[medicine], min(matched, capped)
    if given > most:
        case.findings.violated(
            "crossover-rounding",
            step.number,
            f"{mg(given)} of {medicine} is more than the {mg(most)} that {table.name} matches"
            " and that no other table puts above the dose before.",
        )
    elif given < doses.largest_at_most(most):
        case.findings.violated(
            "crossover-rounding",
            step.number,
            f"{mg(given)} of {medicine} is a cut in the same step: {mg(doses.largest_at_most(most))} can be made.",
        )


def _new_medicine(case: Case, slot: Amounts, filled: Amounts) -> str | None:
    """The medicine that fills the slot: what it did not hold before, or the one that the request tapers."""
    new = [medicine for medicine in filled if medicine not in slot]
    if len(new) == 1:
        return new[0]
    target = case.request.taper_medicine if case.request is not None else None
    return target if not new and target in filled else None


def _room(slot: Fraction | None, beside: Fraction | None, one: Fraction | None) -> Fraction | None:
    """How much of the new medicine matches what leaves the slot; None when a table lacks a medicine."""
    return None if slot is None or beside is None or not one else (slot - beside) / one


def _judge_switch_is_over(case: Case, place: int) -> None:
    """The taper begins when the switch is over: nothing is cut while two medicines are given."""
    before = case.course.amounts_before(place)
    if before is not None and len(before) > 1 and not case.is_amended:
        case.findings.violated(
            "cut-while-switching",
            case.plan.steps[place].number,
            f"This step follows {day_dose(before)}: the change of medicine is not over yet.",
        )


def _judge_diazepam_outside_hospital(case: Case) -> None:
    if case.request is None:
        case.findings.not_judged(
            "Whether the patient is in hospital is not said: the most diazepam a day is not judged."
        )
        return
    if case.request.setting == "inpatient":
        return
    most = exact_units(case.limits.outpatient_at_most_diazepam_mg.mg)
    for step in case.plan.steps:
        if step.amounts.get(DIAZEPAM, 0) > most:
            case.findings.violated(
                "too-much-diazepam", step.number, f"More than {mg(most)} of diazepam a day is given outside hospital."
            )
