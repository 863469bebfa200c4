"""The figures a plan shows beside its doses: targets, percentages, equivalents, and the starting dose."""

from __future__ import annotations

from fractions import Fraction

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.shapes import RAISING_KINDS, Amounts, StepRead
from taper_app.clinical.checking.wording import day_dose, number
from taper_app.clinical.quantities import rounded


def judge_figures(case: Case) -> None:
    _judge_starting_dose(case)
    for index, step in enumerate(case.plan.steps):
        _judge_equivalents(case, step)
        before = case.course.amounts_before(index)
        if before is not None:
            _judge_percentages(case, step, before)
            if not case.is_past(index):
                _judge_target(case, step, before)


def _judge_starting_dose(case: Case) -> None:
    said = case.plan.starting_daily_mg
    if said is None:
        case.findings.not_judged("The plan does not say its starting daily dose.")
    elif case.request is not None and case.course.start_slots is not None and said != case.course.start:
        case.findings.violated(
            "starting-dose",
            None,
            f"Current use adds up to {day_dose(case.course.start or {})} a day, not to {day_dose(said)}.",
        )


def _judge_equivalents(case: Case, step: StepRead) -> None:
    said = step.equivalents
    if said is None:
        case.findings.not_judged(f"Step {step.number} does not say its diazepam-equivalent.")
        return
    expected = {
        "low": case.equivalents.low(step.amounts),
        "chosen": case.equivalents.chosen(step.amounts),
        "high": case.equivalents.high(step.amounts),
    }
    for name, figure in (("low", said.low), ("chosen", said.chosen), ("high", said.high)):
        right = expected[name]
        if right is None:
            case.findings.not_judged(
                f"The {name} equivalent of step {step.number}: no table lists {day_dose(step.amounts)}."
            )
        elif figure is not None and figure != _shown(right, 4):
            case.findings.violated(
                "equivalent-figure",
                step.number,
                f"The {name} diazepam-equivalent of {day_dose(step.amounts)} is {number(_shown(right, 4))} mg,"
                f" not {number(figure)} mg.",
            )


def _judge_percentages(case: Case, step: StepRead, before: Amounts) -> None:
    """Both are this step's own cut: in percent of the dose before it, and of the starting dose."""
    if step.kind in RAISING_KINDS or case.course.start is None:
        return
    pair = case.equivalents.comparable(before, step.amounts)
    cut_now = _cut_in_current(pair)
    if cut_now is not None:
        _judge_percent(case, step, "cut_percent_of_current", step.cut_percent_of_current, cut_now)
    cut_of_start = _cut_in_start(case, before, step.amounts)
    if cut_of_start is not None:
        _judge_percent(case, step, "cut_percent_of_start", step.cut_percent_of_start, cut_of_start)


def _cut_in_current(pair: tuple[Fraction, Fraction] | None) -> Fraction | None:
    return None if pair is None or not pair[0] else (pair[0] - pair[1]) * 100 / pair[0]


def _cut_in_start(case: Case, before: Amounts, after: Amounts) -> Fraction | None:
    start = case.course.start or {}
    if len(set(start) | set(before) | set(after)) <= 1:
        whole, one, other = _total(start), _total(before), _total(after)
        return (one - other) * 100 / whole if whole else None
    table = case.equivalents.chosen_table
    if table is None:
        return None
    matched = [case.equivalents.by(table, amounts) for amounts in (start, before, after)]
    if matched[0] is None or matched[1] is None or matched[2] is None or not matched[0]:
        return None
    return (matched[1] - matched[2]) * 100 / matched[0]


def _judge_percent(case: Case, step: StepRead, name: str, said: Fraction | None, exact: Fraction) -> None:
    if said is None:
        case.findings.not_judged(f"Step {step.number} does not say {name}.")
    elif said != _shown(exact, 1):
        case.findings.violated(
            "percent-figure", step.number, f"{name} is {number(_shown(exact, 1))}, not {number(said)}."
        )


def _judge_target(case: Case, step: StepRead, before: Amounts) -> None:
    if not step.says_target:
        case.findings.not_judged(f"Step {step.number} does not say its target.")
        return
    said = step.target_daily_mg
    if step.kind == "crossover":
        right: set[Fraction] | None = None
    elif step.kind == "stop":
        right = {Fraction(0)}
    elif step.kind in ("cut", "keep") and before != step.amounts:
        right = _targets(case, before)
        if not right:
            return
    else:
        return
    if said is None or right is None:
        if said is not None or right is not None:
            case.findings.violated(
                "target-figure", step.number, "The target stands in every cut and is null in a cross-over."
            )
    elif said not in right:
        case.findings.violated(
            "target-figure",
            step.number,
            f"The pace asks for {' or '.join(number(each) for each in sorted(right))} mg, not {number(said)} mg.",
        )


def _targets(case: Case, before: Amounts) -> set[Fraction]:
    """What the pace asks after a dose; also the maintenance dose where the pace would pass it."""
    dose = case.paced(before)
    if case.pace is None or dose is None:
        return set()
    asked = {case.unpaced(lower, before) for lower in case.pace.asked(dose)} - {None}
    wanted = case.request.target_daily_mg if case.request is not None else Fraction(0)
    floors = {max(each, wanted) for each in asked if each is not None}
    return {_shown(each, 4) for each in {*asked, *floors} if each is not None}


def _shown(exact: Fraction, places: int) -> Fraction:
    return Fraction(rounded(exact, places))


def _total(amounts: Amounts) -> Fraction:
    return sum(amounts.values(), Fraction(0))
