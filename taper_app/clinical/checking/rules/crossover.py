"""Changing the medicine: one slot a step, never together with a cut, rounded down to what can be made."""

from __future__ import annotations

from fractions import Fraction

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.equivalents import DIAZEPAM
from taper_app.clinical.checking.shapes import Slots, StepRead, by_time
from taper_app.clinical.checking.wording import mg


def judge_crossover(case: Case) -> None:
    _judge_named_table(case)
    _judge_diazepam_outside_hospital(case)
    for index, step in enumerate(case.plan.steps):
        before = case.course.slots_before(index)
        if step.kind == "crossover" and before is not None:
            _judge_slots(case, index, step, before)


def _judge_named_table(case: Case) -> None:
    request = case.request
    named = (
        case.plan.equivalence if case.plan.says_equivalence else request.equivalence if request is not None else None
    )
    if named is not None and case.equivalents.chosen_table is None:
        case.findings.violated("equivalence-unknown", None, f"No shipped table of equivalents is called {named}.")
        return
    if (
        request is not None
        and case.plan.says_equivalence
        and request.equivalence is not None
        and case.plan.equivalence != request.equivalence
    ):
        case.findings.violated(
            "equivalence-unknown", None, "The plan and its request name different tables of equivalents."
        )
    crosses = any(step.kind == "crossover" for step in case.plan.steps)
    table = case.equivalents.chosen_table
    if crosses and table is None:
        case.findings.violated(
            "equivalence-missing",
            None,
            "A change of medicine needs the table of equivalents that the prescriber chose.",
        )
    elif crosses and table is not None:
        for medicine in sorted({dose.medicine for step in case.plan.steps for dose in step.doses}):
            if table.entry(medicine) is None:
                case.findings.violated("equivalence-missing", None, f"{table.name} does not list {medicine}.")


def _judge_slots(case: Case, index: int, step: StepRead, before: Slots) -> None:
    earlier, now = by_time(before), by_time(step.slots)
    changed = [time for time in sorted(set(earlier) | set(now)) if earlier.get(time) != now.get(time)]
    if len(changed) != 1:
        case.findings.violated(
            "crossover-slot",
            step.number,
            f"A cross-over step changes one time of day; this one changes {len(changed)}.",
        )
        return
    slot, filled = earlier.get(changed[0], {}), now.get(changed[0], {})
    if set(slot) == set(filled):
        case.findings.violated(
            "crossover-slot",
            step.number,
            f"The dose at {changed[0]} changes, but not its medicine: a cut is a step of its own.",
        )
        return
    _judge_rounding(case, index, step, slot, filled)


def _judge_rounding(
    case: Case, index: int, step: StepRead, slot: dict[str, Fraction], filled: dict[str, Fraction]
) -> None:
    """The new dose is the largest makeable one that the table's match allows."""
    table = case.equivalents.chosen_table
    if table is None or len(filled) != 1:
        return
    ((medicine, given),) = filled.items()
    matched, unit = case.equivalents.by(table, slot), case.equivalents.by(table, {medicine: Fraction(1)})
    doses = case.makeable(medicine, index)
    if matched is None or not unit or doses is None:
        return
    exact = matched / unit
    if given > exact:
        case.findings.violated(
            "crossover-rounding",
            step.number,
            f"{mg(given)} of {medicine} is more than the {mg(exact)} that {table.name} matches.",
        )
    elif given < doses.largest_at_most(exact):
        case.findings.violated(
            "crossover-rounding",
            step.number,
            f"{mg(given)} of {medicine} is a cut in the same step: {mg(doses.largest_at_most(exact))} can be made.",
        )


def _judge_diazepam_outside_hospital(case: Case) -> None:
    if case.request is None:
        case.findings.not_judged(
            "Whether the patient is in hospital is not said: the most diazepam a day is not judged."
        )
        return
    if case.request.setting == "inpatient":
        return
    most = Fraction(case.limits.outpatient_at_most_diazepam_mg.mg)
    for step in case.plan.steps:
        if step.amounts.get(DIAZEPAM, Fraction(0)) > most:
            case.findings.violated(
                "too-much-diazepam", step.number, f"More than {mg(most)} of diazepam a day is given outside hospital."
            )
